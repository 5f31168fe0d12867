/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/command.h"

#include <string.h>

#include "shell/error.h"
#include "shell/line.h"
#include "shell/values.h"

static const guint64 MIB = 1 << 20;

/* How each kind of argument is parsed, and what QEMU says when it is missing. */
static const struct {
    Takes takes;
    const char *missing;
} KINDS[] = {
    [ARGUMENT_FLAG] = {TAKES_FLAG, NULL},
    [ARGUMENT_WORD] = {TAKES_TOKEN, "string expected"},
    [ARGUMENT_SIZE] = {TAKES_SIZE, NULL},
    [ARGUMENT_TIME] = {TAKES_TIME, NULL},
    [ARGUMENT_SWITCH] = {TAKES_SWITCH, NULL},
    [ARGUMENT_URI] = {TAKES_TOKEN, "string expected"},
    [ARGUMENT_CAPABILITY] = {TAKES_TOKEN, "string expected"},
    [ARGUMENT_PARAMETER] = {TAKES_TOKEN, "string expected"},
    [ARGUMENT_DOMAIN] = {TAKES_TOKEN, "guest expected"},
    [ARGUMENT_FILE] = {TAKES_TOKEN, "filename expected"},
    [ARGUMENT_CONDITION] = {TAKES_TOKEN, "condition expected"},
    [ARGUMENT_EVENT] = {TAKES_TOKEN, "pattern expected"},
    [ARGUMENT_QMP] = {TAKES_REST, "QMP command expected"},
    [ARGUMENT_COMMAND] = {TAKES_REST, "command expected"},
    [ARGUMENT_HMP] = {TAKES_REST, "command expected"},
    [ARGUMENT_TOPIC] = {TAKES_REST, "command expected"},
    [ARGUMENT_REST] = {TAKES_REST, "string expected"},
    [ARGUMENT_QEMU] = {TAKES_REST, NULL},
};

Takes argument_takes(ArgumentKind kind)
{
    return KINDS[kind].takes;
}

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

const Command *command_find(CommandTable table, const char *line, const char **rest)
{
    const char *after_first = line;
    g_autofree char *first = line_word(&after_first);
    const char *after_second = after_first;
    g_autofree char *second = NULL;
    const Command *command = NULL;

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

char *command_parameters(const Command *command)
{
    GString *text = g_string_new(NULL);

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        const char *blank = text->len ? " " : "";

        if (argument->kind == ARGUMENT_FLAG) {
            g_string_append_printf(text, "%s[-%c]", blank, argument->flag);
        } else {
            g_string_append_printf(text, argument->optional ? "%s[%s]" : "%s%s", blank,
                                   argument->name);
        }
    }
    return g_string_free(text, FALSE);
}

/* What QEMU calls the command in its messages: the table's name, for `info` the topic alone. */
static const char *message_name(const Command *command)
{
    return g_str_has_prefix(command->name, "info ") ? command->name + 5 : command->name;
}

/* Parsing in progress. */
typedef struct {
    Arguments *arguments;
    const char *begin; /* of the line */
    const char *rest;  /* what followed the name */
    const char *at;    /* how far we are */
    GError **error;
} Parser;

static gboolean refuse(const Parser *parser, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets the error and adds QEMU's second line, with the name as it was typed. */
static gboolean refuse(const Parser *parser, const char *format, ...)
{
    g_autofree char *typed = g_strndup(parser->begin, (gsize)(parser->rest - parser->begin));
    g_autofree char *message = NULL;
    g_autofree char *valid = NULL;
    va_list list;

    va_start(list, format);
    message = g_strdup_vprintf(format, list);
    va_end(list);
    valid = g_utf8_make_valid(message, -1); /* a flag is one byte */
    g_set_error(parser->error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                "%s\nTry \"help %s\" for more information", valid, g_strstrip(typed));
    return FALSE;
}

static gboolean take_flag(Parser *parser, char letter)
{
    const Argument *list = parser->arguments->command->arguments;

    for (guint i = 0; list[i].name; i++) {
        if (list[i].kind == ARGUMENT_FLAG && list[i].flag == letter &&
            !parser->arguments->values[i].given) {
            parser->arguments->values[i].given = TRUE;
            parser->arguments->values[i].on = TRUE;
            return TRUE;
        }
    }
    return FALSE;
}

/* Flags stand before everything else: -d -b, -d-b and -db are the same. */
static gboolean take_flags(Parser *parser)
{
    const Command *command = parser->arguments->command;

    if (!command->arguments || command->arguments[0].kind != ARGUMENT_FLAG) {
        return TRUE;
    }
    for (;;) {
        const char *at = line_rest(parser->at);

        if (*at != '-') {
            return TRUE;
        }
        do {
            char letter = *at == '-' ? *++at : *at;

            if (!take_flag(parser, letter)) {
                return refuse(parser, "%s: unsupported option -%c", message_name(command),
                              letter ? letter : ' ');
            }
            at++;
        } while (*at && !line_is_blank(*at));
        parser->at = at;
    }
}

static gboolean take_token(Parser *parser, const Argument *argument, Value *value)
{
    const Command *command = parser->arguments->command;
    g_autoptr(GError) why = NULL;

    value->text = line_token(&parser->at, NULL, &why);
    value->given = value->text != NULL;
    if (value->given || (argument->optional && !why)) {
        return TRUE;
    }
    return refuse(parser, "%s%s%s: %s", why ? why->message : "", why ? "\n" : "",
                  message_name(command), KINDS[argument->kind].missing);
}

static gboolean take_value(Parser *parser, const Argument *argument, Value *value)
{
    const Command *command = parser->arguments->command;
    Takes takes = KINDS[argument->kind].takes;
    gboolean empty = *line_rest(parser->at) == '\0';
    g_autoptr(GError) why = NULL;
    gboolean good;

    if (takes == TAKES_TOKEN) {
        return take_token(parser, argument, value);
    }
    if (empty && (argument->optional || argument->kind == ARGUMENT_QEMU)) {
        return TRUE;
    }
    if (takes == TAKES_REST) {
        if (empty) {
            return refuse(parser, "%s: %s", message_name(command), KINDS[argument->kind].missing);
        }
        value->given = TRUE;
        value->text = g_strdup(line_rest(parser->at));
        parser->at += strlen(parser->at);
        return TRUE;
    }
    good = takes == TAKES_SIZE   ? size_parse(&parser->at, MIB, &value->size, &why)
           : takes == TAKES_TIME ? time_parse(&parser->at, &value->seconds, &why)
                                 : switch_parse(&parser->at, &value->on, &why);
    if (!good) {
        return refuse(parser, "%s", why->message);
    }
    value->given = TRUE;
    return TRUE;
}

gboolean arguments_parse(Arguments *arguments, const Command *command, const char *line,
                         const char *rest, GError **error)
{
    Parser parser = {arguments, line, rest, rest, error};
    guint n = 0;

    while (command->arguments && command->arguments[n].name) {
        n++;
    }
    *arguments = (Arguments){command, line, g_new0(Value, n + 1)};
    if (!take_flags(&parser)) {
        return FALSE;
    }
    for (guint i = 0; i < n; i++) {
        const Argument *argument = &command->arguments[i];

        if (argument->kind != ARGUMENT_FLAG &&
            !take_value(&parser, argument, &arguments->values[i])) {
            return FALSE;
        }
    }
    if (*line_rest(parser.at)) {
        return refuse(&parser, "%s: extraneous characters at the end of line",
                      message_name(command));
    }
    return TRUE;
}

void arguments_clear(Arguments *arguments)
{
    const Command *command = arguments->command;

    for (guint i = 0; command && command->arguments && command->arguments[i].name; i++) {
        g_free(arguments->values[i].text);
    }
    g_clear_pointer(&arguments->values, g_free);
}

const Value *arguments_get(const Arguments *arguments, const char *name)
{
    for (guint i = 0; arguments->command->arguments[i].name; i++) {
        if (strcmp(arguments->command->arguments[i].name, name) == 0) {
            return &arguments->values[i];
        }
    }
    g_assert_not_reached();
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
