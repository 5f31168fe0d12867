/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/storage/storage.h"

#include <glib/gi18n.h>
#include <libvirt/libvirt.h>

#include "commands/migration/capability.h"
#include "commands/migration/storage/storage_internal.h"
#include "shell/error.h"
#include "shell/passthrough.h"
#include "shell/reach.h"

/* --- beginning --- */

/* On the main thread: the migration's thread has something to look at. */
static void on_event(const MonitorEvent *event G_GNUC_UNUSED, gpointer data)
{
    StorageMigration *self = data;

    g_atomic_int_inc(&self->news);
    bell_lock(self->bell);
    bell_ring(self->bell);
    bell_unlock(self->bell);
}

gboolean storage_starts_itself(virDomainPtr domain)
{
    int state = VIR_DOMAIN_NOSTATE;
    int reason = 0;

    virDomainGetState(domain, &state, &reason, 0);
    return state != VIR_DOMAIN_PAUSED || reason != VIR_DOMAIN_PAUSED_USER;
}

static gboolean open_side(StorageMigration *self, StorageSide *side, Guest *guest, GError **error)
{
    g_autoptr(Connection) connection = reach_open(self->session, guest->uri, "storage", error);
    virDomainPtr domain = connection ? connection_find(connection, guest->uuid, error) : NULL;

    side->name = g_strdup(guest->name);
    side->uri = g_strdup(guest->uri);
    g_strlcpy(side->uuid, guest->uuid, sizeof(side->uuid));
    if (!domain) {
        return FALSE;
    }
    side->starts_itself = storage_starts_itself(domain);
    side->monitor = passthrough_open(connection, connection, domain, self->bell);
    monitor_on_event(side->monitor, on_event, self);
    return monitor_listen(side->monitor, error);
}

int storage_reopen(StorageMigration *self, StorageSide *side)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(Connection) connection = connection_open(side->uri, NULL, NULL);
    virDomainPtr domain = connection ? connection_find(connection, side->uuid, &why) : NULL;

    if (!domain) {
        return g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST) ? 0 : -1;
    }
    g_clear_pointer(&side->monitor, monitor_close);
    side->monitor = passthrough_open(connection, connection, domain, self->bell);
    monitor_on_event(side->monitor, on_event, self);
    return 1;
}

static void close_side(StorageSide *side)
{
    g_clear_pointer(&side->monitor, monitor_close);
    g_free(side->name);
    g_free(side->uri);
    g_free(side->tls);
}

/* The text of a migration parameter, NULL when it is empty or there is none. */
static char *parameter_text(Monitor *monitor, const char *name)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate-parameters", NULL, NULL);
    const char *text = json_get_string(reply, name);

    return text && *text ? g_strdup(text) : NULL;
}

static gboolean check_nothing_left(const StorageSide *side, GError **error)
{
    int there = mirror_is_there(side->monitor, error);

    if (there == 1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("'%s' has block jobs or exports of another migration with disks, under way "
                      "or broken off ('migrate_cancel' removes them)"),
                    side->name);
    }
    return there == 0;
}

static gboolean make_plan(StorageMigration *self, GError **error)
{
    StorageSides sides = {self->source.name, self->destination.name, self->setup.one_host};
    g_autoptr(Json) here = monitor_qmp(self->source.monitor, "query-block", NULL, error);
    g_autoptr(Json) there =
        here ? monitor_qmp(self->destination.monitor, "query-block", NULL, error) : NULL;

    if (there) {
        self->plan = storage_plan_new(here, there, &sides, self->setup.incremental, error);
    }
    self->count = self->plan ? storage_plan_copies(self->plan) : 0;
    return self->plan != NULL;
}

StorageMigration *storage_new(Guest *source, Guest *destination, StorageSetup *setup,
                              GError **error)
{
    g_autoptr(StorageMigration) self = g_new0(StorageMigration, 1);

    self->session = source->session;
    self->setup = *setup;
    setup->address = (MirrorAddress){0};
    self->bell = bell_new();
    self->status = migration_status_new();
    if (!open_side(self, &self->source, source, error) ||
        !open_side(self, &self->destination, destination, error) ||
        !check_nothing_left(&self->source, error) ||
        !check_nothing_left(&self->destination, error) || !make_plan(self, error)) {
        return NULL;
    }
    return g_steal_pointer(&self);
}

const GPtrArray *storage_plan(const StorageMigration *self)
{
    return self->plan;
}

void storage_free(StorageMigration *self)
{
    if (!self) {
        return;
    }
    if (self->thread) {
        g_thread_join(self->thread);
    }
    close_side(&self->source);
    close_side(&self->destination);
    g_clear_pointer(&self->plan, g_ptr_array_unref);
    g_clear_pointer(&self->status, migration_status_free);
    mirror_address_clear(&self->setup.address);
    g_free(self->uri);
    g_free(self->tls_hostname);
    bell_free(self->bell);
    g_free(self);
}

/* --- both sides made ready --- */

static gboolean export_disks(StorageMigration *self, GError **error)
{
    guint index = 0;

    for (guint i = 0; i < self->plan->len; i++) {
        const StorageDisk *disk = self->plan->pdata[i];

        if (!disk->shared &&
            !mirror_export(self->destination.monitor, index++, disk->peer_node, error)) {
            g_prefix_error(error, _("'%s' cannot serve its disk '%s' (%s): "),
                           self->destination.name, disk->name, disk->peer_file);
            return FALSE;
        }
    }
    return TRUE;
}

/* The destination shall not run the guest before its server has ended, nor take the disks from it:
 * `stop` while it waits means the first (QEMU: qmp_stop), late-block-activate (3.0) the second.
 * Without that the server ends before the switch-over is let go. */
static gboolean hold_destination(StorageMigration *self, GError **error)
{
    Monitor *monitor = self->destination.monitor;
    g_autoptr(Json) capabilities = monitor_qmp(monitor, "query-migrate-capabilities", NULL, error);
    g_autoptr(Json) stopped = capabilities ? monitor_qmp(monitor, "stop", NULL, error) : NULL;
    gboolean on = FALSE;

    if (!stopped) {
        return FALSE;
    }
    self->held = TRUE;
    capability_state(capabilities, "late-block-activate", &on);
    self->activates_late = !on && raw_set_capability(monitor, "late-block-activate", TRUE, NULL);
    self->serves_late = on || self->activates_late;
    return TRUE;
}

/* The disks go as the memory does. */
static gboolean check_tls(const StorageMigration *self, GError **error)
{
    const StorageSide *with = self->source.tls ? &self->source : &self->destination;
    const StorageSide *without = self->source.tls ? &self->destination : &self->source;

    if ((self->source.tls != NULL) == (self->destination.tls != NULL)) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("'%s' has TLS for its migrations (the parameter tls-creds is '%s'), and '%s' has "
                  "not: set it on both, or on neither"),
                with->name, with->tls, without->name);
    return FALSE;
}

gboolean storage_serve(StorageMigration *self, GError **error)
{
    Monitor *monitor = self->destination.monitor;
    KeeperGuest source = {self->source.uri, self->source.uuid};
    KeeperGuest destination = {self->destination.uri, self->destination.uuid};

    self->source.tls = parameter_text(self->source.monitor, "tls-creds");
    self->tls_hostname = parameter_text(self->source.monitor, "tls-hostname");
    self->destination.tls = parameter_text(monitor, "tls-creds");
    if (!check_tls(self, error)) {
        return FALSE;
    }
    if (self->setup.keeper) {
        self->keeper = keeper_new(&source, &destination);
    }
    if (!hold_destination(self, error)) {
        storage_abandon(self);
        return FALSE;
    }
    if (!mirror_serve(monitor, &self->setup.address,
                      self->setup.address.path ? NULL : self->destination.tls, error)) {
        g_prefix_error(error, _("'%s' cannot serve its disks: "), self->destination.name);
        storage_abandon(self);
        return FALSE;
    }
    if (!export_disks(self, error)) {
        mirror_end_server(monitor, NULL); /* which may have no export yet to be known by */
        storage_abandon(self);
        return FALSE;
    }
    return TRUE;
}

static gboolean begin_mirrors(StorageMigration *self, GError **error)
{
    gboolean by_path = self->setup.address.path != NULL;
    MirrorSetup setup = {
        .address = &self->setup.address,
        .tls = by_path ? NULL : self->source.tls,
        .tls_hostname = by_path || !self->source.tls ? NULL : self->tls_hostname,
        .write_blocking = self->setup.write_blocking,
    };
    MigrationLimits limits = {0};
    guint index = 0;

    raw_limits(self->source.monitor, &limits, NULL);
    setup.speed = limits.bandwidth ? MAX(limits.bandwidth / self->count, 1) : 0;
    for (guint i = 0; i < self->plan->len; i++) {
        const StorageDisk *disk = self->plan->pdata[i];

        if (!disk->shared && !mirror_begin(self->source.monitor, index++, disk, &setup, error)) {
            g_prefix_error(error, _("disk '%s' of '%s' cannot be copied: "), disk->name,
                           self->source.name);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean storage_start(StorageMigration *self, const char *uri, GError **error)
{
    MigrationStatus *status = migration_status_new();

    self->begun = g_get_monotonic_time();
    self->uri = g_strdup(uri);
    if (!begin_mirrors(self, error)) {
        storage_abandon(self);
        migration_status_free(status);
        return FALSE;
    }
    migration_status_set_state(status, MIGRATION_ACTIVE);
    storage_publish(self, status, FALSE);
    self->thread = g_thread_new("storage", storage_drive, self);
    return TRUE;
}

void storage_abandon(StorageMigration *self)
{
    storage_clear_up(self, NULL);
    keeper_dismiss(g_steal_pointer(&self->keeper));
}

/* --- as others see it --- */

gboolean storage_is_of(const StorageMigration *self, const Guest *guest)
{
    return storage_is_at(self, guest->uuid, guest->uri);
}

gboolean storage_goes_to(const StorageMigration *self, const Guest *guest)
{
    return g_str_equal(self->destination.uuid, guest->uuid) &&
           g_strcmp0(self->destination.uri, guest->uri) == 0;
}

gboolean storage_is_at(const StorageMigration *self, const char *uuid, const char *uri)
{
    return g_str_equal(self->source.uuid, uuid) && g_strcmp0(self->source.uri, uri) == 0;
}

const char *storage_guest(const StorageMigration *self)
{
    return self->source.name;
}

gboolean storage_is_over(StorageMigration *self)
{
    gboolean over;

    bell_lock(self->session->bell);
    over = self->over;
    bell_unlock(self->session->bell);
    return over;
}

MigrationStatus *storage_status(StorageMigration *self)
{
    MigrationStatus *status;

    bell_lock(self->session->bell);
    status = migration_status_copy(self->status);
    bell_unlock(self->session->bell);
    return status;
}

gboolean storage_cancel(StorageMigration *self)
{
    gboolean possible;

    bell_lock(self->session->bell);
    possible = !self->over && !self->too_late;
    if (possible) { /* before it becomes too late */
        bell_interrupt(self->bell);
    }
    bell_unlock(self->session->bell);
    return possible;
}

gboolean storage_was_warned_of(StorageMigration *self)
{
    gboolean before = self->warned;

    self->warned = TRUE;
    return before;
}

gboolean storage_continue(StorageMigration *self)
{
    gboolean standing;

    bell_lock(self->session->bell);
    standing = self->standing;
    bell_unlock(self->session->bell);
    if (standing) {
        g_atomic_int_set(&self->going, TRUE);
        on_event(NULL, self);
    }
    return standing;
}

/* What the disks' copying adds to the figures. */
static void add_disks(const StorageMigration *self, MigrationStatus *status)
{
    const MirrorProgress *progress = &self->progress;
    gint64 elapsed = g_get_monotonic_time() - self->begun;

    migration_status_set_number(status, FIELD_TOTAL_TIME_MS, (guint64)elapsed / 1000);
    if (progress->total == 0 && !progress->ready) { /* not known yet */
        return;
    }
    migration_status_set_number(status, FIELD_DISK_TRANSFERRED_BYTES, progress->done);
    migration_status_set_number(status, FIELD_DISK_REMAINING_BYTES,
                                progress->total - MIN(progress->done, progress->total));
    migration_status_set_number(status, FIELD_DISK_TOTAL_BYTES, progress->total);
    if (self->mbps > 0) {
        migration_status_set_real(status, FIELD_DISK_MBPS, self->mbps);
    }
}

void storage_publish(StorageMigration *self, MigrationStatus *status, gboolean over)
{
    MigrationState state = migration_status_state(status);

    add_disks(self, status);
    migration_status_set_driver(status, FALSE);
    migration_status_set_begun_by(status, TRUE);
    bell_lock(self->session->bell);
    migration_status_free(self->status);
    self->status = status;
    self->version++;
    self->standing = state == MIGRATION_PRE_SWITCHOVER;
    self->too_late = self->committed;
    self->over = over;
    bell_ring(self->session->bell);
    bell_unlock(self->session->bell);
}

/* Waits until there is another status than @version, or @end. FALSE after Ctrl-C. */
static gboolean wait_for_version(StorageMigration *self, guint version, gint64 end, GError **error)
{
    Bell *bell = self->session->bell;
    gboolean interrupted;

    bell_lock(bell);
    while (self->version == version && !bell_interrupted(bell) && bell_wait(bell, end)) {
        /* rung for something else */
    }
    interrupted = self->version == version && bell_interrupted(bell);
    bell_unlock(bell);
    if (interrupted) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
    }
    return !interrupted;
}

/* Sets @error when @status is an end because the source is gone. */
static gboolean check_source(StorageMigration *self, const MigrationStatus *status, GError **error)
{
    if (!storage_is_over(self) || !self->source_gone) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("the migration of '%s' failed: %s"),
                self->source.name, migration_status_text(status, FIELD_ERROR_DESC));
    return FALSE;
}

MigrationStatus *storage_wait(StorageMigration *self, const MigrationWait *wait, GError **error)
{
    gint64 end = wait->seconds < 0 ? G_MAXINT64 : wait->seconds > 0 ? bell_end(wait->seconds) : 0;

    for (;;) {
        g_autoptr(MigrationStatus) status = NULL;
        guint version;

        bell_lock(self->session->bell);
        status = migration_status_copy(self->status);
        version = self->version;
        bell_unlock(self->session->bell);
        if (wait->seen) {
            wait->seen(status, wait->seen_data);
        }
        if (wait->reached(status, wait->reached_data)) {
            return check_source(self, status, error) ? g_steal_pointer(&status) : NULL;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("the migration of '%s' is still '%s' after %g s"), self->source.name,
                        migration_status_text(status, FIELD_STATUS), wait->seconds);
            return NULL;
        }
        if (!wait_for_version(self, version, end, error)) {
            return NULL;
        }
    }
}
