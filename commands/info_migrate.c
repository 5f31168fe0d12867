/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info migrate: the status of the migration, pretty on a terminal, as QEMU 7.2 writes it elsewhere,
 * as an object with --json. */
#include "commands/migration/classic.h"
#include "commands/migration/pretty.h"
#include "commands/migration/raw.h"
#include "commands/table.h"
#include "shell/session.h"

static void add_pretty(Session *session, Guest *guest, const MigrationStatus *status, GString *text)
{
    MigrationPretty options = {
        .colour = output_has_colour(session->output),
        .width = output_width(session->output),
    };
    RawLimits limits;

    if (raw_limits(guest->monitor, &limits, NULL)) {
        options.bandwidth_limit = limits.bandwidth;
        options.downtime_limit_ms = limits.downtime_ms;
    }
    migration_pretty(status, &options, text);
}

static gboolean info_migrate(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                             Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);
    g_autoptr(MigrationStatus) status = guest ? raw_query(guest->monitor, error) : NULL;

    if (!status) {
        return FALSE;
    }
    if (output_is_pretty(session->output)) {
        add_pretty(session, guest, status, reply->text);
    } else {
        migration_classic(status, reply->text);
        reply->json = migration_status_to_json(status);
    }
    return TRUE;
}

const Command info_migrate_commands[] = {
    {
        .name = "info migrate",
        .group = "Migration",
        .help = "show migration status",
        .description =
            "On a terminal: state, progress and figures for a reader. Elsewhere: the lines of "
            "QEMU\n"
            "7.2, whatever the QEMU ('hmp info migrate' prints this QEMU's own). With --json: an\n"
            "object in the shape of QMP's query-migrate.",
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_migrate,
    },
    {0},
};
