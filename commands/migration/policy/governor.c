/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/governor_internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"
#include "shell/guest.h"
#include "shell/passthrough.h"
#include "shell/reach.h"

static const char KEY[] = "governor";
static const double SETTLES_WITHIN_S = 5;
static const double STOPS_WITHIN_S = 2;

/* --- both sides --- */

/* On the main thread. The end is to be seen at once. */
static void on_event(const MonitorEvent *event, gpointer governor)
{
    Governor *self = governor;

    if (strcmp(event->name, "MIGRATION") == 0) {
        bell_lock(self->bell);
        self->hurry = TRUE;
        bell_ring(self->bell);
        bell_unlock(self->bell);
    }
}

static gboolean open_monitor(Governor *self, GovernorSide *side, GError **error)
{
    virDomainPtr domain = connection_find(side->connection, side->uuid, error);

    if (!domain) {
        return FALSE;
    }
    side->monitor = passthrough_open(side->connection, side->connection, domain, self->bell);
    if (side == &self->source) {
        monitor_on_event(side->monitor, on_event, self);
        monitor_listen(side->monitor, NULL); /* else the end is seen a little later */
    }
    return TRUE;
}

static gboolean reach_side(Governor *self, GovernorSide *side, Guest *guest, const char *purpose,
                           GError **error)
{
    side->name = g_strdup(guest->name);
    side->uri = g_strdup(guest->uri);
    g_strlcpy(side->uuid, guest->uuid, sizeof(side->uuid));
    side->changes = changes_new();
    side->connection = reach_open(guest->session, guest->uri, purpose, error);
    return side->connection && open_monitor(self, side, error);
}

gboolean governor_reach_again(Governor *self, GovernorSide *side)
{
    Connection *connection = reach_silently(side->uri, NULL);

    if (!connection) {
        return FALSE;
    }
    g_clear_pointer(&side->monitor, monitor_close);
    connection_unref(side->connection);
    side->connection = connection;
    return open_monitor(self, side, NULL);
}

static void close_side(GovernorSide *side)
{
    g_clear_pointer(&side->monitor, monitor_close);
    g_clear_pointer(&side->connection, connection_unref);
    g_clear_pointer(&side->changes, changes_free);
    g_free(side->name);
    g_free(side->uri);
}

void governor_unref(Governor *self)
{
    if (!g_atomic_ref_count_dec(&self->references)) {
        return;
    }
    close_side(&self->source);
    close_side(&self->peer);
    managed_unref(self->managed);
    job_view_free(self->view);
    observer_free(self->observer);
    policy_run_free(self->run);
    policy_free(self->policy);
    bell_free(self->bell);
    g_free(self);
}

static gboolean call_about_source(gpointer governor, DomainCall *call, GError **error)
{
    Governor *self = governor;

    return domain_call_at(self->source.connection, self->source.uuid, call, error);
}

gboolean governor_flag(Governor *self, const gboolean *which)
{
    gboolean set;

    bell_lock(self->bell);
    set = *which;
    bell_unlock(self->bell);
    return set;
}

void governor_tell(Governor *self, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (!governor_flag(self, &self->abandoned)) {
        output_note(self->output, text);
    }
}

/* Free with g_free(); NULL for a side that there is not, or that is lost. */
static char *put_side_back(const GovernorSide *side)
{
    return side->monitor ? changes_put_back(side->changes, side->monitor) : NULL;
}

char *governor_put_back(Governor *self)
{
    g_autofree char *here = put_side_back(&self->source);
    g_autofree char *there = put_side_back(&self->peer);

    if (!there) {
        return g_steal_pointer(&here);
    }
    return here ? g_strdup_printf(_("%s; at '%s' %s"), here, self->peer.name, there)
                : g_strdup_printf(_("at '%s' %s"), self->peer.name, there);
}

/* --- before the migration --- */

static gboolean set_number(Governor *self, const char *name, guint64 value, GError **error)
{
    return changes_set(self->source.changes, self->source.monitor, name, value, error);
}

/* Both sides must have it, and one that listens already takes none (QEMU 10). */
static void prepare_postcopy(Governor *self)
{
    g_autoptr(GError) why = NULL;

    if (!self->peer.monitor) {
        governor_tell(
            self, _("policy '%s': no post-copy, since the destination is not this shell's peer"),
            policy_name(self->policy));
        return;
    }
    self->can_postcopy =
        changes_switch_on(self->peer.changes, self->peer.monitor, "postcopy-ram", &why) &&
        changes_switch_on(self->source.changes, self->source.monitor, "postcopy-ram", &why);
    if (!self->can_postcopy) {
        governor_tell(self, _("policy '%s': no post-copy here: %s"), policy_name(self->policy),
                      why->message);
    }
}

static gboolean switch_on(Governor *self, gboolean wanted, const char *name, GError **error)
{
    return !wanted || changes_switch_on(self->source.changes, self->source.monitor, name, error);
}

/* What libvirt does not do by itself. */
static gboolean make_settings(Governor *self, gboolean disks, GError **error)
{
    const PolicyStart *start = &self->start;

    if (!switch_on(self, start->auto_converge, "auto-converge", error) ||
        !switch_on(self, start->xbzrle, "xbzrle", error) ||
        (start->sets_cache && !set_number(self, "xbzrle-cache-size", start->cache, error)) ||
        (start->sets_bandwidth && !set_number(self, "max-bandwidth", start->bandwidth, error)) ||
        (start->sets_downtime && !set_number(self, "downtime-limit", start->downtime_ms, error))) {
        return FALSE;
    }
    if (start->postcopy && disks) {
        governor_tell(self, _("policy '%s': no post-copy, since the disks are copied too"),
                      policy_name(self->policy));
    } else if (start->postcopy) {
        prepare_postcopy(self);
    }
    return TRUE;
}

/* It is several settings at both ends, which have to be made by whoever wants it. */
static void tell_zero_copy(Governor *self)
{
    if (self->start.zero_copy) {
        governor_tell(self,
                      _("policy '%s': without zero-copy-send, which needs multifd at both ends"),
                      policy_name(self->policy));
    }
}

static Governor *governor_new(Guest *guest, const GovernorWish *wish)
{
    Governor *self = g_new0(Governor, 1);

    g_atomic_ref_count_init(&self->references);
    self->bell = bell_new();
    self->output = guest->session->output;
    self->policy = policy_copy(wish->policy);
    self->run = policy_run_new(self->policy, wish->size);
    policy_start(self->policy, wish->size, &self->start);
    self->by_libvirt = wish->managed;
    self->observer = observer_new(call_about_source, self);
    return self;
}

Governor *governor_prepare(Guest *guest, Guest *peer, const GovernorWish *wish, GError **error)
{
    g_autoptr(Governor) self = governor_new(guest, wish);

    if (!reach_side(self, &self->source, guest, "policy", error) ||
        (peer && !wish->managed && !reach_side(self, &self->peer, peer, "policy-peer", error))) {
        return NULL;
    }
    changes_remember(self->source.changes, self->source.monitor, "downtime-limit");
    if (wish->managed) { /* the rest is in what libvirt is told */
        self->can_postcopy = self->start.postcopy;
        self->downtime_due = self->start.sets_downtime;
    } else if (!make_settings(self, wish->disks, error)) {
        return NULL;
    }
    tell_zero_copy(self);
    return g_steal_pointer(&self);
}

/* --- at work --- */

/* The migration that has just begun is the newest one of this session. */
static void take_migration(Governor *self, Guest *guest)
{
    ManagedMigration *managed = job_managed(guest);

    if (managed && self->by_libvirt) {
        self->managed = managed_ref(managed);
    }
    self->with_disks = !self->by_libvirt && job_storage(guest);
    if (self->with_disks) {
        self->view = job_view_new(guest, NULL, NULL);
        migration_status_free(job_view_disks(self->view, 0, &self->disks));
        self->disks--;
    }
}

void governor_begin(Guest *guest, Governor *self)
{
    g_autofree char *before = changes_before(self->source.changes);

    take_migration(self, guest);
    guest_recognise(guest); /* it is governed on when its connection was lost and is back */
    if (before) {
        governor_tell(self, _("policy '%s' governs the migration of '%s'; put back at its end: %s"),
                      policy_name(self->policy), self->source.name, before);
    } else {
        governor_tell(self, _("policy '%s' governs the migration of '%s'"),
                      policy_name(self->policy), self->source.name);
    }
    self->begun = g_get_monotonic_time();
    g_atomic_ref_count_inc(&self->references);
    self->thread = g_thread_new("policy", governor_run, self);
    g_datalist_set_data_full(&guest->notes, KEY, self, (GDestroyNotify)governor_free);
}

/* Lets it look at once, and waits until it has ended; or only, unless @to_the_end, until it has
 * looked. @seconds at most. */
static gboolean has_ended(Governor *self, gboolean to_the_end, double seconds)
{
    gint64 end = bell_end(seconds);
    guint enough;
    gboolean over;

    bell_lock(self->bell);
    self->hurry = TRUE;
    enough = self->looks + 2; /* one may be under way */
    bell_ring(self->bell);
    while (!self->over && (to_the_end || self->looks < enough) && bell_wait(self->bell, end)) {
        self->hurry = TRUE;
        bell_ring(self->bell);
    }
    over = self->over;
    bell_unlock(self->bell);
    return over;
}

void governor_settle(Guest *guest)
{
    Governor *self = g_datalist_get_data(&guest->notes, KEY);

    if (self) {
        has_ended(self, TRUE, SETTLES_WITHIN_S);
    }
}

gboolean governor_is_known(Guest *guest)
{
    return g_datalist_get_data(&guest->notes, KEY) != NULL;
}

const Policy *governor_of(Guest *guest)
{
    Governor *self = g_datalist_get_data(&guest->notes, KEY);
    gboolean at_work;

    if (!self) {
        return NULL;
    }
    bell_lock(self->bell);
    at_work = !self->over && !self->released;
    bell_unlock(self->bell);
    return at_work ? self->policy : NULL;
}

gboolean governor_release(Guest *guest)
{
    Governor *self = g_datalist_get_data(&guest->notes, KEY);

    if (!self || !governor_of(guest)) {
        return FALSE;
    }
    bell_lock(self->bell);
    self->released = TRUE;
    bell_unlock(self->bell);
    return TRUE;
}

/* --- the end --- */

/* Ends the thread, though the migration goes on. FALSE: it was over, or is in a call to QEMU and
 * has the rest to itself. */
static gboolean abandon(Governor *self)
{
    gint64 end = bell_end(STOPS_WITHIN_S);
    gboolean over = has_ended(self, FALSE, STOPS_WITHIN_S);
    gboolean left;

    bell_lock(self->bell);
    self->abandoned = TRUE;
    bell_ring(self->bell);
    while (!self->over && bell_wait(self->bell, end)) {
        /* rung for something else */
    }
    left = !over && self->over;
    bell_unlock(self->bell);
    return left;
}

/* What to know of a migration that goes on without its policy. */
static char *parting(const Governor *self)
{
    g_autofree char *before = changes_before(self->source.changes);
    GString *text = g_string_new(NULL);

    g_string_printf(text, _("the migration of '%s' goes on without the policy '%s'"),
                    self->source.name, policy_name(self->policy));
    if (before) {
        g_string_append_printf(text, _("; what it has set stays, it was: %s"), before);
    }
    if (self->paused && !self->by_libvirt) {
        g_string_append(text,
                        _("; it has paused the guest: 'cont' at the destination lets it run"));
    }
    return g_string_free(text, FALSE);
}

char *governor_leave(Guest *guest)
{
    Governor *self = g_datalist_get_data(&guest->notes, KEY);

    return self && abandon(self) ? parting(self) : NULL;
}

/* Its guest is let go of. */
static void stop(Governor *self)
{
    if (!governor_flag(self, &self->abandoned) && abandon(self)) {
        g_autofree char *text = parting(self);

        output_note(self->output, text);
    }
    if (governor_flag(self, &self->over)) {
        g_thread_join(self->thread);
    } else {
        g_thread_unref(self->thread);
    }
}

void governor_free(Governor *self)
{
    if (!self) {
        return;
    }
    if (self->thread) {
        stop(self);
    } else {
        g_free(governor_put_back(self));
    }
    governor_unref(self);
}
