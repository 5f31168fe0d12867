/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pager for what is longer than the screen: which one, when, and how it is run. */
#pragma once

#include <glib.h>

/* The lines that @text takes on a terminal of @columns, where long ones are wrapped. */
guint pager_lines(const char *text, int columns);

/* The pager's command for the shell: @chosen, or where that is NULL what the environment says
 * ($HMPSH_PAGER, $PAGER, else less where there is one). NULL for none, which "" and "cat" also
 * mean. Free with g_free(). */
char *pager_command(const char *chosen);

/* Shows @text by @command, and returns when the user has left it. FALSE when it could not be run.
 */
gboolean pager_show(const char *command, const char *text);
