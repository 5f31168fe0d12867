/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made of all rows at once: the manual's command reference, and a check of the rows. */
#pragma once

#include "shell/command.h"

/* The command reference as reStructuredText, for the manual. Free with g_free(). */
char *reference_manual(void);

/* All that `explain` explains but the commands, as reStructuredText, for the manual's second page.
 * Free with g_free(). */
char *reference_topics(void);

/* What is wrong with the rows of @table, one line each; "" when nothing is. Free with g_free(). */
char *reference_check(CommandTable table);
