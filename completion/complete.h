/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion where people meet it: Tab at the prompt, and --complete. */
#pragma once

#include "shell/session.h"

/* Tab at readline's prompt completes for @session, which must live as long as the prompt. */
void complete_at_prompt(Session *session);

/* The candidates for @line, one a line, quoted as they have to be typed. Where there are none
 * *@hint gets what is expected instead, or NULL. Free both with g_free(). */
char *complete_list(Session *session, const char *line, char **hint);
