/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of a managed migration as arguments of a command's row:
 *     (const Argument[]){MANAGED_ARGUMENTS {.name = "uri", ...}, {0}} */
#pragma once

#include "commands/migration/managed/managed_option.h"
#include "shell/command.h"

#define MANAGED_ARGUMENTS MANAGED_LIST_OF(MANAGED_FLAG_ARGUMENT, MANAGED_VALUE_ARGUMENT)
#define MANAGED_FLAG_ARGUMENT(OPTION, KIND, BIT, SINCE, HELP, EXPLANATION)                         \
    {.name = OPTION,                                                                               \
     .kind = ARGUMENT_FLAG,                                                                        \
     .option = OPTION,                                                                             \
     .help = HELP,                                                                                 \
     .explain = managed_argument_explain,                                                          \
     .fits = managed_argument_fits},
#define MANAGED_VALUE_ARGUMENT(OPTION, KIND, KEY, VALUE, MIN, MAX, CHOICES, SINCE, HELP, MORE)     \
    {.name = VALUE,                                                                                \
     .kind = MANAGED_AS_##KIND,                                                                    \
     .option = OPTION,                                                                             \
     .help = HELP,                                                                                 \
     .choices = CHOICES,                                                                           \
     .explain = managed_argument_explain,                                                          \
     .fits = managed_argument_fits},
#define MANAGED_AS_TEXT ARGUMENT_TEXT
#define MANAGED_AS_FILE ARGUMENT_FILE
#define MANAGED_AS_LIST ARGUMENT_LIST
#define MANAGED_AS_DISKS ARGUMENT_DISKS
#define MANAGED_AS_NUMBER ARGUMENT_TEXT
#define MANAGED_AS_RATE ARGUMENT_SIZE
#define MANAGED_AS_SIZE ARGUMENT_SIZE

/* What `help` says of such an argument alone: what it is and does, and which others it excludes or
 * needs, a paragraph each. Free with g_free(). */
char *managed_argument_explain(const Argument *argument);

/* Whether no rule forbids it beside those of @given (a set of Argument). */
gboolean managed_argument_fits(const Argument *argument, GHashTable *given);
