/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/position.h"

#include <string.h>

#include "shell/line.h"

typedef struct {
    Position *position;
    const Command *command;
    const char *at; /* how far we are */
    const char *word;
} Walk;

static void pass_word(Walk *walk)
{
    g_free(line_token(&walk->at, NULL, NULL));
    walk->at = line_rest(walk->at);
}

/* Takes the word at walk->at as the value of @option. TRUE when that is the last word. */
static gboolean take_value(Walk *walk, const Argument *option)
{
    if (walk->at >= walk->word) {
        walk->position->argument = option;
        walk->position->begin = walk->at;
        return TRUE;
    }
    pass_word(walk);
    return FALSE;
}

/* "--option VALUE" or "--option=VALUE". */
static gboolean take_option(Walk *walk)
{
    const char *name = walk->at + 2;
    size_t length = strcspn(name, "= \t");
    const Argument *option = command_find_option(walk->command, name, length);
    gboolean needs_value = option && option->kind != ARGUMENT_FLAG && name[length] != '=';

    if (option) {
        g_hash_table_add(walk->position->given, (gpointer)option);
    }
    pass_word(walk);
    return needs_value && take_value(walk, option);
}

/* "-n VALUE", "-nVALUE", or flags in a cluster. */
static gboolean take_letters(Walk *walk)
{
    const char *begin = walk->at;
    const Argument *option = command_find_letter(walk->command, begin[1]);
    gboolean alone = !begin[1] || !begin[2] || line_is_blank(begin[2]);

    pass_word(walk);
    if (option) {
        g_hash_table_add(walk->position->given, (gpointer)option);
        return alone && take_value(walk, option);
    }
    for (const char *letter = begin + 1; *letter && !line_is_blank(*letter); letter++) {
        for (const Argument *flag = walk->command->arguments; flag->name; flag++) {
            if (flag->kind == ARGUMENT_FLAG && flag->flag == *letter) {
                g_hash_table_add(walk->position->given, (gpointer)flag);
            }
        }
    }
    return FALSE;
}

/* "--option=VALUE" as the last word. */
static gboolean take_joined(Walk *walk)
{
    const char *name;
    size_t length;
    const Argument *option;

    if (!g_str_has_prefix(walk->at, "--")) {
        return FALSE;
    }
    name = walk->at + 2;
    length = strcspn(name, "=");
    if (name[length] != '=') {
        return FALSE;
    }
    option = command_find_option(walk->command, name, length);
    if (option && option->kind != ARGUMENT_FLAG) {
        walk->position->argument = option;
        walk->position->begin = name + length + 1;
    }
    return TRUE;
}

/* Takes the options that stand at walk->at, of those from @first on. TRUE when the last word is a
 * value of one. */
static gboolean take_options(Walk *walk, const Argument *first)
{
    while (*walk->at == '-' && walk->at < walk->word) {
        if (walk->at[1] == '-' ? take_option(walk) : take_letters(walk)) {
            return TRUE;
        }
    }
    if (walk->at < walk->word) {
        return FALSE;
    }
    if (take_joined(walk)) {
        return TRUE;
    }
    if (*walk->at == '-' || !*walk->at) {
        walk->position->options = first;
    }
    return FALSE;
}

void position_find(Position *position, const Command *command, const char *rest, const char *word)
{
    Walk walk = {position, command, line_rest(rest), word};
    gboolean among_options = FALSE;

    *position = (Position){.given = g_hash_table_new(NULL, NULL)};
    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        if (argument_is_option(argument)) {
            if (!among_options && take_options(&walk, argument)) {
                return;
            }
            among_options = TRUE;
            continue;
        }
        if (walk.at >= word || argument_takes(argument->kind) == TAKES_REST) {
            position->argument = argument;
            position->begin = walk.at;
            return;
        }
        among_options = FALSE;
        pass_word(&walk);
    }
}

void position_clear(Position *position)
{
    g_clear_pointer(&position->given, g_hash_table_unref);
}
