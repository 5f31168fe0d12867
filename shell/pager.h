/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pager for what is longer than the screen: which one, when, and how it is run. */
#pragma once

#include "shell/output.h"

/* The pager's command for the shell: @chosen, or where that is NULL what the environment says
 * ($HMPSH_PAGER, $PAGER, else less where there is one). NULL for none, which "" and "cat" also
 * mean. Free with g_free(). */
char *pager_command(const char *chosen);

/* Shows @text by @command, and returns when the user has left it. FALSE when it could not be run.
 */
gboolean pager_show(const char *command, const char *text);

/* Prints a result at the prompt: what is longer than the screen goes through the pager (@chosen as
 * above). Returns when the user has left it. On the session's thread. */
void pager_print(Output *output, const char *chosen, const char *text);
