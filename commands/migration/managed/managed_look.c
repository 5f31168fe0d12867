/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_internal.h"

#include "commands/migration/job_stats.h"
#include "shell/error.h"

enum {
    SETTLING_US = G_USEC_PER_SEC / 4,   /* libvirt's part after QEMU's, as a rule */
    FINISHING_US = 10 * G_USEC_PER_SEC, /* the same where nothing else can be told */
    FIGURES_US = G_USEC_PER_SEC / 2,    /* for the event with the figures of the end */
    STEP_US = 10 * 1000,
};

/* The figures of a good end: libvirt's event may come a little after its call has returned. Without
 * any (the definition alone was sent) only the time is known. */
static MigrationStatus *completed_status(ManagedMigration *self, Guest *guest,
                                         MigrationObserver *observer)
{
    gint64 end = g_get_monotonic_time() + FIGURES_US;
    g_autoptr(MigrationStatus) status = NULL;

    if (self->call.flags & VIR_MIGRATE_OFFLINE) {
        end = 0;
    } else if (job_stats_went_out(self->stats) || job_stats_came_in(self->stats)) {
        return job_stats_end(self->stats);
    }
    while (g_get_monotonic_time() < end) {
        g_clear_pointer(&status, migration_status_free);
        status = observer_look(observer, guest->monitor, NULL);
        if (status && migration_status_state(status) == MIGRATION_COMPLETED) {
            return g_steal_pointer(&status);
        }
        bell_sleep(guest->session->bell, g_get_monotonic_time() + STEP_US, NULL);
    }
    g_clear_pointer(&status, migration_status_free);
    status = migration_status_new();
    migration_status_set_state(status, MIGRATION_COMPLETED);
    migration_status_set_number(status, FIELD_TOTAL_TIME_MS,
                                (guint64)(self->ended - self->begun) / 1000);
    return g_steal_pointer(&status);
}

/* @seen is what QEMU and libvirt tell now (NULL: nothing): perhaps figures of this end. */
static MigrationStatus *failed_status(ManagedMigration *self, Guest *guest,
                                      const MigrationStatus *seen)
{
    MigrationState state = seen ? migration_status_state(seen) : MIGRATION_NONE;
    gboolean fits = state == MIGRATION_FAILED || state == MIGRATION_CANCELLED;
    MigrationStatus *status = fits ? migration_status_copy(seen) : migration_status_new();

    monitor_will_move(guest->monitor, NULL);
    migration_status_set_state(status, self->aborted ? MIGRATION_CANCELLED : MIGRATION_FAILED);
    if (!self->aborted) {
        migration_status_set_text(status, FIELD_ERROR_DESC, self->error);
    }
    return status;
}

/* What an observer cannot know before there is a job to see. */
static MigrationStatus *say_ours(MigrationStatus *status)
{
    migration_status_set_driver(status, TRUE);
    migration_status_set_begun_by(status, TRUE);
    return status;
}

/* Whether @status is a migration's that somebody else has begun since. */
static gboolean is_foreign(const ManagedMigration *self, const MigrationObserver *observer,
                           const MigrationStatus *status)
{
    return observer_heard(observer) > self->heard && migration_status_is_foreign(status);
}

/* What libvirt has given up is not over: a post-copy whose link is lost waits to be gone on with,
 * or is ended well by QEMU alone when the link comes back. NULL when it is over. */
static MigrationStatus *given_up_status(const ManagedMigration *self, Guest *guest,
                                        const MigrationStatus *seen)
{
    MigrationState state = migration_status_state(seen);
    gboolean arrived = state == MIGRATION_COMPLETED && monitor_has_moved(guest->monitor);
    MigrationStatus *status;

    if (self->succeeded || !(arrived || migration_state_is_running(state))) {
        return NULL;
    }
    status = say_ours(migration_status_copy(seen));
    if (!arrived && migration_state_is_postcopy(state)) {
        migration_status_set_text(status, FIELD_ERROR_DESC, self->error);
    }
    return status;
}

static MigrationStatus *end_status(ManagedMigration *self, Guest *guest,
                                   MigrationObserver *observer, MigrationStatus *seen)
{
    MigrationStatus *status;

    if (seen && is_foreign(self, observer, seen)) {
        return migration_status_copy(seen);
    }
    status = seen ? given_up_status(self, guest, seen) : NULL;
    if (status) {
        return status;
    }
    if (observer_heard(observer) == self->heard) {
        seen = NULL; /* an earlier one's */
    }
    if (!self->end) {
        observer_expect(observer, guest->monitor, DRIVER_NONE);
        self->end = say_ours(self->succeeded ? completed_status(self, guest, observer)
                                             : failed_status(self, guest, seen));
    }
    return migration_status_copy(self->end);
}

/* Whether @status is that of this migration, and not of what it goes on with or what was before. */
static gboolean is_under_way(const ManagedMigration *self, const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_running(state) &&
           (self->seen || !managed_resumes(self) || state != MIGRATION_POSTCOPY_PAUSED);
}

/* What is known before libvirt has begun its job: it speaks with the destination first. */
static MigrationStatus *early_status(const ManagedMigration *self, const MigrationStatus *before)
{
    MigrationStatus *status;

    if (managed_resumes(self)) {
        status = migration_status_copy(before);
        migration_status_set_state(status, MIGRATION_POSTCOPY_RECOVER_SETUP);
    } else {
        status = migration_status_new();
        migration_status_set_state(status, MIGRATION_SETUP);
        migration_status_set_number(status, FIELD_TOTAL_TIME_MS,
                                    (guint64)(g_get_monotonic_time() - self->begun) / 1000);
    }
    return say_ours(status);
}

/* How it is while the thread is at work; NULL when that can be told only at its end. */
static MigrationStatus *look_under_way(ManagedMigration *self, MigrationObserver *observer,
                                       const MigrationStatus *status)
{
    gboolean under_way = is_under_way(self, status);
    MigrationStatus *copy;

    self->seen = self->seen || under_way;
    if (!under_way) {
        return self->seen ? NULL : early_status(self, status);
    }
    copy = migration_status_copy(status);
    return observer_sees_job(observer) ? say_ours(copy) : copy;
}

MigrationStatus *managed_query(ManagedMigration *self, Guest *guest, MigrationObserver *observer,
                               GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(MigrationStatus) status = NULL;
    g_autofree char *gone = NULL;
    gboolean over = managed_is_over(self);

    if (over) {
        observer_expect_until(observer, self->ended);
    }
    status = observer_look(observer, guest->monitor, &why);
    gone = monitor_lost(guest->monitor);
    if (!over && status && !gone) {
        MigrationStatus *now = look_under_way(self, observer, status);

        if (now) {
            return now;
        }
    }
    if (!over && (status || (gone && !monitor_is_cut(guest->monitor)))) {
        gint64 patience = status ? SETTLING_US : FINISHING_US;

        if (!managed_wait_until(self, g_get_monotonic_time() + patience, error)) {
            return NULL;
        }
        over = managed_is_over(self);
    }
    if (over && (status || gone)) {
        return end_status(self, guest, observer, status);
    }
    if (!status) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    /* libvirt finishes what QEMU has ended; a destination that does not answer takes it long */
    migration_status_set_state(status, migration_state_finishing(migration_status_state(status)));
    return say_ours(g_steal_pointer(&status));
}
