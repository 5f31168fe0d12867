/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Post-copy and its recovery, and the pause before the switch-over. They go to QEMU's HMP; what is
 * added is what QEMU leaves out: why it refused, and what would hurt it. */
#include "commands/migration/job.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/session.h"

static gboolean start_postcopy(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    if (!dispatch_forward(session, arguments, reply, error)) {
        if (session->setup.interactive && error && *error) {
            g_autofree char *text = g_strdup((*error)->message);

            g_clear_error(error);
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        "%s\n(post-copy wants 'migrate_set_capability postcopy-ram on', at the "
                        "destination first, then a migration that is active)",
                        text);
        }
        return FALSE;
    }
    session_courtesy(session, reply,
                     "the guest goes on at the destination; from now on the migration cannot be "
                     "cancelled");
    return TRUE;
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
        .group = "Migration",
        .help = "Followup to a migration command to switch the migration to postcopy mode. The "
                "postcopy-ram capability must be set on both source and destination before the "
                "original migration command",
        .flags = COMMAND_SPEAKS_HMP,
        .run = start_postcopy,
    },
    {
        .name = "migrate_pause",
        .group = "Migration",
        .help = "Pause an ongoing migration (postcopy-only)",
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "migrate_recover",
        .group = "Migration",
        .help = "Continue a paused incoming postcopy migration",
        .description = "At the destination; then 'migrate -r URI' at the source.",
        .arguments = (const Argument[]){{.name = "uri",
                                         .kind = ARGUMENT_URI,
                                         .help = "where to listen anew",
                                         .choices = SCHEMES},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = recover,
    },
    {
        .name = "migrate_continue",
        .group = "Migration",
        .help = "Continue migration from the given paused state",
        .arguments = (const Argument[]){{.name = "state",
                                         .kind = ARGUMENT_WORD,
                                         .help = "the status it stands at: pre-switchover",
                                         .choices = SWITCHOVER},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = continue_migration,
    },
    {0},
};
