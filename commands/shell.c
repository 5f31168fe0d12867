/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell's own housekeeping. */
#include <glib/gi18n.h>

#include "commands/leaving.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/history.h"
#include "shell/script.h"

static gboolean quit(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                     Reply *reply G_GNUC_UNUSED, GError **error)
{
    session->leaving = leaving_is_allowed(session, error);
    return session->leaving;
}

static gboolean sleep_command(Session *session, const Arguments *arguments,
                              Reply *reply G_GNUC_UNUSED, GError **error)
{
    double seconds = arguments_get(arguments, "seconds")->seconds;

    if (seconds < 0) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("SECONDS is 0 or more"));
        return FALSE;
    }
    return bell_sleep(session->bell, seconds > 0 ? bell_end(seconds) : 0, error);
}

static gboolean source(Session *session, const Arguments *arguments, Reply *reply G_GNUC_UNUSED,
                       GError **error)
{
    return script_run(session, arguments_get(arguments, "file")->text, "", error);
}

/* How many lines are asked for; 0 when @text is no such number. */
static guint count_of(const char *text)
{
    guint64 count;

    return g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT, &count, NULL) ? (guint)count : 0;
}

static gboolean history(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *given = arguments_get(arguments, "lines")->text;
    guint count = given ? count_of(given) : G_MAXUINT;
    guint number;
    g_auto(GStrv) lines = NULL;

    if (!session->setup.interactive) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("a script has no history: it keeps the lines typed at a prompt"));
        return FALSE;
    }
    if (count == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("LINES is how many, 1 or more, not '%s'"), given);
        return FALSE;
    }
    if (arguments_get(arguments, "clear")->given) {
        return history_forget(error);
    }
    lines = history_newest(count, &number);
    reply->json = json_object_new_array();
    for (char **line = lines; *line; line++) {
        g_autofree char *valid = g_utf8_make_valid(*line, -1);

        g_string_append_printf(reply->text, "%5u  %s\n", number++, valid);
        json_object_array_add(reply->json, json_object_new_string(valid));
    }
    return TRUE;
}

const Command shell_commands[] = {
    {
        .name = "source",
        .group = N_("Shell"),
        .help = N_("run the commands in a file"),
        .description = N_("The first that fails ends it, and fails the command."),
        .arguments =
            (const Argument[]){
                {.name = "file", .kind = ARGUMENT_FILE, .help = N_("a file of commands")}, {0}},
        .flags = COMMAND_GATES_INNER,
        .run = source,
    },
    {
        .name = "sleep",
        .group = N_("Shell"),
        .help = N_("wait for some time"),
        .arguments = (const Argument[]){{.name = "seconds",
                                         .kind = ARGUMENT_TIME,
                                         .help = N_("seconds, e.g. 0.3 or 300ms")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = sleep_command,
    },
    {
        .name = "history",
        .group = N_("Shell"),
        .help = N_("show the lines typed so far, or the last of them"),
        .description =
            N_("Those of earlier shells are among them. Not kept are lines that begin with "
               "a blank,\n"
               "and those with a password or another secret in them."),
        .arguments = (const Argument[]){{.name = "clear",
                                         .kind = ARGUMENT_FLAG,
                                         .flag = 'c',
                                         .help = N_("forget them all, for ever")},
                                        {.name = "lines",
                                         .kind = ARGUMENT_TEXT,
                                         .optional = TRUE,
                                         .help = N_("how many; without it, all")},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = history,
    },
    {
        .name = "quit|q|exit",
        .group = N_("Shell"),
        .help = N_("leave the shell; the guest is left as it is ('hmp quit' ends its QEMU)"),
        .flags = COMMAND_LOOKS,
        .run = quit,
    },
    {0},
};
