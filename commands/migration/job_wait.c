/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/job_internal.h"

#include "commands/migration/policy/governor.h"
#include "commands/migration/track.h"
#include "shell/error.h"
#include "shell/regain.h"

static const gint64 LIMITS_US = 2 * G_USEC_PER_SEC; /* somebody may change them while one waits */

/* A wait whose looks are added to the migration's course. */
typedef struct {
    Guest *guest;
    const MigrationWait *wait;
    MigrationLimits limits;
    gint64 limits_time;   /* when they were asked for; 0: not yet */
    MigrationState state; /* at the look before */
} Wait;

static void look(const MigrationStatus *status, gpointer data)
{
    Wait *self = data;
    gint64 now = g_get_monotonic_time();
    gboolean due = now - self->limits_time >= LIMITS_US ||
                   migration_status_state(status) != self->state; /* libvirt sets them late */

    self->state = migration_status_state(status);
    if (due && !migration_state_is_over(self->state) && !job_is_gone(self->guest)) {
        self->limits_time = now;
        raw_limits(self->guest->monitor, &self->limits, NULL);
    }
    track_look(self->guest, status, &self->limits);
    if (self->wait->seen) {
        self->wait->seen(status, self->wait->seen_data);
    }
}

static MigrationStatus *query_for_wait(gpointer guest, GError **error)
{
    return job_look(guest, error);
}

/* Whether @wait, which ended by @why (taken over), goes on: a connection that broke is not a
 * migration that ended, and is there again. */
static gboolean outlives(Guest *guest, GError *why, const MigrationWait *wait, GError **error)
{
    double left = migration_wait_left(wait);

    if (left == 0 || !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST) ||
        !monitor_is_cut(guest->monitor)) {
        g_propagate_error(error, why);
        return FALSE;
    }
    g_error_free(why);
    return session_regain(guest->session, guest, left, error);
}

/* What is known at last of a guest that did not come back: this shell's own migration finds out by
 * itself what became of it. NULL with @why (taken over) when that is not what is waited for. */
static MigrationStatus *last_word(Guest *guest, const MigrationWait *wait, GError *why,
                                  GError **error)
{
    gboolean lost = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST);
    ManagedMigration *managed = lost ? job_managed(guest) : NULL;
    double left = migration_wait_left(wait);
    g_autoptr(MigrationStatus) status = NULL;

    if (managed && managed_wait_until(managed,
                                      left > 0   ? bell_end(left)
                                      : left < 0 ? G_MAXINT64
                                                 : 0,
                                      NULL)) {
        status = job_look(guest, NULL);
    }
    if (status && wait->reached(status, wait->reached_data)) {
        wait->seen(status, wait->seen_data);
        g_error_free(why);
        return g_steal_pointer(&status);
    }
    g_propagate_error(error, why);
    return NULL;
}

/* Waits for one that no thread of this process drives. */
static MigrationStatus *wait_for_others(Guest *guest, const MigrationWait *wait, GError **error)
{
    ManagedMigration *managed = job_managed(guest);
    MigrationLook how = {
        .query = query_for_wait, .data = guest, .news = managed ? managed_news(managed) : NULL};

    for (;;) {
        g_autoptr(GError) why = NULL;
        GError *failed = NULL;
        MigrationStatus *status = migration_wait(guest->monitor, &how, wait, &why);

        if (status) {
            return status;
        }
        if (!outlives(guest, g_steal_pointer(&why), wait, &failed)) {
            return last_word(guest, wait, failed, error);
        }
    }
}

MigrationStatus *job_wait(Guest *guest, const MigrationWait *wait, GError **error)
{
    StorageMigration *storage = job_storage(guest);
    ManagedMigration *managed = job_managed(guest);
    Wait self = {.guest = guest, .wait = wait};
    MigrationWait inner = *wait;
    MigrationStatus *status;

    inner.begun = wait->begun ? wait->begun : g_get_monotonic_time();
    inner.seen = look;
    inner.seen_data = &self;
    if (!job_is_gone(guest)) {
        raw_capabilities(guest->monitor, &self.limits, NULL);
    }
    if (storage && !storage_is_over(storage)) {
        status = storage_wait(storage, &inner, error);
    } else {
        if (managed) {
            managed_announce(managed, FALSE);
        }
        status = wait_for_others(guest, &inner, error);
        if (managed) {
            managed_announce(managed, TRUE);
        }
    }
    if (status && migration_state_is_over(migration_status_state(status))) {
        governor_settle(guest);
    }
    return status;
}
