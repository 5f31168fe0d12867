/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which argument of a row the last word of an unfinished line is. Reads the line with the parser's
 * own functions, and forgives what is wrong before that word. */
#pragma once

#include "shell/command.h"

typedef struct {
    const Argument *argument; /* whose text the word is; NULL: none that is not an option */
    const char *begin;        /* where that text begins: in "--option=VALUE" behind the "=" */
    const Argument *options;  /* the first of the options that the word can be, which end with the
                               * first argument that is none; NULL: it can be no option */
    GHashTable *given;        /* the options before it: Argument */
} Position;

/* For the line of @command that goes on at @rest behind its name and whose last word begins at
 * @word, later in the same line. */
void position_find(Position *position, const Command *command, const char *rest, const char *word);
void position_clear(Position *position);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Position, position_clear)
