/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "commands/migration/job_internal.h"

#include "commands/migration/domain_job.h"
#include "commands/migration/track.h"
#include "shell/error.h"
#include "shell/regain.h"

static const char OBSERVER[] = "migration-observer";
static const char UNDER_WAY[] = "There's a migration process in progress"; /* QEMU's words */
static const guint64 MIB = 1 << 20;

static gboolean call_about(gpointer guest, DomainCall *call, GError **error)
{
    return domain_call(guest, call, error);
}

/* The guest's. Notes go with the QEMU that they are about. */
static MigrationObserver *observer_of(Guest *guest)
{
    MigrationObserver *observer = g_datalist_get_data(&guest->notes, OBSERVER);

    if (!observer) {
        observer = observer_new(call_about, guest);
        g_datalist_set_data_full(&guest->notes, OBSERVER, observer, (GDestroyNotify)observer_free);
    }
    return observer;
}

gboolean job_is_gone(Guest *guest)
{
    g_autofree char *lost = monitor_lost(guest->monitor);

    return lost != NULL;
}

static gboolean is_running(const MigrationStatus *status)
{
    return status && migration_state_is_running(migration_status_state(status));
}

/* Of a migration with disks its own thread knows, unless somebody began another one past it. */
static MigrationStatus *query_storage(StorageMigration *storage, Guest *guest)
{
    MigrationStatus *status = storage_status(storage);

    if (storage_is_over(storage)) {
        g_autoptr(MigrationStatus) seen = observer_look(observer_of(guest), guest->monitor, NULL);

        if (is_running(seen)) {
            migration_status_free(status);
            return g_steal_pointer(&seen);
        }
    }
    return status;
}

MigrationStatus *job_look(Guest *guest, GError **error)
{
    StorageMigration *storage = job_storage(guest);
    ManagedMigration *managed = job_managed(guest);
    MigrationObserver *observer = observer_of(guest);

    if (storage) {
        return query_storage(storage, guest);
    }
    return managed ? managed_query(managed, guest, observer, error)
                   : observer_look(observer, guest->monitor, error);
}

MigrationStatus *job_query(Guest *guest, MigrationLimits *limits, GError **error)
{
    MigrationStatus *status = job_look(guest, error);

    *limits = (MigrationLimits){0};
    if (!status) {
        return NULL;
    }
    if (!job_is_gone(guest)) {
        raw_limits(guest->monitor, limits, NULL);
        if (is_running(status)) {
            raw_capabilities(guest->monitor, limits, NULL);
        }
    }
    track_look(guest, status, limits);
    return status;
}

Guest *job_guest(Session *session, double seconds, GError **error)
{
    g_autoptr(GError) why = NULL;
    Guest *guest = session_guest_waiting(session, seconds, &why);
    g_autoptr(MigrationStatus) status = NULL;

    if (!guest && session->current && g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        status = job_look(session->current, NULL);
    }
    if (guest || status) {
        return session->current;
    }
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

void job_expect_raw(Guest *guest, gboolean begins)
{
    observer_expect(observer_of(guest), guest->monitor, begins ? DRIVER_RAW : DRIVER_NONE);
}

ManagedMigration *job_start_managed(Guest *guest, const char *uri, ManagedCall *call,
                                    GError **error)
{
    ManagedMigration *managed = managed_start(guest, uri, observer_of(guest), call, error);

    if (managed) {
        job_add_managed(guest, managed);
    }
    return managed;
}

/* The one of this shell's that libvirt is at; or NULL. Borrowed. */
static ManagedMigration *managed_under_way(Guest *guest)
{
    ManagedMigration *managed = job_managed(guest);

    return managed && !managed_is_over(managed) ? managed : NULL;
}

gboolean job_is_managed(Guest *guest)
{
    MigrationObserver *observer = observer_of(guest);
    g_autoptr(MigrationStatus) status = observer_look(observer, guest->monitor, NULL);

    return (status && observer_sees_job(observer)) || managed_under_way(guest);
}

gboolean job_check_free(Guest *guest, GError **error)
{
    StorageMigration *disks = job_storage_under_way(guest->session);
    gboolean ours = managed_under_way(guest) != NULL;

    if (disks) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("%s\n(with the disks of '%s'; this shell drives one at a time)"), UNDER_WAY,
                    storage_guest(disks));
    } else if (ours || job_is_managed(guest)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    ours ? _("%s\n(libvirt migrates '%s', and this shell began it: 'wait "
                             "migration' waits for its end, 'migrate_cancel' cancels it)")
                         : _("%s\n(libvirt migrates '%s', and somebody else began it: 'wait "
                             "migration' waits for its end, 'migrate_cancel' cancels it)"),
                    UNDER_WAY, guest->name);
    } else {
        return TRUE;
    }
    return FALSE;
}

gboolean job_check_completed(const MigrationStatus *status, const char *guest, GError **error)
{
    const char *why = migration_status_text(status, FIELD_ERROR_DESC);

    if (why && migration_status_state(status) == MIGRATION_COMPLETED) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("the migration of '%s' completed, but %s"), guest, why);
        return FALSE;
    }
    return raw_check_completed(status, guest, error);
}

/* What such a migration sets, whichever side @guest was: by default both are off, and a destination
 * runs the guest when it has arrived unless libvirt started it paused. One that is receiving a
 * guest is held all the same: that runs on at the source. */
static void put_back_settings(Guest *guest)
{
    g_autoptr(Json) run = monitor_qmp(guest->monitor, "query-status", NULL, NULL);
    g_autoptr(MigrationStatus) status = raw_query(guest->monitor, NULL);
    MigrationState state = status ? migration_status_state(status) : MIGRATION_UNKNOWN;
    virDomainPtr domain = connection_find(guest->home, guest->uuid, NULL);

    raw_set_capability(guest->monitor, "pause-before-switchover", FALSE, NULL);
    raw_set_capability(guest->monitor, "late-block-activate", FALSE, NULL);
    if (domain && g_strcmp0(json_get_string(run, "status"), "inmigrate") == 0 &&
        (state == MIGRATION_NONE || state == MIGRATION_SETUP) && storage_starts_itself(domain)) {
        g_autoptr(Json) reply = monitor_qmp(guest->monitor, "cont", NULL, NULL);
    }
    g_clear_pointer(&domain, virDomainFree);
}

/* Removes what an hmpsh that is gone has left. */
static gboolean tidy(Guest *guest, Guest *peer, gboolean *tidied, GError **error)
{
    g_autoptr(GError) why = NULL;
    gboolean here = FALSE;
    gboolean there = FALSE;

    if (!mirror_tidy(guest->monitor, &here, error)) {
        return FALSE;
    }
    if (here) {
        put_back_settings(guest);
    }
    if (peer && !mirror_tidy(peer->monitor, &there, &why)) {
        if (!g_error_matches(why, HMPSH_ERROR,
                             HMPSH_ERROR_LOST)) { /* it ends with a cancelled one */
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
        there = FALSE;
    }
    if (there) {
        put_back_settings(peer);
    }
    *tidied = here || there;
    return TRUE;
}

/* libvirt's job, or QEMU's migration. */
static gboolean cancel_qemu(Guest *guest, gboolean *was_running, GError **error)
{
    ManagedMigration *managed = managed_under_way(guest);
    g_autoptr(MigrationStatus) status = job_look(guest, error);
    DomainCall call = domain_job_abort(FALSE);

    if (!status || !raw_check_cancellable(status, error)) {
        return FALSE;
    }
    *was_running = is_running(status);
    if (managed) {
        return managed_cancel(managed, guest, error);
    }
    if (observer_sees_job(observer_of(guest))) {
        return domain_call(guest, &call, error);
    }
    return job_is_gone(guest) || raw_cancel(guest->monitor, was_running, error);
}

gboolean job_cancel(Guest *guest, Guest *peer, gboolean *was_running, gboolean *tidied,
                    GError **error)
{
    static const double ENDS_WITHIN_S = 30;
    StorageMigration *storage = job_storage_under_way(guest->session);
    MigrationWait wait = {.reached = migration_has_ended, .seconds = ENDS_WITHIN_S};
    g_autoptr(MigrationStatus) status = NULL;
    gboolean mirrors;

    *tidied = FALSE;
    if (storage && (storage_is_of(storage, guest) || storage_goes_to(storage, guest))) {
        *was_running = TRUE;
        if (!storage_cancel(storage)) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                                _("too late: the guest is being switched over"));
            return FALSE;
        }
        return TRUE;
    }
    if (!cancel_qemu(guest, was_running, error)) {
        return FALSE;
    }
    if (job_is_gone(guest)) { /* it has moved; nothing is left of it */
        return TRUE;
    }
    mirrors = mirror_is_there(guest->monitor, NULL) == 1;
    if (mirrors) { /* a mirror ends after its migration */
        status = raw_wait(guest->monitor, &wait, NULL);
    }
    /* A peer whose link is down holds up whoever asks it: not for a migration without disks. */
    return tidy(guest, mirrors || !*was_running ? peer : NULL, tidied, error);
}

/* libvirt's limit is in whole MiB/s: what QEMU is told afterwards is exact. For the next job it
 * remembers its own, so that it is told in any case; without a job its refusal is no harm. The
 * disks that it copies are none of that limit's. */
static gboolean tell_libvirt_bandwidth(Guest *guest, guint64 bytes_per_second, GError **error)
{
    DomainCall call = domain_job_set_speed((bytes_per_second + MIB - 1) / MIB);
    g_autoptr(GError) why = NULL;
    gboolean told = domain_call(guest, &call, &why);

    if (!job_is_managed(guest)) {
        return TRUE;
    }
    if (!told) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    return mirror_set_speed_of_all(guest->monitor, bytes_per_second, error);
}

gboolean job_set_bandwidth(Guest *guest, guint64 bytes_per_second, GError **error)
{
    StorageMigration *storage = job_storage(guest);

    return tell_libvirt_bandwidth(guest, bytes_per_second, error) &&
           raw_set_bandwidth(guest->monitor, bytes_per_second, error) &&
           (!storage || storage_is_over(storage) ||
            mirror_set_speed(guest->monitor, bytes_per_second, error));
}

gboolean job_set_downtime(Guest *guest, guint64 milliseconds, GError **error)
{
    DomainCall call = domain_job_set_downtime(milliseconds);

    return job_is_managed(guest) ? domain_call(guest, &call, error)
                                 : raw_set_downtime(guest->monitor, milliseconds, error);
}
