/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/closest.h"
#include "shell/line.h"

enum { MANY_OPTIONS = 8 }; /* more are not listed in one line */

void command_foreach(CommandTable table, void (*func)(const Command *command, gpointer data),
                     gpointer data)
{
    for (; *table; table++) {
        for (const Command *command = *table; command->name; command++) {
            func(command, data);
        }
    }
}

gboolean command_is_called(const Command *command, const char *word)
{
    size_t length = strlen(word);

    for (const char *name = command->name;; name++) {
        size_t span = strcspn(name, "|");

        if (span == length && strncmp(name, word, length) == 0) {
            return TRUE;
        }
        name += span;
        if (!*name) {
            return FALSE;
        }
    }
}

const char **command_seconds(CommandTable table, const char *first)
{
    GPtrArray *words = g_ptr_array_new();
    size_t length = strlen(first);

    for (; *table; table++) {
        for (const Command *command = *table; command->name; command++) {
            if (g_str_has_prefix(command->name, first) && command->name[length] == ' ') {
                g_ptr_array_add(words, (gpointer)(command->name + length + 1));
            }
        }
    }
    g_ptr_array_add(words, NULL);
    return (const char **)g_ptr_array_free(words, FALSE);
}

char *command_plain_name(const Command *command)
{
    return g_strndup(command->name, strcspn(command->name, "|"));
}

static const Command *find_called(CommandTable table, const char *name)
{
    for (; *table; table++) {
        for (const Command *command = *table; command->name; command++) {
            if (command_is_called(command, name)) {
                return command;
            }
        }
    }
    return NULL;
}

static const Command *find_sign(CommandTable table, const char *line)
{
    for (; *table; table++) {
        for (const Command *command = *table; command->name; command++) {
            if (command->flags & COMMAND_NEEDS_NO_BLANK && g_str_has_prefix(line, command->name)) {
                return command;
            }
        }
    }
    return NULL;
}

const Command *command_find(CommandTable table, const char *line, const char **rest)
{
    const char *after_first = line;
    g_autofree char *first = line_word(&after_first);
    const char *after_second = after_first;
    g_autofree char *second = NULL;
    const Command *command = find_sign(table, line_rest(line));

    if (command) {
        *rest = line_rest(line) + strlen(command->name);
        return command;
    }
    if (!first || *after_first == '/') {
        return NULL;
    }
    second = line_word(&after_second);
    if (second && *after_second != '/') {
        g_autofree char *both = g_strdup_printf("%s %s", first, second);

        command = find_called(table, both);
        *rest = after_second;
    }
    if (!command) {
        command = find_called(table, first);
        *rest = after_first;
    }
    return command;
}

gboolean argument_is_option(const Argument *argument)
{
    return argument->option || argument->flag || argument->kind == ARGUMENT_FLAG;
}

const char *argument_help(const Argument *argument)
{
    return argument->help && *argument->help ? _(argument->help) : "";
}

char *argument_usage(const Argument *argument)
{
    if (!argument->option) {
        return argument->kind == ARGUMENT_FLAG
                   ? g_strdup_printf("-%c", argument->flag)
                   : g_strdup_printf("-%c %s", argument->flag, argument->name);
    }
    return argument->kind == ARGUMENT_FLAG
               ? g_strdup_printf("--%s", argument->option)
               : g_strdup_printf("--%s %s", argument->option, argument->name);
}

const Argument *command_find_option(const Command *command, const char *word, gsize length)
{
    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (argument->option && strlen(argument->option) == length &&
            strncmp(argument->option, word, length) == 0) {
            return argument;
        }
    }
    return NULL;
}

const char *command_closest_option(const Command *command, const char *word)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (argument->option) {
            g_ptr_array_add(words, (gpointer)argument->option);
        }
    }
    g_ptr_array_add(words, NULL);
    return closest(word, (const char *const *)words->pdata);
}

const Argument *command_find_letter(const Command *command, char letter)
{
    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (letter && argument->flag == letter && argument->kind != ARGUMENT_FLAG) {
            return argument;
        }
    }
    return NULL;
}

static guint count_options(const Command *command)
{
    guint count = 0;

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        count += argument->option != NULL;
    }
    return count;
}

gboolean command_has_options(const Command *command)
{
    return count_options(command) > 0;
}

gboolean command_has_many_options(const Command *command)
{
    return count_options(command) > MANY_OPTIONS;
}

char *command_parameters(const Command *command)
{
    GString *text = g_string_new(NULL);
    gboolean many = command_has_many_options(command);
    gboolean told = FALSE;

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        g_autofree char *usage = argument_is_option(argument) ? argument_usage(argument) : NULL;
        gboolean optional = usage || argument->optional;
        const char *what = usage ? usage : argument->name;

        if (many && argument->option) {
            what = told ? NULL : "--option...";
            told = TRUE;
        }
        if (what) {
            g_string_append_printf(text, optional ? "%s[%s]" : "%s%s", text->len ? " " : "", what);
        }
    }
    return g_string_free(text, FALSE);
}

void reply_init(Reply *reply)
{
    *reply = (Reply){.text = g_string_new(NULL)};
}

void reply_clear(Reply *reply)
{
    g_string_free(reply->text, TRUE);
    json_object_put(reply->json);
}
