/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/reference.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/explain.h"
#include "commands/table.h"
#include "shell/layout.h"

/* --- the manual --- */

typedef struct {
    GString *out;
    const char *group;
} Manual;

/* Appends @text with what reStructuredText would take for markup escaped. */
static void add_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("*`|\\_<>", *text)) {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *text);
    }
}

static void add_argument(const Argument *argument, GString *out)
{
    g_string_append(out, "\n    ");
    if (argument_is_option(argument)) {
        g_autofree char *usage = argument_usage(argument);

        g_string_append_printf(out, "``%s``: ", usage);
    } else {
        g_string_append_printf(out, "*%s*: ", argument->name);
    }
    add_escaped(out, _(argument->help));
    g_string_append_c(out, '\n');
}

/* The arguments, in their order; very many options come by themselves, with @options. */
static void add_arguments(const Command *command, gboolean options, GString *out)
{
    gboolean many = command_has_many_options(command);

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if ((many && argument->option) == options) {
            add_argument(argument, out);
        }
    }
}

static void add_command(const Command *command, gpointer data)
{
    Manual *manual = data;
    GString *out = manual->out;
    g_autofree char *parameters = command_parameters(command);
    /* TRANSLATORS: what a command does, as a sentence. */
    g_autofree char *sentence = g_strdup_printf(_("%s."), _(command->help));
    g_autofree char *text = layout_paragraphs(command->description ? _(command->description) : "");
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);

    if (g_strcmp0(manual->group, command->group) != 0) {
        g_string_append_printf(out, "%s\n", _(command->group));
        for (int i = layout_columns(_(command->group)); i > 0; i--) {
            g_string_append_c(out, '-');
        }
        g_string_append(out, "\n\n");
        manual->group = command->group;
    }
    g_string_append_printf(out, "``%s%s%s``\n    ", command->name, *parameters ? " " : "",
                           parameters);
    add_escaped(out, sentence);
    g_string_append_c(out, '\n');
    add_arguments(command, FALSE, out);
    for (char **paragraph = paragraphs; *paragraph && **paragraph; paragraph++) {
        g_string_append(out, "\n    ");
        add_escaped(out, *paragraph);
        g_string_append_c(out, '\n');
    }
    if (command_has_many_options(command)) {
        g_string_append(out, _("\n    Options:\n"));
        add_arguments(command, TRUE, out);
    }
    g_string_append_c(out, '\n');
}

char *reference_manual(void)
{
    Manual manual = {.out = g_string_new(NULL)};

    command_foreach(all_commands, add_command, &manual);
    return g_string_free(manual.out, FALSE);
}

/* --- the manual's topics --- */

static void add_heading(const char *heading, GString *out)
{
    g_string_append_printf(out, "%s\n", heading);
    for (int i = layout_columns(heading); i > 0; i--) {
        g_string_append_c(out, '=');
    }
    g_string_append(out, "\n\n");
}

/* A paragraph of its own, behind its label where it has one. */
static void add_part(const TopicPart *part, GString *out)
{
    g_autofree char *joined = g_strjoinv(part->form == PART_LINES ? "; " : ", ", part->lines);

    g_string_append(out, "    ");
    if (part->label) {
        g_string_append_printf(out, "*%s*: ", part->label);
    }
    add_escaped(out, joined);
    g_string_append_c(out, '\n');
}

static void add_topic(const Topic *topic, const TopicWorld *world, GString *out)
{
    g_autofree char *help = topic_help(topic, world);
    g_autoptr(GPtrArray) parts = topic_parts(topic, world);
    g_autofree char *names =
        topic->kind == TOPIC_TERM ? g_strjoinv(", ", topic->names) : g_strdup(topic->names[0]);

    g_string_append_printf(out, "``%s``\n", names);
    if (help) {
        g_string_append(out, "    ");
        add_escaped(out, help);
        g_string_append(out, ".\n");
    }
    for (guint i = 0; i < parts->len; i++) {
        if (help || i > 0) { /* else it would not belong to the name */
            g_string_append_c(out, '\n');
        }
        add_part(parts->pdata[i], out);
    }
    g_string_append_c(out, '\n');
}

char *reference_topics(void)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = topics->pdata[i];

        if (topic->kind == TOPIC_COMMAND) {
            continue;
        }
        if (i == 0 || topic->kind != ((const Topic *)topics->pdata[i - 1])->kind) {
            add_heading(topic_kind_heading(topic->kind), out);
        }
        add_topic(topic, &world, out);
    }
    return g_string_free(out, FALSE);
}

/* --- the check --- */

typedef struct {
    CommandTable table;
    GString *problems;
    GHashTable *names;
    GHashTable *groups;
    const char *group; /* of the row before */
} Check;

static void complain(Check *check, const Command *command, const char *problem, const char *what)
{
    g_string_append_printf(check->problems, "%s: %s%s%s\n", command->name, problem,
                           what ? ": " : "", what ? what : "");
}

static void check_names(Check *check, const Command *command)
{
    g_auto(GStrv) names = g_strsplit(command->name, "|", -1);

    for (char **name = names; *name; name++) {
        const char *rest;

        if (!g_hash_table_add(check->names, g_strdup(*name))) {
            complain(check, command, "a name that another row has", *name);
        }
        if (command_find(check->table, *name, &rest) != command) {
            complain(check, command, "is not found by its name", *name);
        }
    }
}

static void check_option(Check *check, const Command *command, const Argument *argument)
{
    gboolean flag = argument->kind == ARGUMENT_FLAG;

    if (argument->flag && argument->option) {
        complain(check, command, "a letter and a word for the same", argument->option);
    }
    if (flag && !argument->flag && !argument->option) {
        complain(check, command, "a flag without a letter", argument->name);
    }
    if (argument_is_option(argument) && argument_takes(argument->kind) == TAKES_REST) {
        complain(check, command, "an option that takes the rest of the line", argument->name);
    }
    if (argument->option &&
        command_find_option(command, argument->option, strlen(argument->option)) != argument) {
        complain(check, command, "an option that is there twice", argument->option);
    }
}

static void check_arguments(Check *check, const Command *command)
{
    const Argument *before = NULL;

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        gboolean option = argument_is_option(argument);

        if (!argument->help || !*argument->help) {
            complain(check, command, "an argument without help", argument->name);
        }
        check_option(check, command, argument);
        if (!option && command_find_option(command, argument->name, strlen(argument->name))) {
            complain(check, command, "an argument called as an option", argument->name);
        }
        if (argument->kind == ARGUMENT_WORD && !argument->choices && !argument->words) {
            complain(check, command, "a word that nothing completes", argument->name);
        }
        if (before && option && !argument_is_option(before)) {
            complain(check, command, "a flag or an option after other arguments", argument->name);
        }
        if (before && argument_takes(before->kind) == TAKES_REST) {
            complain(check, command, "an argument after the rest of the line", argument->name);
        }
        if (before && !argument_is_option(before) && before->optional && !argument->optional) {
            complain(check, command, "a required argument after an optional one", argument->name);
        }
        before = argument;
    }
}

static void check_row(const Command *command, gpointer data)
{
    Check *check = data;

    check_names(check, command);
    check_arguments(check, command);
    if (g_strcmp0(check->group, command->group) != 0 &&
        !g_hash_table_add(check->groups, (gpointer)command->group)) {
        complain(check, command, "apart from the rest of its group", command->group);
    }
    check->group = command->group;
    if (!command->group || !*command->group) {
        complain(check, command, "no group", NULL);
    }
    if (!command->help || !*command->help || g_str_has_suffix(command->help, ".")) {
        complain(check, command, "no help, or one that ends with a full stop", command->help);
    }
}

char *reference_check(CommandTable table)
{
    Check check = {.table = table, .problems = g_string_new(NULL)};

    check.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    check.groups = g_hash_table_new(g_str_hash, g_str_equal);
    command_foreach(table, check_row, &check);
    g_hash_table_unref(check.names);
    g_hash_table_unref(check.groups);
    return g_string_free(check.problems, FALSE);
}
