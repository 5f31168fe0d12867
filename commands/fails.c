/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fails: a command that is to fail, so that a script can go through what does not work. */
#include <glib/gi18n.h>

#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/pattern.h"

/* Ctrl-C is no command's failure: it ends the script. */
static gboolean was_interrupted(const GError *why)
{
    return g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
}

static gboolean fails(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *wanted = arguments_get(arguments, "error")->text;
    const char *command = arguments_get(arguments, "command")->text;
    g_autoptr(Pattern) pattern = wanted ? pattern_new(wanted, FALSE, error) : NULL;
    g_autoptr(GError) why = NULL;

    if (wanted && !pattern) {
        return FALSE;
    }
    if (dispatch(session, command, &why)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("'%s' was to fail, and did not"),
                    command);
        return FALSE;
    }
    if (was_interrupted(why)) {
        reply->spoken = TRUE;
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    if (pattern && !pattern_matches(pattern, why->message)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("'%s' was to fail with '%s', and failed otherwise: %s"), command, wanted,
                    why->message);
        return FALSE;
    }
    reply->spoken = output_mode(session->output)->json && !session->captured; /* by the command */
    g_string_append_printf(reply->text, "%s\n", why->message);
    return TRUE;
}

const Command fails_commands[] = {
    {
        .name = "fails",
        .group = N_("Shell"),
        .help = N_("run a command that is to fail, and show its error"),
        .description = N_(
            "It succeeds when COMMAND fails, and fails when that succeeds: so a script goes on\n"
            "after what should be refused, and ends where it was not. With --error the error\n"
            "must contain PATTERN, a regular expression (Perl's notation). Ctrl-C is no failure."),
        .arguments =
            (const Argument[]){
                {.name = "pattern",
                 .kind = ARGUMENT_TEXT,
                 .option = "error",
                 .optional = TRUE,
                 .help = N_("what the error contains, e.g. refused")},
                {.name = "command", .kind = ARGUMENT_COMMAND, .help = N_("any command")},
                {0}},
        .flags = COMMAND_GATES_INNER,
        .run = fails,
    },
    {0},
};
