/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines typed at the prompt: readline's list, and the user's file behind it
 * ($XDG_STATE_HOME/hmpsh/history, readable by the user alone). A line is in the file as soon as it
 * is run; several shells may write at once. An older line that is equal goes. Lines that begin with
 * a blank, and lines with secrets, are nowhere.
 *
 * readline's list is global, and so is this. All but history_is_secret() are called on the main
 * thread, or on the session's thread while no line is being edited. */
#pragma once

#include <glib.h>

/* Reads the file, and writes it anew where it has lines that go. */
void history_begin(void);

/* How many lines are kept at most, 2000 until then; 0: none, and the file is left alone. Best
 * before history_begin(), which cuts the file to that. */
void history_set_size(guint lines);

/* Keeps @line, unless it is one that is not kept. */
void history_remember(const char *line);

/* The newest @count lines, oldest first, NULL-terminated; *@first (may be NULL) is the number of
 * the first of them, counted from 1. Free with g_strfreev(). */
char **history_newest(guint count, guint *first);

/* Empties the list and the file. The error says why the file could not be. */
gboolean history_forget(GError **error);

/* What went wrong with the file, in a sentence for the user; NULL when nothing did, or it has been
 * told before. Free with g_free(). */
char *history_trouble(void);

/* Whether @line has a password or the like in it, as far as one can tell. */
gboolean history_is_secret(const char *line);
