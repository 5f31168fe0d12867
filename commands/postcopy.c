/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Post-copy and its recovery, and the pause before the switch-over. They go to QEMU's HMP; what is
 * added is what QEMU leaves out: why it refused, and what would hurt it. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/job.h"
#include "commands/migration/domain_job.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/session.h"

/* libvirt's own words are about its flags. */
static gboolean start_managed_postcopy(Guest *guest, GError **error)
{
    DomainCall call = domain_job_start_postcopy();
    g_autoptr(GError) why = NULL;

    if (domain_call(guest, &call, &why)) {
        return TRUE;
    }
    if (strstr(why->message, "VIR_MIGRATE_POSTCOPY")) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("the migration of '%s' was begun without --postcopy, and libvirt switches no "
                      "other one to post-copy"),
                    guest->name);
    } else {
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return FALSE;
}

static gboolean start_raw_postcopy(Session *session, const Arguments *arguments, Reply *reply,
                                   GError **error)
{
    if (!dispatch_forward(session, arguments, reply, error)) {
        if (session->setup.interactive && error && *error) {
            g_autofree char *text = g_strdup((*error)->message);

            g_clear_error(error);
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("%s\n(post-copy wants 'migrate_set_capability postcopy-ram on', at the "
                          "destination first, then a migration that is active)"),
                        text);
        }
        return FALSE;
    }
    return TRUE;
}

/* What is in post-copy cannot be switched to it. */
static gboolean check_precopy(Guest *guest, GError **error)
{
    MigrationLimits limits;
    g_autoptr(MigrationStatus) status = job_query(guest, &limits, error);

    if (!status || !migration_state_is_postcopy(migration_status_state(status))) {
        return status != NULL;
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("post-copy has begun already: '%s'"),
                migration_status_text(status, FIELD_STATUS));
    return FALSE;
}

static gboolean start_postcopy(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    Guest *guest = session_guest(session, error);

    if (!guest || !check_precopy(guest, error) ||
        !(job_is_managed(guest) ? start_managed_postcopy(guest, error)
                                : start_raw_postcopy(session, arguments, reply, error))) {
        return FALSE;
    }
    session_courtesy(session, reply,
                     _("the guest goes on at the destination; from now on the migration cannot be "
                       "cancelled"));
    return TRUE;
}

/* libvirt ends a post-copy that has lost its link only when it is told to. */
static gboolean pause_postcopy(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    Guest *guest = session_guest(session, error);
    DomainCall call = domain_job_abort(TRUE);

    if (!guest) {
        return FALSE;
    }
    return job_is_managed(guest) ? domain_call(guest, &call, error)
                                 : dispatch_forward(session, arguments, reply, error);
}

static gboolean recover(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    return raw_check_uri(arguments_get(arguments, "uri")->text, error) &&
           dispatch_forward(session, arguments, reply, error);
}

/* In a migration with disks, what is left of them is finished first. */
static gboolean continue_migration(Session *session, const Arguments *arguments, Reply *reply,
                                   GError **error)
{
    const char *state = arguments_get(arguments, "state")->text;
    Guest *guest = session_guest(session, error);
    StorageMigration *storage = guest ? job_storage(guest) : NULL;

    if (!guest) {
        return FALSE;
    }
    if (job_is_managed(guest)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("libvirt manages this migration, and lets it go on by itself"));
        return FALSE;
    }
    if (storage && !storage_is_over(storage) &&
        migration_state_from_name(state) == MIGRATION_PRE_SWITCHOVER) {
        if (!storage_continue(storage)) {
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                                "Migration not in expected state: pre-switchover");
            return FALSE;
        }
        return TRUE;
    }
    return dispatch_forward(session, arguments, reply, error);
}

static const char *const SWITCHOVER[] = {"pre-switchover", NULL};
static const char *const SCHEMES[] = {"tcp:", "unix:", "fd:", "rdma:", "vsock:", NULL};

const Command postcopy_commands[] = {
    {
        .name = "migrate_start_postcopy",
        .group = N_("Migration"),
        .help = N_("Followup to a migration command to switch the migration to postcopy mode. The "
                   "postcopy-ram capability must be set on both source and destination before the "
                   "original migration command"),
        .flags = COMMAND_SPEAKS_HMP,
        .run = start_postcopy,
    },
    {
        .name = "migrate_pause",
        .group = N_("Migration"),
        .help = N_("Pause an ongoing migration (postcopy-only)"),
        .description =
            N_("What has lost its link can then be gone on with: raw by migrate_recover at "
               "the destination\nand 'migrate -r' here, managed by 'migrate -r' alone."),
        .flags = COMMAND_SPEAKS_HMP,
        .run = pause_postcopy,
    },
    {
        .name = "migrate_recover",
        .group = N_("Migration"),
        .help = N_("Continue a paused incoming postcopy migration"),
        .description = N_("At the destination; then 'migrate -r URI' at the source."),
        .arguments = (const Argument[]){{.name = "uri",
                                         .kind = ARGUMENT_URI,
                                         .help = N_("where to listen anew"),
                                         .choices = SCHEMES},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = recover,
    },
    {
        .name = "migrate_continue",
        .group = N_("Migration"),
        .help = N_("Continue migration from the given paused state"),
        .arguments = (const Argument[]){{.name = "state",
                                         .kind = ARGUMENT_WORD,
                                         .help = N_("the status it stands at: pre-switchover"),
                                         .choices = SWITCHOVER},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = continue_migration,
    },
    {0},
};
