/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grep: the lines of a command's output that match a pattern. */
#include <string.h>

#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/pattern.h"

/* Appends the lines of @text that have a match, or with @others those that have none, to @out; how
 * many there were. */
static guint filter(const char *text, const Pattern *pattern, gboolean others, GString *out)
{
    guint count = 0;

    while (*text) {
        size_t length = strcspn(text, "\n");
        g_autofree char *line = g_strndup(text, length);

        if (pattern_matches(pattern, line) != others) {
            g_string_append_printf(out, "%s\n", line);
            count++;
        }
        text += length + (text[length] == '\n');
    }
    return count;
}

static gboolean grep(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *text = arguments_get(arguments, "pattern")->text;
    const char *command = arguments_get(arguments, "command")->text;
    gboolean others = arguments_get(arguments, "invert")->given;
    g_autoptr(Pattern) pattern =
        pattern_new(text, arguments_get(arguments, "any case")->given, error);
    g_autoptr(GString) lines = g_string_new(NULL);

    if (!pattern || !dispatch_capture(session, command, lines, error)) {
        return FALSE;
    }
    if (filter(lines->str, pattern, others, reply->text) == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "no line of '%s' %s '%s'", command,
                    others ? "is without" : "matches", text);
        return FALSE;
    }
    return TRUE;
}

const Command grep_commands[] = {
    {
        .name = "grep",
        .group = "Shell",
        .help = "print the lines of a command's output that match a pattern",
        .description =
            "PATTERN is a regular expression (Perl's notation). No such line is a failure, as of\n"
            "grep(1). What is shown at a terminal is what is looked at: there 'info migrate' has\n"
            "other lines than in a script.",
        .arguments =
            (const Argument[]){{.name = "any case",
                                .kind = ARGUMENT_FLAG,
                                .flag = 'i',
                                .help = "upper and lower case are the same"},
                               {.name = "invert",
                                .kind = ARGUMENT_FLAG,
                                .flag = 'v',
                                .help = "the lines that do not match"},
                               {.name = "pattern",
                                .kind = ARGUMENT_TEXT,
                                .help = "what the lines contain, e.g. status"},
                               {.name = "command", .kind = ARGUMENT_COMMAND, .help = "any command"},
                               {0}},
        .flags = COMMAND_GATES_INNER,
        .run = grep,
    },
    {0},
};
