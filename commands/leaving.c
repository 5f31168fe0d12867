/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/leaving.h"

#include <glib/gi18n.h>

#include "commands/lab/lab.h"
#include "commands/migration/job.h"
#include "shell/error.h"

static const char KEY[] = "migrations";
static const double LEAVING_S = 10;

/* The names of guests whose migrations were begun here and not seen to end. */
static GHashTable *names_of(Session *session)
{
    GHashTable *names = g_datalist_get_data(&session->notes, KEY);

    if (!names) {
        names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_datalist_set_data_full(&session->notes, KEY, names, (GDestroyNotify)g_hash_table_unref);
    }
    return names;
}

void leaving_remember(Guest *guest)
{
    g_hash_table_add(names_of(guest->session), g_strdup(guest->name));
}

void leaving_forget_if_over(Guest *guest, const MigrationStatus *status)
{
    if (migration_state_is_over(migration_status_state(status))) {
        g_hash_table_remove(names_of(guest->session), guest->name);
    }
}

gboolean leaving_remembers(Guest *guest)
{
    return g_hash_table_contains(names_of(guest->session), guest->name);
}

char *leaving_goes_on(Session *session)
{
    GHashTableIter iterator;
    gpointer name;
    GString *text = g_string_new(NULL);

    g_hash_table_iter_init(&iterator, names_of(session));
    while (g_hash_table_iter_next(&iterator, &name, NULL)) {
        g_string_append_printf(text, "%s'%s'", text->len ? ", " : "", (const char *)name);
    }
    return g_string_free(text, text->len == 0);
}

gboolean leaving_drives(Session *session)
{
    g_autoptr(GPtrArray) managed = job_managed_needing_shell(session);

    return job_storage_under_way(session) || managed->len > 0;
}

/* --- at the prompt --- */

static gboolean check_storage(StorageMigration *storage, GError **error)
{
    if (storage_was_warned_of(storage)) {
        return TRUE;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                _("this shell copies the disks of '%s': 'wait migration' waits for the end of the "
                  "migration; leaving once more cancels it"),
                storage_guest(storage));
    return FALSE;
}

/* Tells all of them at once, and each once. */
static gboolean check_managed(Session *session, GError **error)
{
    g_autoptr(GPtrArray) list = job_managed_needing_shell(session);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        ManagedMigration *managed = list->pdata[i];

        if (!managed_was_warned_of(managed)) {
            g_string_append(text, text->len ? ", " : "");
            g_string_append_printf(text, _("'%s' to %s"), managed_guest(managed),
                                   managed_uri(managed));
        }
    }
    if (text->len) {
        g_set_error(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("this shell drives the migration of %s (with --p2p the source's libvirt would): "
              "'wait migration' at the guest waits for its end; leaving once more cancels it, "
              "or in post-copy leaves QEMU alone with it"),
            text->str);
    }
    return text->len == 0;
}

gboolean leaving_is_allowed(Session *session, GError **error)
{
    StorageMigration *storage = job_storage_under_way(session);

    if (!session->setup.interactive || lab_of(session, NULL)) {
        return TRUE; /* a script has come to its end; the lab's guests end with it */
    }
    return (!storage || check_storage(storage, error)) && check_managed(session, error);
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
        g_strdup_printf(_("waiting for the migration of '%s' with its disks: it needs this shell"),
                        storage_guest(storage));
    g_autoptr(MigrationStatus) status = NULL;

    output_note(session->output, note);
    status = storage_wait(storage, &wait, error);
    return status && job_check_completed(status, storage_guest(storage), error);
}

static gboolean see_managed_through(Session *session, ManagedMigration *managed, GError **error)
{
    g_autofree char *note =
        g_strdup_printf(_("waiting for the migration of '%s' to %s: it needs this shell"),
                        managed_guest(managed), managed_uri(managed));

    output_note(session->output, note);
    return managed_wait(managed, error);
}

gboolean leaving_see_through(Session *session, GError **error)
{
    StorageMigration *storage = job_storage_under_way(session);
    g_autoptr(GPtrArray) managed = job_managed_needing_shell(session);

    if (lab_of(session, NULL)) { /* its guests end with it */
        return TRUE;
    }
    if (storage && !see_storage_through(session, storage, error)) {
        return FALSE;
    }
    for (guint i = 0; i < managed->len; i++) {
        if (!see_managed_through(session, managed->pdata[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* --- the program ends --- */

/* What is said of @storage at its end. Free with g_free(). */
static char *fate_of(const StorageMigration *storage, const MigrationStatus *status)
{
    const char *guest = storage_guest(storage);
    const char *text = migration_status_text(status, FIELD_ERROR_DESC);

    if (migration_status_state(status) == MIGRATION_COMPLETED) {
        return text ? g_strdup_printf(_("the migration of '%s' with its disks needs this shell, "
                                        "and was completed: %s"),
                                      guest, text)
                    : g_strdup_printf(_("the migration of '%s' with its disks needs this shell, "
                                        "and was completed"),
                                      guest);
    }
    return text ? g_strdup_printf(_("the migration of '%s' with its disks needs this shell, and "
                                    "was cancelled: %s"),
                                  guest, text)
                : g_strdup_printf(_("the migration of '%s' with its disks needs this shell, and "
                                    "was cancelled"),
                                  guest);
}

static char *end_storage(StorageMigration *storage)
{
    MigrationWait wait = {.reached = migration_has_ended, .seconds = LEAVING_S};
    gboolean cancelled = storage_cancel(storage);
    g_autoptr(MigrationStatus) status = storage_wait(storage, &wait, NULL);

    if (status) {
        return fate_of(storage, status);
    }
    return g_strdup_printf(cancelled
                               ? _("the migration of '%s' with its disks is not at its end: its "
                                   "QEMU does not answer")
                               : _("the migration of '%s' with its disks goes on: it was past its "
                                   "switch-over"),
                           storage_guest(storage));
}

char **leaving_end(Session *session)
{
    StorageMigration *storage = job_storage_under_way(session);
    g_autoptr(GPtrArray) managed = job_managed_needing_shell(session);
    GPtrArray *lines = g_ptr_array_new();
    gint64 end = bell_end(LEAVING_S);

    for (guint i = 0; i < managed->len; i++) {
        managed_abandon(managed->pdata[i]);
    }
    bell_rearm(session->bell); /* what a signal interrupted is over */
    if (storage) {
        g_ptr_array_add(lines, end_storage(storage));
    }
    for (guint i = 0; i < managed->len; i++) {
        g_ptr_array_add(lines, managed_fate(managed->pdata[i], end));
    }
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}
