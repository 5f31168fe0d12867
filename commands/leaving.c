/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/leaving.h"

#include "commands/lab/lab.h"
#include "commands/migration/job.h"
#include "shell/error.h"

static const char KEY[] = "migration";
static const double LEAVING_S = 10;

void leaving_remember(Session *session, const char *guest)
{
    g_datalist_set_data_full(&session->notes, KEY, g_strdup(guest), g_free);
}

void leaving_forget_if_over(Session *session, const MigrationStatus *status)
{
    if (migration_state_is_over(migration_status_state(status))) {
        g_datalist_set_data(&session->notes, KEY, NULL);
    }
}

const char *leaving_goes_on(Session *session)
{
    return g_datalist_get_data(&session->notes, KEY);
}

/* --- at the prompt --- */

static gboolean check_storage(StorageMigration *storage, GError **error)
{
    if (storage_was_warned_of(storage)) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                "this shell copies the disks of '%s': 'wait migration' waits for the end of the "
                "migration; leaving once more cancels it",
                storage_guest(storage));
    return FALSE;
}

static gboolean check_managed(ManagedMigration *managed, GError **error)
{
    if (managed_was_warned_of(managed)) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                "this shell drives the migration of '%s' to %s (with --p2p the source's libvirt "
                "would): 'wait migration' waits for its end; leaving once more cancels it",
                managed_guest(managed), managed_uri(managed));
    return FALSE;
}

gboolean leaving_is_allowed(Session *session, GError **error)
{
    StorageMigration *storage = job_storage_under_way(session);
    ManagedMigration *managed = job_managed_with_shell(session);

    if (!session->setup.interactive || lab_of(session, NULL)) {
        return TRUE; /* a script has come to its end; the lab's guests end with it */
    }
    return (!storage || check_storage(storage, error)) &&
           (!managed || check_managed(managed, error));
}

/* --- a script's good end --- */

static gboolean stands_or_is_over(const MigrationStatus *status, gconstpointer data G_GNUC_UNUSED)
{
    return migration_state_is_over(migration_status_state(status)) ||
           migration_status_needs_attention(status);
}

static gboolean see_storage_through(Session *session, StorageMigration *storage, GError **error)
{
    MigrationWait wait = {.reached = stands_or_is_over, .seconds = -1};
    g_autofree char *note =
        g_strdup_printf("waiting for the migration of '%s' with its disks: it needs this shell",
                        storage_guest(storage));
    g_autoptr(MigrationStatus) status = NULL;

    output_note(session->output, note);
    status = storage_wait(storage, &wait, error);
    return status && job_check_completed(status, storage_guest(storage), error);
}

static gboolean see_managed_through(Session *session, ManagedMigration *managed, GError **error)
{
    g_autofree char *note =
        g_strdup_printf("waiting for the migration of '%s' to %s: it needs this shell",
                        managed_guest(managed), managed_uri(managed));

    output_note(session->output, note);
    return managed_wait(managed, error);
}

gboolean leaving_see_through(Session *session, GError **error)
{
    StorageMigration *storage = job_storage_under_way(session);
    ManagedMigration *managed;

    if (lab_of(session, NULL)) { /* its guests end with it */
        return TRUE;
    }
    if (storage && !see_storage_through(session, storage, error)) {
        return FALSE;
    }
    while ((managed = job_managed_with_shell(session))) {
        if (!see_managed_through(session, managed, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* --- the program ends --- */

static char *end_storage(StorageMigration *storage)
{
    MigrationWait wait = {.reached = migration_has_ended, .seconds = LEAVING_S};
    g_autoptr(MigrationStatus) status = NULL;
    gboolean cancelled;
    const char *text;

    cancelled = storage_cancel(storage);
    status = storage_wait(storage, &wait, NULL);
    if (!status) {
        return g_strdup_printf(cancelled
                                   ? "the migration of '%s' with its disks is not at its end: "
                                     "its QEMU does not answer"
                                   : "the migration of '%s' with its disks goes on: it was "
                                     "past its switch-over",
                               storage_guest(storage));
    }
    text = migration_status_text(status, FIELD_ERROR_DESC);
    return g_strdup_printf(
        "the migration of '%s' with its disks needs this shell, and %s%s%s", storage_guest(storage),
        migration_status_state(status) == MIGRATION_COMPLETED ? "was completed" : "was cancelled",
        text ? ": " : "", text ? text : "");
}

char *leaving_end(Session *session)
{
    StorageMigration *storage = job_storage_under_way(session);
    ManagedMigration *managed;
    GString *text = g_string_new(NULL);

    bell_rearm(session->bell); /* what a signal interrupted is over */
    if (storage) {
        g_autofree char *sentence = end_storage(storage);

        g_string_append(text, sentence);
    }
    while ((managed = job_managed_with_shell(session))) {
        g_autofree char *sentence = managed_leave(managed, LEAVING_S);

        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", sentence);
        job_forget_managed(session, managed);
    }
    return g_string_free(text, text->len == 0);
}
