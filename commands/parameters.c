/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migration capabilities and parameters. */
#include "commands/table.h"
#include "shell/session.h"

/* QEMU's own text, and with --json the QMP twin's reply. */
static gboolean show(Session *session, const Arguments *arguments, const char *query, Reply *reply,
                     GError **error)
{
    Guest *guest = session_guest(session, error);
    g_autofree char *text = NULL;

    if (!guest) {
        return FALSE;
    }
    if (output_mode(session->output)->json) {
        reply->json = monitor_qmp(guest->monitor, query, NULL, error);
        return reply->json != NULL;
    }
    text = monitor_hmp(guest->monitor, arguments->line, error);
    if (text) {
        g_string_append(reply->text, text);
    }
    return text != NULL;
}

static gboolean info_capabilities(Session *session, const Arguments *arguments, Reply *reply,
                                  GError **error)
{
    return show(session, arguments, "query-migrate-capabilities", reply, error);
}

static gboolean info_parameters(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    return show(session, arguments, "query-migrate-parameters", reply, error);
}

const Command parameters_commands[] = {
    {
        .name = "migrate_set_capability",
        .group = "Migration",
        .help = "Enable/Disable the usage of a capability for migration",
        .arguments =
            (const Argument[]){{.name = "capability",
                                .kind = ARGUMENT_CAPABILITY,
                                .help = "a capability, see 'info migrate_capabilities'"},
                               {.name = "state", .kind = ARGUMENT_SWITCH, .help = "on or off"},
                               {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "migrate_set_parameter",
        .group = "Migration",
        .help = "Set the parameter for migration",
        .arguments =
            (const Argument[]){{.name = "parameter",
                                .kind = ARGUMENT_PARAMETER,
                                .help = "a parameter, see 'info migrate_parameters'"},
                               {.name = "value", .kind = ARGUMENT_REST, .help = "its new value"},
                               {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "info migrate_capabilities",
        .group = "Migration",
        .help = "show current migration capabilities",
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_capabilities,
    },
    {
        .name = "info migrate_parameters",
        .group = "Migration",
        .help = "show current migration parameters",
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_parameters,
    },
    {0},
};
