/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that are printed later, since the screen is another's meanwhile: of very many lines, the
 * newest. */
#pragma once

#include <stdio.h>

#include <glib.h>

typedef struct Backlog Backlog;

/* Keeps about @most lines. */
Backlog *backlog_new(guint most);
void backlog_free(Backlog *backlog);

/* @text for @stream, behind those before it. */
void backlog_add(Backlog *backlog, FILE *stream, const char *text);

/* Takes the oldest text out; free it with g_free(). NULL when there is none. */
char *backlog_take(Backlog *backlog, FILE **stream);

/* How many lines were left out since it was asked last. */
guint backlog_lost_lines(Backlog *backlog);
