/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_internal.h"

#include "commands/migration/managed/domain_job.h"
#include "commands/migration/managed/job_stats.h"
#include "shell/error.h"
#include "shell/reach.h"

enum {
    FINISHING_US = 10 * G_USEC_PER_SEC, /* libvirt's part after QEMU's */
    FIGURES_US = G_USEC_PER_SEC / 2,    /* for the event with the figures of the end */
    BEGINNING_US = 3 * G_USEC_PER_SEC,  /* libvirt's part before there is a job */
    STEP_US = 10 * 1000,
};

/* --- beginning --- */

/* Nothing of the session's own is lost where it cannot be reached. */
static gboolean open_destination(ManagedMigration *self, GError **error)
{
    g_autoptr(GError) why = NULL;

    self->destination = reach_open(self->session, self->uri, "migration", &why);
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_LOST)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, why->message);
    } else if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return self->destination != NULL;
}

static gboolean open_connections(ManagedMigration *self, GError **error)
{
    self->source = reach_open(self->session, self->source_uri, "migration", error);
    if (!self->source) {
        return FALSE;
    }
    return self->call.driver == MANAGED_BY_SOURCE || open_destination(self, error);
}

/* Whether it goes on with a post-copy that has lost its link. */
static gboolean resumes(const ManagedMigration *self)
{
    return (self->call.flags & VIR_MIGRATE_POSTCOPY_RESUME) != 0;
}

/* The guest's name at the destination. Borrowed. */
static const char *name_there(const ManagedMigration *self)
{
    const char *name = NULL;

    virTypedParamsGetString(self->call.parameters, self->call.n_parameters,
                            VIR_MIGRATE_PARAM_DEST_NAME, &name);
    return name ? name : self->name;
}

ManagedMigration *managed_start(Guest *guest, const char *uri, MigrationObserver *observer,
                                ManagedCall *call, GError **error)
{
    g_autoptr(ManagedMigration) self = g_new0(ManagedMigration, 1);
    GThread *thread;

    g_atomic_ref_count_init(&self->references);
    self->session = guest->session;
    self->name = g_strdup(guest->name);
    g_strlcpy(self->uuid, guest->uuid, sizeof(self->uuid));
    self->incarnation = guest->incarnation;
    self->source_uri = g_strdup(guest->uri);
    self->uri = g_strdup(uri);
    self->call = *call;
    *call = (ManagedCall){0};
    self->arrival = g_strdup_printf("%s@%s", name_there(self), uri);
    if (!open_connections(self, error)) {
        return NULL;
    }
    observer_expect(observer, resumes(self) ? DRIVER_NONE : DRIVER_MANAGED);
    self->heard = observer_heard(observer);
    self->begun = g_get_monotonic_time();
    monitor_will_move(guest->monitor, self->arrival);
    g_atomic_ref_count_inc(&self->references);
    thread = g_thread_new("migration", managed_work, self);
    g_thread_unref(thread); /* it may outlast everything */
    return g_steal_pointer(&self);
}

void managed_unref(ManagedMigration *self)
{
    if (!g_atomic_ref_count_dec(&self->references)) {
        return;
    }
    g_clear_pointer(&self->source, connection_unref);
    g_clear_pointer(&self->destination, connection_unref);
    g_clear_pointer(&self->end, migration_status_free);
    managed_call_clear(&self->call);
    json_object_put(self->stats);
    g_free(self->error);
    g_free(self->name);
    g_free(self->source_uri);
    g_free(self->uri);
    g_free(self->arrival);
    g_free(self);
}

void managed_free(ManagedMigration *self)
{
    if (self) {
        managed_unref(self);
    }
}

/* --- as others see it --- */

const char *managed_guest(const ManagedMigration *self)
{
    return self->name;
}

const char *managed_uri(const ManagedMigration *self)
{
    return self->uri;
}

const char *managed_arrives_as(const ManagedMigration *self)
{
    return self->arrival;
}

gboolean managed_is_over(ManagedMigration *self)
{
    gboolean over;

    bell_lock(self->session->bell);
    over = self->over;
    bell_unlock(self->session->bell);
    return over;
}

gboolean managed_is_of(ManagedMigration *self, const Guest *guest)
{
    if (self->incarnation == guest->incarnation) {
        return TRUE;
    }
    return g_str_equal(self->uuid, guest->uuid) && g_strcmp0(self->source_uri, guest->uri) == 0 &&
           !managed_is_over(self);
}

gboolean managed_needs_shell(const ManagedMigration *self)
{
    return self->call.driver == MANAGED_BY_CLIENT;
}

gboolean *managed_news(ManagedMigration *self)
{
    return &self->news;
}

void managed_announce(ManagedMigration *self, gboolean announce)
{
    bell_lock(self->session->bell);
    self->announce = announce && self->session->setup.interactive;
    bell_unlock(self->session->bell);
}

gboolean managed_was_warned_of(ManagedMigration *self)
{
    gboolean before = self->warned;

    self->warned = TRUE;
    return before;
}

/* --- how far it is --- */

/* Waits until it is over, or @end. FALSE after Ctrl-C. */
static gboolean wait_for_end(ManagedMigration *self, gint64 end, GError **error)
{
    Bell *bell = self->session->bell;
    gboolean interrupted;

    bell_lock(bell);
    while (!self->over && !bell_interrupted(bell) && bell_wait(bell, end)) {
        /* rung for something else */
    }
    interrupted = !self->over && bell_interrupted(bell);
    bell_unlock(bell);
    if (interrupted) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, "interrupted");
    }
    return !interrupted;
}

static void set_state(MigrationStatus *status, MigrationState state)
{
    migration_status_set_text(status, FIELD_STATUS, migration_state_name(state));
}

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
    set_state(status, MIGRATION_COMPLETED);
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
    set_state(status, self->aborted ? MIGRATION_CANCELLED : MIGRATION_FAILED);
    if (!self->aborted) {
        migration_status_set_text(status, FIELD_ERROR_DESC, self->error);
    }
    return status;
}

/* What an observer cannot know before there is a job to see. */
static MigrationStatus *say_ours(MigrationStatus *status)
{
    migration_status_set_text(status, FIELD_DRIVER, "managed");
    migration_status_set_text(status, FIELD_BEGUN_BY, "this shell");
    return status;
}

/* Whether @status is a migration's that somebody else has begun since. */
static gboolean is_foreign(const ManagedMigration *self, const MigrationObserver *observer,
                           const MigrationStatus *status)
{
    return observer_heard(observer) > self->heard &&
           g_strcmp0(migration_status_text(status, FIELD_BEGUN_BY), "somebody else") == 0;
}

static MigrationStatus *end_status(ManagedMigration *self, Guest *guest,
                                   MigrationObserver *observer, MigrationStatus *seen)
{
    if (seen && (migration_state_is_running(migration_status_state(seen)) ||
                 is_foreign(self, observer, seen))) {
        return migration_status_copy(seen); /* a post-copy that lost its link; or another one */
    }
    if (observer_heard(observer) == self->heard) {
        seen = NULL; /* an earlier one's */
    }
    if (!self->end) {
        observer_expect(observer, DRIVER_NONE);
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
           (self->seen || !resumes(self) || state != MIGRATION_POSTCOPY_PAUSED);
}

/* What is known before libvirt has begun its job: it speaks with the destination first. */
static MigrationStatus *early_status(const ManagedMigration *self, const MigrationStatus *before)
{
    MigrationStatus *status =
        resumes(self) ? migration_status_copy(before) : migration_status_new();

    set_state(status, resumes(self) ? MIGRATION_POSTCOPY_RECOVER_SETUP : MIGRATION_SETUP);
    if (resumes(self)) {
        return say_ours(status);
    }
    migration_status_set_number(status, FIELD_TOTAL_TIME_MS,
                                (guint64)(g_get_monotonic_time() - self->begun) / 1000);
    return say_ours(status);
}

MigrationStatus *managed_query(ManagedMigration *self, Guest *guest, MigrationObserver *observer,
                               GError **error)
{
    g_autoptr(GError) why = NULL;
    gboolean over = managed_is_over(self);
    g_autoptr(MigrationStatus) status = observer_look(observer, guest->monitor, &why);
    g_autofree char *gone = monitor_lost(guest->monitor);

    if (!status && !gone) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (!over && !gone) {
        gboolean under_way = is_under_way(self, status);

        self->seen = self->seen || under_way;
        if (under_way || !self->seen) {
            return under_way ? g_steal_pointer(&status) : early_status(self, status);
        }
    }
    if (!over && !wait_for_end(self, g_get_monotonic_time() + FINISHING_US, error)) {
        return NULL;
    }
    if (managed_is_over(self)) {
        return end_status(self, guest, observer, status);
    }
    if (!status) {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return g_steal_pointer(&status);
}

/* --- its end --- */

gboolean managed_cancel(ManagedMigration *self, Guest *guest, GError **error)
{
    gint64 end = g_get_monotonic_time() + BEGINNING_US;

    for (;;) {
        DomainCall call = domain_job_abort(FALSE);
        g_autoptr(GError) why = NULL;

        if (domain_call(guest, &call, &why) || managed_is_over(self)) {
            return TRUE;
        }
        /* There may be no job to end yet. */
        if (self->seen || !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED) ||
            g_get_monotonic_time() >= end) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
        if (!bell_sleep(guest->session->bell, g_get_monotonic_time() + STEP_US, error)) {
            return FALSE;
        }
    }
}

gboolean managed_wait(ManagedMigration *self, GError **error)
{
    gboolean succeeded;

    if (!wait_for_end(self, G_MAXINT64, error)) {
        return FALSE;
    }
    bell_lock(self->session->bell);
    succeeded = self->succeeded;
    bell_unlock(self->session->bell);
    if (!succeeded) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "the migration of '%s' %s: %s",
                    self->name, self->aborted ? "was cancelled" : "failed", self->error);
    }
    return succeeded;
}

/* On a connection of its own: see domain_call.c. The worker's does where it cannot be had without a
 * password. */
static void abort_at_source(ManagedMigration *self)
{
    g_autoptr(Connection) connection = connection_open(self->source_uri, NULL, NULL);
    DomainCall call = domain_job_abort(FALSE);

    domain_call_at(connection ? connection : self->source, self->uuid, &call, NULL);
}

char *managed_leave(ManagedMigration *self, double seconds)
{
    gboolean succeeded;

    if (!managed_needs_shell(self) || managed_is_over(self)) {
        return NULL;
    }
    managed_announce(self, FALSE);
    abort_at_source(self);
    wait_for_end(self, g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC), NULL);
    if (!managed_is_over(self)) {
        return g_strdup_printf("the migration of '%s' needs this shell and ends with it",
                               self->name);
    }
    bell_lock(self->session->bell);
    succeeded = self->succeeded;
    bell_unlock(self->session->bell);
    return g_strdup_printf("the migration of '%s' needs this shell, and was %s", self->name,
                           succeeded ? "completed" : "cancelled");
}
