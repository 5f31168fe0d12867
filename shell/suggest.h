/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a slip: the command that was probably meant. */
#pragma once

#include "shell/session.h"

/* The command nearest to the one that @line begins with ("info migrat"), of the rows and of what
 * the guest's QEMU has (asked by `help`). NULL when none is near. Free with g_free(). */
char *suggest_command(Session *session, const char *line);
