/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line's arguments, read by its command's row (command.h). */
#include "shell/command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"
#include "shell/line.h"
#include "shell/values.h"

static const guint64 MIB = 1 << 20;

/* The kinds that are not parsed as a word. */
static const Takes KINDS[] = {
    [ARGUMENT_FLAG] = TAKES_FLAG,         [ARGUMENT_SIZE] = TAKES_SIZE,
    [ARGUMENT_TIME] = TAKES_TIME,         [ARGUMENT_SWITCH] = TAKES_SWITCH,
    [ARGUMENT_QMP] = TAKES_REST,          [ARGUMENT_COMMAND] = TAKES_REST,
    [ARGUMENT_PEER_COMMAND] = TAKES_REST, [ARGUMENT_HMP] = TAKES_REST,
    [ARGUMENT_INFO] = TAKES_REST,         [ARGUMENT_TOPIC] = TAKES_REST,
    [ARGUMENT_WORDS] = TAKES_REST,        [ARGUMENT_REST] = TAKES_REST,
    [ARGUMENT_SYSTEM] = TAKES_REST,       [ARGUMENT_QEMU] = TAKES_REST,
};

Takes argument_takes(ArgumentKind kind)
{
    return KINDS[kind];
}

/* What QEMU calls the command in its messages: the table's name, for `info` the topic alone. */
static const char *message_name(const Command *command)
{
    return g_str_has_prefix(command->name, "info ") ? command->name + 5 : command->name;
}

/* Parsing in progress. */
typedef struct {
    Arguments *arguments;
    const char *begin;   /* of the line */
    const char *rest;    /* what followed the name */
    const char *at;      /* how far we are */
    gboolean in_options; /* at those that are hmpsh's own, even of a QEMU command */
    GError **error;
} Parser;

/* Whether it is one of QEMU's commands, whose messages are QEMU's. */
static gboolean is_qemus(const Parser *parser)
{
    return (parser->arguments->command->flags & COMMAND_SPEAKS_HMP) != 0;
}

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
                is_qemus(parser) && !parser->in_options
                    ? "%s\nTry \"help %s\" for more information"
                    : _("%s\nTry \"help %s\" for more information"),
                valid, g_strstrip(typed));
    return FALSE;
}

/* Says that @argument is missing. @typed: the option that it is the value of, or NULL. */
static gboolean refuse_missing(const Parser *parser, const char *typed, const Argument *argument)
{
    const char *command = message_name(parser->arguments->command);
    const char *help = argument_help(argument);
    g_autofree char *name = g_ascii_strup(argument->name, -1);
    g_autofree char *place = NULL;

    if (is_qemus(parser)) {
        return refuse(parser, "%s: %s expected", command,
                      argument->kind == ARGUMENT_FILE ? "filename" : "string");
    }
    place = typed ? g_strconcat(command, ": ", typed, NULL) : g_strdup(command);
    return *help ? refuse(parser, _("%s: %s expected: %s"), place, name, help)
                 : refuse(parser, _("%s: %s expected"), place, name);
}

/* Says that the word at @begin is no value for @argument. */
static gboolean refuse_value(const Parser *parser, const Argument *argument, const char *begin)
{
    const char *end = begin;
    g_autofree char *name = g_ascii_strup(argument->name, -1);
    const char *command = message_name(parser->arguments->command);
    g_autofree char *word = NULL;

    while (*end && !line_is_blank(*end)) {
        end++;
    }
    word = g_strndup(begin, (gsize)(end - begin));
    switch (KINDS[argument->kind]) {
    case TAKES_SIZE:
        return refuse(parser,
                      _("%s: %s is a size, not '%s': MiB, or with b, k, M, G or T, e.g. 64 or "
                        "512k"),
                      command, name, word);
    case TAKES_TIME:
        return refuse(parser, _("%s: %s is a time, not '%s': seconds, e.g. 0.3 or 300ms"), command,
                      name, word);
    default:
        return refuse(parser, _("%s: %s is a switch, not '%s': on or off"), command, name, word);
    }
}

static gboolean take_flag(Parser *parser, char letter)
{
    const Argument *list = parser->arguments->command->arguments;

    for (guint i = 0; list[i].name; i++) {
        if (letter && list[i].kind == ARGUMENT_FLAG && list[i].flag == letter &&
            !parser->arguments->values[i].given) {
            parser->arguments->values[i].given = TRUE;
            parser->arguments->values[i].on = TRUE;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean take_value(Parser *parser, const Argument *argument, Value *value);

static gboolean refuse_option(Parser *parser, const char *word)
{
    const Command *command = parser->arguments->command;
    const char *near = command_closest_option(command, word);

    return near ? refuse(parser, _("%s: unsupported option --%s (did you mean '--%s'?)"),
                         message_name(command), word, near)
                : refuse(parser, _("%s: unsupported option --%s"), message_name(command), word);
}

/* The value of an option that was typed as @typed, which stands behind "=" or is the next word. */
static gboolean take_option_value(Parser *parser, const char *typed, const Argument *option,
                                  Value *value)
{
    const char *name = message_name(parser->arguments->command);
    gboolean joined = *parser->at == '=' && option->option;
    const char *next = joined ? ++parser->at : line_rest(parser->at);

    if (!*next || line_is_blank(*next) || (!joined && g_str_has_prefix(next, "--"))) {
        return refuse_missing(parser, typed, option);
    }
    if (!take_value(parser, option, value)) {
        return FALSE;
    }
    if (*parser->at && !line_is_blank(*parser->at)) {
        return refuse(parser, _("%s: %s: extraneous characters after the %s"), name, typed,
                      option->name);
    }
    return TRUE;
}

/* An option that is typed -n VALUE or -nVALUE and stands at parser->at. */
static gboolean take_letter_option(Parser *parser, const Argument *option)
{
    const Command *command = parser->arguments->command;
    Value *value = &parser->arguments->values[option - command->arguments];
    const char typed[] = {'-', option->flag, '\0'};

    if (value->given) {
        return refuse(parser, _("%s: %s is given twice"), message_name(command), typed);
    }
    parser->at += 2;
    return take_option_value(parser, typed, option, value);
}

/* parser->at is behind the "--". */
static gboolean take_option(Parser *parser)
{
    const Command *command = parser->arguments->command;
    const char *end = parser->at;
    g_autofree char *word = NULL;
    g_autofree char *typed = NULL;
    const Argument *option;
    Value *value;

    while (*end && *end != '=' && !line_is_blank(*end)) {
        end++;
    }
    word = g_strndup(parser->at, (gsize)(end - parser->at));
    option = command_find_option(command, word, strlen(word));
    if (!option) {
        return refuse_option(parser, word);
    }
    value = &parser->arguments->values[option - command->arguments];
    parser->at = end;
    if (value->given) {
        return refuse(parser, _("%s: --%s is given twice"), message_name(command), word);
    }
    if (option->kind != ARGUMENT_FLAG) {
        typed = g_strconcat("--", word, NULL);
        return take_option_value(parser, typed, option, value);
    }
    if (*end == '=') {
        return refuse(parser, _("%s: --%s takes no value"), message_name(command), word);
    }
    value->given = value->on = TRUE;
    return TRUE;
}

/* Flags stand before everything else: -d -b, -d-b and -db are the same. */
static gboolean take_flag_cluster(Parser *parser)
{
    const char *at = parser->at;

    do {
        char letter = *at == '-' ? *++at : *at;

        if (!take_flag(parser, letter)) {
            return refuse(parser,
                          is_qemus(parser) ? "%s: unsupported option -%c"
                                           : _("%s: unsupported option -%c"),
                          message_name(parser->arguments->command), letter ? letter : ' ');
        }
        at++;
    } while (*at && !line_is_blank(*at));
    parser->at = at;
    return TRUE;
}

static gboolean take_flags_and_options(Parser *parser)
{
    const Command *command = parser->arguments->command;
    gboolean good = TRUE;

    if (!command->arguments || !argument_is_option(command->arguments)) {
        return TRUE;
    }
    while (good && *line_rest(parser->at) == '-') {
        const Argument *option;

        parser->at = line_rest(parser->at);
        option = command_find_letter(command, parser->at[1]);
        parser->in_options = option || parser->at[1] == '-';
        if (option) {
            good = take_letter_option(parser, option);
        } else if (parser->at[1] == '-' && command_has_options(command)) {
            parser->at += 2;
            good = take_option(parser);
        } else {
            good = take_flag_cluster(parser);
        }
        parser->in_options = FALSE;
    }
    return good;
}

static gboolean take_token(Parser *parser, const Argument *argument, Value *value)
{
    const char *command = message_name(parser->arguments->command);
    g_autofree char *name = g_ascii_strup(argument->name, -1);
    g_autoptr(GError) why = NULL;

    value->text = line_token(&parser->at, NULL, &why);
    value->given = value->text != NULL;
    if (value->given || (argument->optional && !why)) {
        return TRUE;
    }
    if (!why) {
        return refuse_missing(parser, NULL, argument);
    }
    return is_qemus(parser) ? refuse(parser, "%s\n%s: string expected", why->message, command)
                            : refuse(parser, "%s: %s: %s", command, name, why->message);
}

static gboolean take_value(Parser *parser, const Argument *argument, Value *value)
{
    Takes takes = KINDS[argument->kind];
    const char *begin = line_rest(parser->at);
    gboolean empty = *begin == '\0';
    g_autoptr(GError) why = NULL;
    gboolean good;

    if (takes == TAKES_TOKEN) {
        return take_token(parser, argument, value);
    }
    if (empty && (argument->optional || argument->kind == ARGUMENT_QEMU)) {
        return TRUE;
    }
    if (empty && (takes == TAKES_REST || !is_qemus(parser))) {
        return refuse_missing(parser, NULL, argument);
    }
    if (takes == TAKES_REST) {
        value->given = TRUE;
        value->text = g_strdup(begin);
        parser->at += strlen(parser->at);
        return TRUE;
    }
    good = takes == TAKES_SIZE   ? size_parse(&parser->at, MIB, &value->size, &why)
           : takes == TAKES_TIME ? time_parse(&parser->at, &value->seconds, &why)
                                 : switch_parse(&parser->at, &value->on, &why);
    if (!good && is_qemus(parser)) {
        return refuse(parser, "%s", why->message);
    }
    if (!good || (!is_qemus(parser) && *parser->at && !line_is_blank(*parser->at))) {
        return refuse_value(parser, argument, begin);
    }
    value->given = TRUE;
    return TRUE;
}

gboolean arguments_parse(Arguments *arguments, const Command *command, const char *line,
                         const char *rest, GError **error)
{
    Parser parser = {arguments, line, rest, rest, FALSE, error};
    guint n = 0;

    while (command->arguments && command->arguments[n].name) {
        n++;
    }
    *arguments = (Arguments){command, line, g_new0(Value, n + 1)};
    if (!take_flags_and_options(&parser)) {
        return FALSE;
    }
    for (guint i = 0; i < n; i++) {
        const Argument *argument = &command->arguments[i];

        if (!argument_is_option(argument) &&
            !take_value(&parser, argument, &arguments->values[i])) {
            return FALSE;
        }
    }
    if (!is_qemus(&parser) && !take_flags_and_options(&parser)) {
        return FALSE;
    }
    if (*line_rest(parser.at)) {
        return refuse(&parser,
                      is_qemus(&parser) ? "%s: extraneous characters at the end of line"
                                        : _("%s: extraneous characters at the end of line"),
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
    const Argument *list = arguments->command->arguments;

    for (guint i = 0; list[i].name; i++) {
        if (strcmp(list[i].option ? list[i].option : list[i].name, name) == 0) {
            return &arguments->values[i];
        }
    }
    g_assert_not_reached();
}
