/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's commands about its guest's console, the serial port. */
#include <glib/gi18n.h>

#include "commands/lab/lab.h"
#include "commands/table.h"
#include "shell/error.h"

static const guint SCREEN = 24;

/* Whether the guest is at the destination, where it may not have written anything yet. */
static gboolean is_there(Lab *lab, Session *session)
{
    Guest *guest = lab_find(session, TRUE);
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;
    g_autoptr(Json) status =
        guest && !lost ? monitor_qmp(guest->monitor, "query-status", NULL, NULL) : NULL;

    return lab_guest_is_there(lab) || g_strcmp0(json_get_string(status, "status"), "running") == 0;
}

/* The port of the side where the guest is; NULL: the lab does not run. */
static Heartbeat *port(Session *session, GError **error)
{
    Lab *lab = lab_of(session, error);

    if (lab && !lab_is_running(lab)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the lab is stopped ('lab start' starts it)"));
        return NULL;
    }
    return lab ? lab_port(lab, is_there(lab, session)) : NULL;
}

static gboolean lab_console(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                            Reply *reply, GError **error)
{
    Heartbeat *console = port(session, error);
    g_autofree char *text = console ? heartbeat_console(console, SCREEN) : NULL;

    g_string_append(reply->text, text ? text : "");
    return text != NULL;
}

static gboolean lab_type(Session *session, const Arguments *arguments, Reply *reply G_GNUC_UNUSED,
                         GError **error)
{
    const char *given = arguments_get(arguments, "text")->text;
    Heartbeat *console = port(session, error);
    g_autofree char *line = g_strdup_printf("%s\n", given ? given : "");

    return console && heartbeat_type(console, line, error);
}

const Command lab_console_commands[] = {
    {
        .name = "lab console",
        .group = N_("Lab"),
        .help = N_("show what the lab's guest has written to its console"),
        .description = N_("The newest 24 lines of its serial port, wherever it runs. 'watch lab "
                          "console' goes on\nshowing them, across a migration too."),
        .flags = COMMAND_LOOKS,
        .run = lab_console,
    },
    {
        .name = "lab type",
        .group = N_("Lab"),
        .help = N_("type a line at the console of the lab's guest"),
        .arguments = (const Argument[]){{.name = "text",
                                         .kind = ARGUMENT_REST,
                                         .optional = TRUE,
                                         .help = N_("the line; without it, Enter alone")},
                                        {0}},
        .run = lab_type,
    },
    {0},
};
