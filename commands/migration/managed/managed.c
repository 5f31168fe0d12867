/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "commands/migration/managed/managed_internal.h"

#include "commands/migration/domain_job.h"
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
    gulong version = 0;

    self->destination = reach_open(self->session, self->uri, "migration", &why);
    if (self->destination &&
        virConnectGetLibVersion(connection_handle(self->destination), &version) == 0 &&
        !managed_call_check_libvirt(&self->call, version, error)) {
        return FALSE;
    }
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
    observer_expect(observer, guest->monitor, managed_resumes(self) ? DRIVER_NONE : DRIVER_MANAGED);
    self->heard = observer_heard(observer);
    self->begun = g_get_monotonic_time();
    monitor_will_move(guest->monitor, self->arrival);
    thread = g_thread_new("migration", managed_work, managed_ref(self));
    g_thread_unref(thread); /* it may outlast everything */
    return g_steal_pointer(&self);
}

void managed_unref(ManagedMigration *self)
{
    if (!self || !g_atomic_ref_count_dec(&self->references)) {
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

ManagedMigration *managed_ref(ManagedMigration *self)
{
    g_atomic_ref_count_inc(&self->references);
    return self;
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

MigrationState managed_result(ManagedMigration *self)
{
    MigrationState result = MIGRATION_NONE;

    bell_lock(self->session->bell);
    if (self->over) {
        result = self->succeeded ? MIGRATION_COMPLETED
                 : self->aborted ? MIGRATION_CANCELLED
                                 : MIGRATION_FAILED;
    }
    bell_unlock(self->session->bell);
    return result;
}

gboolean managed_is_of(ManagedMigration *self, const Guest *guest)
{
    if (self->incarnation == guest->incarnation) {
        return TRUE;
    }
    if (!g_str_equal(self->uuid, guest->uuid) || g_strcmp0(self->source_uri, guest->uri) != 0 ||
        managed_is_over(self)) {
        return FALSE;
    }
    self->incarnation = guest->incarnation; /* it was attached to again meanwhile */
    return TRUE;
}

gboolean managed_needs_shell(const ManagedMigration *self)
{
    return self->call.driver == MANAGED_BY_CLIENT;
}

gboolean managed_is_definition(const ManagedMigration *self)
{
    return (self->call.flags & VIR_MIGRATE_OFFLINE) != 0;
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
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
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
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    self->aborted ? _("the migration of '%s' was cancelled: %s")
                                  : _("the migration of '%s' failed: %s"),
                    self->name, self->error);
    }
    return succeeded;
}

/* Whether the guest runs at the destination already. */
static gboolean is_in_postcopy(ManagedMigration *self, Connection *connection)
{
    DomainCall call = domain_job_is_postcopy();

    return domain_call_at(connection, self->uuid, &call, NULL) && call.number == TRUE;
}

/* A thread: whom it asks may not answer. On a connection of its own, see domain_call.c; the
 * worker's where that cannot be had without a password. */
static gpointer abort_at_source(gpointer data)
{
    ManagedMigration *self = data;
    g_autoptr(Connection) own = reach_silently(self->source_uri, NULL);
    Connection *connection = own ? own : self->source;
    DomainCall call = domain_job_abort(FALSE);
    gboolean postcopy = is_in_postcopy(self, connection);

    bell_lock(self->session->bell);
    self->postcopy = postcopy;
    bell_ring(self->session->bell);
    bell_unlock(self->session->bell);
    if (!postcopy) {
        domain_call_at(connection, self->uuid, &call, NULL);
    }
    managed_unref(self);
    return NULL;
}

void managed_abandon(ManagedMigration *self)
{
    managed_announce(self, FALSE);
    g_thread_unref(g_thread_new("abort", abort_at_source, managed_ref(self)));
}

char *managed_fate(ManagedMigration *self, gint64 end)
{
    Bell *bell = self->session->bell;
    char *text;

    bell_lock(bell);
    while (!self->over && !self->postcopy && bell_wait(bell, end)) {
        /* rung for something else */
    }
    text = g_strdup_printf(
        self->over && self->succeeded
            ? _("the migration of '%s' to %s needs this shell, and was completed")
        : self->over     ? _("the migration of '%s' to %s needs this shell, and was cancelled")
        : self->postcopy ? _("the migration of '%s' to %s needs this shell, and is in post-copy: "
                             "the guest runs at the destination, and QEMU goes on alone; should it "
                             "not end, 'migrate -r' with libvirt's URI takes it up")
                         : _("the migration of '%s' to %s needs this shell, and ends with it; who "
                             "did not answer may hold a paused guest until it notices"),
        self->name, self->uri);
    bell_unlock(bell);
    return text;
}
