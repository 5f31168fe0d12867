/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows with every kind of argument, and lines that are read with them, for the tests. */
#pragma once

#include "shell/command.h"
#include "shell/error.h"

/* What ends the message of a line that is wrong. */
#define TRY(name) "\nTry \"help " name "\" for more information"

static const Command migration_rows[] = {
    {.name = "migrate",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                                     {.name = "blk", .kind = ARGUMENT_FLAG, .flag = 'b'},
                                     {.name = "inc", .kind = ARGUMENT_FLAG, .flag = 'i'},
                                     {.name = "resume", .kind = ARGUMENT_FLAG, .flag = 'r'},
                                     {.name = "uri", .kind = ARGUMENT_URI},
                                     {0}}},
    {.name = "migrate_cancel", .flags = COMMAND_SPEAKS_HMP},
    {.name = "migrate_set_speed",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "value", .kind = ARGUMENT_SIZE}, {0}}},
    {.name = "migrate_set_downtime",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "value", .kind = ARGUMENT_TIME}, {0}}},
    {.name = "migrate_set_capability",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "capability", .kind = ARGUMENT_CAPABILITY},
                                     {.name = "state", .kind = ARGUMENT_SWITCH},
                                     {0}}},
    {.name = "migrate_set_parameter",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "parameter", .kind = ARGUMENT_PARAMETER},
                                     {.name = "value", .kind = ARGUMENT_REST},
                                     {0}}},
    {.name = "info migrate", .flags = COMMAND_SPEAKS_HMP},
    {.name = "calc_dirty_rate",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "second", .kind = ARGUMENT_QEMU}, {0}}},
    {0},
};

static const Command shell_rows[] = {
    {.name = "info",
     .arguments =
         (const Argument[]){{.name = "topic", .kind = ARGUMENT_TOPIC, .optional = TRUE}, {0}}},
    {.name = "quit|q|exit"},
    {.name = "hmp", .arguments = (const Argument[]){{.name = "line", .kind = ARGUMENT_HMP}, {0}}},
    {.name = "lab dirty",
     .arguments = (const Argument[]){{.name = "rate", .kind = ARGUMENT_SIZE},
                                     {.name = "span", .kind = ARGUMENT_SIZE, .optional = TRUE},
                                     {0}}},
    {.name = "wait",
     .arguments =
         (const Argument[]){
             {.name = "condition", .kind = ARGUMENT_CONDITION, .help = "what to wait for"},
             {.name = "seconds", .kind = ARGUMENT_TIME, .optional = TRUE},
             {0}}},
    {.name = "events",
     .arguments =
         (const Argument[]){{.name = "pattern", .kind = ARGUMENT_EVENT, .optional = TRUE}, {0}}},
    {.name = "source",
     .arguments = (const Argument[]){{.name = "file", .kind = ARGUMENT_FILE}, {0}}},
    {.name = "attach",
     .arguments = (const Argument[]){{.name = "peer", .kind = ARGUMENT_FLAG, .flag = 'p'},
                                     {.name = "domain", .kind = ARGUMENT_DOMAIN},
                                     {0}}},
    {.name = "watch",
     .arguments = (const Argument[]){{.name = "verbose", .kind = ARGUMENT_FLAG, .flag = 'v'},
                                     {.name = "command", .kind = ARGUMENT_COMMAND},
                                     {0}}},
    {.name = "qmp",
     .arguments = (const Argument[]){{.name = "command", .kind = ARGUMENT_QMP}, {0}}},
    {.name = "!",
     .arguments = (const Argument[]){{.name = "command", .kind = ARGUMENT_SYSTEM}, {0}},
     .flags = COMMAND_NEEDS_NO_BLANK},
    {0},
};

static const Command option_rows[] = {
    {.name = "every",
     .arguments =
         (const Argument[]){
             {.name = "seconds", .kind = ARGUMENT_TIME, .flag = 'n', .help = "how often"},
             {.name = "loud", .kind = ARGUMENT_FLAG, .flag = 'l'},
             {.name = "command", .kind = ARGUMENT_COMMAND},
             {0}}},
    {.name = "lab start",
     .arguments = (const Argument[]){{.name = "size", .kind = ARGUMENT_SIZE, .option = "disk"},
                                     {.name = "base", .kind = ARGUMENT_FLAG, .option = "base"},
                                     {0}}},
    {.name = "move",
     .arguments =
         (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                            {.name = "resume", .kind = ARGUMENT_FLAG, .flag = 'r'},
                            {.name = "live", .kind = ARGUMENT_FLAG, .option = "live"},
                            {.name = "name", .kind = ARGUMENT_WORD, .option = "dname"},
                            {.name = "speed", .kind = ARGUMENT_SIZE, .option = "bandwidth"},
                            {.name = "seconds", .kind = ARGUMENT_TIME, .option = "timeout"},
                            {.name = "switch", .kind = ARGUMENT_SWITCH, .option = "return-path"},
                            {.name = "uri", .kind = ARGUMENT_URI},
                            {.name = "seconds", .kind = ARGUMENT_TIME, .optional = TRUE},
                            {0}}},
    {.name = "many",
     .arguments = (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                                     {.name = "a", .kind = ARGUMENT_FLAG, .option = "a"},
                                     {.name = "b", .kind = ARGUMENT_FLAG, .option = "b"},
                                     {.name = "c", .kind = ARGUMENT_FLAG, .option = "c"},
                                     {.name = "d", .kind = ARGUMENT_FLAG, .option = "d"},
                                     {.name = "e", .kind = ARGUMENT_FLAG, .option = "e"},
                                     {.name = "f", .kind = ARGUMENT_FLAG, .option = "f"},
                                     {.name = "g", .kind = ARGUMENT_FLAG, .option = "g"},
                                     {.name = "h", .kind = ARGUMENT_FLAG, .option = "h"},
                                     {.name = "word", .kind = ARGUMENT_WORD, .option = "i"},
                                     {.name = "uri", .kind = ARGUMENT_URI},
                                     {0}}},
    {0},
};

static const Command *const table[] = {migration_rows, shell_rows, option_rows, NULL};

/* What was given, as "detach uri=tcp:h:1 ". */
static inline char *describe(const Arguments *arguments)
{
    GString *text = g_string_new(NULL);
    const Argument *list = arguments->command->arguments;

    for (const Argument *argument = list; argument && argument->name; argument++) {
        const char *name = argument->option ? argument->option : argument->name;
        const Value *value = arguments_get(arguments, name);

        g_assert_true(value == &arguments->values[argument - list]);
        if (!value->given) {
            continue;
        }
        g_string_append(text, name);
        switch (argument_takes(argument->kind)) {
        case TAKES_FLAG:
            g_assert_true(value->on);
            break;
        case TAKES_TOKEN:
        case TAKES_REST:
            g_string_append_printf(text, "=<%s>", value->text);
            break;
        case TAKES_SIZE:
            g_string_append_printf(text, "=%" G_GUINT64_FORMAT, value->size);
            break;
        case TAKES_TIME:
            g_string_append_printf(text, "=%g", value->seconds);
            break;
        case TAKES_SWITCH:
            g_string_append(text, value->on ? "=on" : "=off");
            break;
        }
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

/* What becomes of @line: what was given, or the message, or "no row". */
static inline char *read_line(const char *line)
{
    const char *rest = NULL;
    const Command *command = command_find(table, line, &rest);
    g_auto(Arguments) arguments = {NULL};
    g_autoptr(GError) error = NULL;

    if (!command) {
        return g_strdup("no row");
    }
    if (arguments_parse(&arguments, command, line, rest, &error)) {
        g_assert_no_error(error);
        g_assert_true(arguments.command == command);
        g_assert_cmpstr(arguments.line, ==, line);
        return describe(&arguments);
    }
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    return g_strdup(error->message);
}

typedef struct {
    const char *line;
    const char *expected;
} Case;

/* Each line comes to what is expected. */
static inline void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *result = read_line(cases[i].line);

        g_test_message("%s", cases[i].line);
        g_assert_cmpstr(result, ==, cases[i].expected);
    }
}
