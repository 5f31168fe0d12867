/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_internal.h"

#include "commands/migration/managed/domain_job.h"
#include "shell/error.h"
#include "shell/reach.h"

enum {
    BEGINNING_US = 3 * G_USEC_PER_SEC, /* libvirt's part before there is a job */
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

gboolean managed_resumes(const ManagedMigration *self)
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
    observer_expect(observer, managed_resumes(self) ? DRIVER_NONE : DRIVER_MANAGED);
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

gboolean managed_copies_disks(const ManagedMigration *self)
{
    return (self->call.flags & (VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC)) != 0;
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

/* --- its end --- */

gboolean managed_wait_until(ManagedMigration *self, gint64 end, GError **error)
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

    if (!managed_wait_until(self, G_MAXINT64, error)) {
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
    managed_wait_until(self, g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC), NULL);
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
