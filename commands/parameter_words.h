/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migration parameters for completion: the values that one can have, and what it is now. */
#pragma once

#include "shell/command.h"

/* As Argument's words and hint want them, for a value whose parameter's name is the argument before
 * it: the words, with the present one first; the meaning, the range and the present value. */
char **parameter_words(Inquiry *inquiry, const char *before);
char *parameter_hint(const Argument *argument, Inquiry *inquiry, const char *before);

/* @argument's help with what the parameter @name is now, "bytes per second; now 128 MiB/s". Free
 * with g_free(). */
char *parameter_hint_now(const Argument *argument, Inquiry *inquiry, const char *name);
