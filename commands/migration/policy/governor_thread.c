/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/domain_job.h"
#include "commands/migration/policy/governor_internal.h"
#include "commands/migration/raw.h"
#include "shell/error.h"

enum {
    LOOK_US = G_USEC_PER_SEC,        /* at least so often: the end is nobody else's to tell */
    RETURN_US = 30 * G_USEC_PER_SEC, /* a libvirtd that is restarted is back by then */
};

/* How it ended. */
typedef struct {
    gboolean ended;
    MigrationState state; /* MIGRATION_UNKNOWN: the guest is gone, and nobody knows */
} End;

static double elapsed_of(const Governor *self)
{
    return (double)(g_get_monotonic_time() - self->begun) / G_USEC_PER_SEC;
}

static gboolean call_libvirt(Governor *self, DomainCall call, GError **error)
{
    return domain_call_at(self->source.connection, self->source.uuid, &call, error);
}

/* --- deeds --- */

static gboolean set_downtime(Governor *self, guint64 milliseconds, GError **error)
{
    Monitor *monitor = self->source.monitor;

    changes_expect(self->source.changes, monitor, "downtime-limit", milliseconds);
    return self->by_libvirt ? call_libvirt(self, domain_job_set_downtime(milliseconds), error)
                            : raw_set_downtime(monitor, milliseconds, error);
}

static gboolean start_postcopy(Governor *self, GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (self->by_libvirt) {
        return call_libvirt(self, domain_job_start_postcopy(), error);
    }
    reply = monitor_qmp(self->source.monitor, "migrate-start-postcopy", NULL, error);
    return reply != NULL;
}

static gboolean runs(Monitor *monitor)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-status", NULL, NULL);

    return json_object_get_boolean(json_get(reply, "running"));
}

/* The guest stands still at the source, so that the migration can end. */
static gboolean pause_guest(Governor *self, GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (!runs(self->source.monitor)) { /* its owner has paused it, and it stays so */
        return TRUE;
    }
    self->paused_at = g_get_monotonic_time();
    if (self->by_libvirt) {
        self->paused = call_libvirt(self, domain_job_suspend(), error);
    } else {
        reply = monitor_qmp(self->source.monitor, "stop", NULL, error);
        self->paused = reply != NULL;
    }
    return self->paused;
}

static gboolean abort_migration(Governor *self, GError **error)
{
    gboolean was_running;

    if (self->with_disks) {
        return job_view_cancel(self->view, error);
    }
    return self->by_libvirt ? call_libvirt(self, domain_job_abort(FALSE), error)
                            : raw_cancel(self->source.monitor, &was_running, error);
}

static gboolean do_deed(Governor *self, const PolicyAction *action, GError **error)
{
    switch (action->deed) {
    case DEED_DOWNTIME:
        return set_downtime(self, action->downtime_ms, error);
    case DEED_POSTCOPY:
        return start_postcopy(self, error);
    case DEED_PAUSE:
        return pause_guest(self, error);
    case DEED_ABORT:
        return abort_migration(self, error);
    case DEED_NOTE:
    case DEED_NONE:
        break;
    }
    return TRUE;
}

/* What the guest's owner may not expect behind the original's words. */
static const char *consequence_of(PolicyDeed deed)
{
    return deed == DEED_PAUSE      ? _(" (the guest stands still until the end)")
           : deed == DEED_POSTCOPY ? _(" (the guest goes on at the destination: post-copy)")
           : deed == DEED_ABORT    ? _(" (the migration is cancelled)")
                                   : "";
}

static void carry_out(Governor *self, const PolicyAction *action)
{
    g_autoptr(GError) why = NULL;

    governor_tell(self, "%s%s", action->text, consequence_of(action->deed));
    if (!do_deed(self, action, &why)) {
        governor_tell(self, _("policy '%s': that failed: %s"), policy_name(self->policy),
                      why->message);
        self->owed = action->deed == DEED_DOWNTIME ? DEED_NONE : action->deed;
    }
}

/* A policy asks once to end a migration in some way. */
static void try_again(Governor *self)
{
    PolicyAction action = {.deed = self->owed};

    if (self->owed != DEED_NONE && do_deed(self, &action, NULL)) {
        self->owed = DEED_NONE;
    }
}

/* libvirt takes a downtime only once its job is there. */
static void set_first_downtime(Governor *self)
{
    if (self->downtime_due && observer_sees_job(self->observer)) {
        self->downtime_due = !set_downtime(self, self->start.downtime_ms, NULL);
    }
}

static void poll(Governor *self, const MigrationStatus *status)
{
    double elapsed = elapsed_of(self);

    set_first_downtime(self);
    if (!governor_flag(self, &self->released)) {
        try_again(self);
    }
    while (!governor_flag(self, &self->released) && !governor_flag(self, &self->abandoned)) {
        g_auto(PolicyAction) action = {0};

        policy_poll(self->run, elapsed, status, self->can_postcopy, &action);
        if (action.deed == DEED_NONE) {
            return;
        }
        carry_out(self, &action);
    }
}

/* --- looks --- */

/* Whether the source is there again, after libvirtd was lost; or may be yet: @lost gets FALSE. */
static gboolean is_back(Governor *self, gboolean *lost)
{
    gint64 now = g_get_monotonic_time();
    gboolean back;

    self->cut = self->cut ? self->cut : now;
    back = governor_reach_again(self, &self->source);
    *lost = !back && now - self->cut >= RETURN_US;
    self->cut = back ? 0 : self->cut;
    return back;
}

/* QEMU's migration, as far as it can be asked. */
static MigrationStatus *look_at_source(Governor *self, End *end)
{
    g_autoptr(GError) why = NULL;
    MigrationStatus *status;
    gboolean cut;

    if (self->cut && !is_back(self, &end->ended)) {
        return NULL;
    }
    status = observer_look(self->observer, self->source.monitor, &why);
    if (status) {
        end->state = migration_status_state(status);
        end->ended = !migration_state_is_running(end->state);
        return status;
    }
    cut = monitor_is_cut(self->source.monitor);
    end->ended = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST) && !cut;
    if (cut) {
        is_back(self, &end->ended);
    }
    return NULL;
}

/* This process copies the disks, and knows best. */
static MigrationStatus *look_at_disks(Governor *self, End *end)
{
    guint number;
    MigrationStatus *status = job_view_disks(self->view, self->disks, &number);

    end->state = status ? migration_status_state(status) : MIGRATION_UNKNOWN;
    end->ended = !status || !migration_state_is_running(end->state);
    return status;
}

/* The figures while it goes on; else NULL. */
static MigrationStatus *look(Governor *self, End *end)
{
    gboolean going_on = self->managed && !managed_is_over(self->managed);
    g_autoptr(MigrationStatus) status = NULL;

    *end = (End){.state = MIGRATION_UNKNOWN};
    status = self->with_disks ? look_at_disks(self, end) : look_at_source(self, end);
    if (self->managed) { /* QEMU may still tell of an earlier one, or be gone before its libvirt */
        end->ended = !going_on;
        end->state = managed_result(self->managed);
    }
    if (end->ended || !status || !migration_state_is_running(migration_status_state(status))) {
        return NULL;
    }
    return g_steal_pointer(&status);
}

/* --- the end --- */

/* At the destination libvirt sees to it by itself. */
static void let_run(Governor *self, GovernorSide *side, GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (self->by_libvirt) {
        call_libvirt(self, domain_job_resume(), error);
        return;
    }
    if (monitor_is_cut(side->monitor)) {
        governor_reach_again(self, side);
    }
    reply = side->monitor ? monitor_qmp(side->monitor, "cont", NULL, error) : NULL;
}

/* A guest that was paused to let its migration end runs on, wherever it is. */
static void run_on(Governor *self, MigrationState state)
{
    gboolean moved = state == MIGRATION_COMPLETED;
    GovernorSide *side = moved && !self->by_libvirt ? &self->peer : &self->source;
    g_autoptr(GError) why = NULL;

    if (!self->paused || state == MIGRATION_UNKNOWN || (self->by_libvirt && moved)) {
        return;
    }
    if (side->monitor) {
        let_run(self, side, &why);
    }
    if (!side->monitor || (why && !runs(side->monitor))) {
        if (why) {
            governor_tell(self,
                          _("policy '%s': the guest is still paused: %s: 'cont' there lets it run"),
                          policy_name(self->policy), why->message);
        } else {
            governor_tell(self,
                          _("policy '%s': the guest is still paused: 'cont' there lets it run"),
                          policy_name(self->policy));
        }
    }
}

/* Free with g_free(). */
static char *end_in_words(const Governor *self, MigrationState state)
{
    const char *policy = policy_name(self->policy);
    double seconds = elapsed_of(self);

    return g_strdup_printf(
        state == MIGRATION_COMPLETED
            ? _("policy '%s' ends: the migration of '%s' is completed after %.1f s")
        : state == MIGRATION_CANCELLED
            ? _("policy '%s' ends: the migration of '%s' was cancelled after %.1f s")
        : state == MIGRATION_FAILED
            ? _("policy '%s' ends: the migration of '%s' failed after %.1f s")
            : _("policy '%s' ends: the migration of '%s' is not there any more after %.1f s"),
        policy, self->source.name, seconds);
}

/* "; the guest stood still for 1.2 s of it", where the policy let it. Free with g_free(). */
static char *standstill(const Governor *self)
{
    double seconds = (double)(g_get_monotonic_time() - self->paused_at) / G_USEC_PER_SEC;

    return self->paused ? g_strdup_printf(_("; the guest stood still for %.1f s of it"), seconds)
                        : g_strdup("");
}

static void finish(Governor *self, MigrationState state)
{
    g_autofree char *still = standstill(self);
    g_autofree char *back = NULL;
    g_autofree char *end = NULL;
    g_autofree char *put = NULL;

    run_on(self, state);
    back = governor_put_back(self);
    end = end_in_words(self, state);
    put = back ? g_strdup_printf(_("; put back: %s"), back) : g_strdup("");
    governor_tell(self, "%s%s%s", end, still, put);
}

/* Waits for the time @next, or until somebody wants a look. */
static void wait_until(Governor *self, gint64 next)
{
    bell_lock(self->bell);
    self->looks++;
    bell_ring(self->bell);
    while (!self->hurry && !self->abandoned && bell_wait(self->bell, next)) {
        /* rung for something else */
    }
    self->hurry = FALSE;
    bell_unlock(self->bell);
}

static void drive(Governor *self)
{
    gint64 next_poll = self->begun + (gint64)(policy_first_poll(self->policy) * G_USEC_PER_SEC);

    while (!governor_flag(self, &self->abandoned)) {
        gint64 interval = (gint64)(policy_run_interval(self->run) * G_USEC_PER_SEC);
        End end;
        g_autoptr(MigrationStatus) status = look(self, &end);
        gint64 now = g_get_monotonic_time();

        if (end.ended) {
            finish(self, end.state);
            return;
        }
        if (status && now >= next_poll) {
            poll(self, status);
            next_poll = now + interval;
        }
        wait_until(self, status ? MIN(next_poll, now + LOOK_US) : now + LOOK_US);
    }
}

gpointer governor_run(gpointer governor)
{
    Governor *self = governor;

    drive(self);
    bell_lock(self->bell);
    self->over = TRUE;
    bell_ring(self->bell);
    bell_unlock(self->bell);
    governor_unref(self);
    return NULL;
}
