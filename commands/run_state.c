/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of QEMU that change whether a guest runs, where a migration makes them dangerous; and
 * what else belongs to a migration's surroundings. */
#include <glib/gi18n.h>

#include "commands/migration/raw.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/session.h"

/* Whether the guest runs at the destination: the migration is completed, or in post-copy. */
static gboolean has_moved_away(Monitor *monitor)
{
    g_autoptr(Json) run = monitor_qmp(monitor, "query-status", NULL, NULL);
    const char *state = json_get_string(run, "status");
    g_autoptr(MigrationStatus) status = NULL;

    if (g_strcmp0(state, "running") == 0) {
        return FALSE;
    }
    status = raw_query(monitor, NULL);
    return status && (migration_state_is_postcopy(migration_status_state(status)) ||
                      (g_strcmp0(state, "postmigrate") == 0 &&
                       migration_status_state(status) == MIGRATION_COMPLETED));
}

static gboolean cont(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);

    if (!guest) {
        return FALSE;
    }
    if (has_moved_away(guest->monitor)) {
        g_set_error(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("refused: the guest of '%s' was migrated and goes on at the destination; it "
              "would run twice, on the same disks. Should the destination be gone for good, "
              "'hmp cont' lets it run here"),
            guest->name);
        return FALSE;
    }
    return dispatch_forward(session, arguments, reply, error);
}

const Command run_state_commands[] = {
    {
        .name = "announce_self",
        .group = N_("Migration"),
        .help = N_("Trigger GARP/RARP announcements"),
        .description = N_("QEMU 4.0 and later."),
        .arguments = (const Argument[]){{.name = "interfaces",
                                         .kind = ARGUMENT_QEMU,
                                         .optional = TRUE,
                                         .help = N_("a list of interfaces, then perhaps an id")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "client_migrate_info",
        .group = N_("Migration"),
        .help = N_("set migration information for remote display"),
        .arguments =
            (const Argument[]){{.name = "protocol",
                                .kind = ARGUMENT_QEMU,
                                .help = N_("spice, then hostname, port, tls-port, cert-subject")},
                               {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "cont|c",
        .group = N_("QEMU"),
        .help = N_("resume emulation"),
        .description = N_("Refused at a source whose guest was migrated away ('hmp cont' is not)."),
        .flags = COMMAND_SPEAKS_HMP,
        .run = cont,
    },
    {0},
};
