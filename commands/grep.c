/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grep: the lines of a command's output that match a pattern. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/pattern.h"

static const char MATCH[] = "\033[1;31m"; /* as grep --color has it */
static const char PLAIN[] = "\033[0m";

/* Which lines are wanted, and how they are shown. */
typedef struct {
    const Pattern *pattern;
    gboolean others; /* those that have no match */
    gboolean colour;
} Filter;

static void add_coloured(const Pattern *pattern, const char *line, GString *out)
{
    gsize at = 0, start, end;

    while (pattern_find(pattern, line, at, &start, &end)) {
        g_string_append_len(out, line + at, (gssize)(start - at));
        g_string_append(out, MATCH);
        g_string_append_len(out, line + start, (gssize)(end - start));
        g_string_append(out, PLAIN);
        at = end;
    }
    g_string_append_printf(out, "%s\n", line + at);
}

/* Appends the lines of @text that are wanted to @out; how many there were. */
static guint apply(const Filter *filter, const char *text, GString *out)
{
    guint count = 0;

    while (*text) {
        size_t length = strcspn(text, "\n");
        g_autofree char *line = g_strndup(text, length);

        if (pattern_matches(filter->pattern, line) != filter->others) {
            count++;
            if (filter->colour && !filter->others) {
                add_coloured(filter->pattern, line, out);
            } else {
                g_string_append_printf(out, "%s\n", line);
            }
        }
        text += length + (text[length] == '\n');
    }
    return count;
}

static gboolean grep(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    const char *text = arguments_get(arguments, "pattern")->text;
    const char *command = arguments_get(arguments, "command")->text;
    g_autoptr(Pattern) pattern =
        pattern_new(text, arguments_get(arguments, "any case")->given, error);
    Filter wanted = {pattern, arguments_get(arguments, "invert")->given,
                     output_has_colour(session->output)};
    g_autoptr(GString) lines = g_string_new(NULL);
    guint count;

    if (!pattern || !dispatch_capture(session, command, lines, error)) {
        return FALSE;
    }
    count = apply(&wanted, lines->str, reply->text);
    if (arguments_get(arguments, "count")->given) {
        g_string_printf(reply->text, "%u\n", count);
        reply->json = json_object_new_int64(count);
        return TRUE;
    }
    if (count == 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    wanted.others ? _("no line of '%s' is without '%s'")
                                  : _("no line of '%s' matches '%s'"),
                    command, text);
        return FALSE;
    }
    return TRUE;
}

const Command grep_commands[] = {
    {
        .name = "grep",
        .group = N_("Shell"),
        .help = N_("print the lines of a command's output that match a pattern"),
        .description = N_(
            "PATTERN is a regular expression (Perl's notation). No such line is a failure, as of\n"
            "grep(1). What is shown at a terminal is what is looked at: there 'info migrate' has\n"
            "other lines than in a script. With -c none is no failure: there are 0."),
        .arguments =
            (const Argument[]){
                {.name = "count",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'c',
                 .help = N_("only how many lines they are")},
                {.name = "any case",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'i',
                 .help = N_("upper and lower case are the same")},
                {.name = "invert",
                 .kind = ARGUMENT_FLAG,
                 .flag = 'v',
                 .help = N_("the lines that do not match")},
                {.name = "pattern",
                 .kind = ARGUMENT_TEXT,
                 .help = N_("what the lines contain, e.g. status")},
                {.name = "command", .kind = ARGUMENT_COMMAND, .help = N_("any command")},
                {0}},
        .flags = COMMAND_GATES_INNER,
        .run = grep,
    },
    {0},
};
