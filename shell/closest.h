/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean ...?": the word of a list that a mistyped one most likely stands for. */
#pragma once

#include <glib.h>

/* The word of @list (NULL-terminated) that is nearest to @word: at most every third character is
 * wrong (three in all), one too many, missing, or swapped with the next; else, for a @word of four
 * characters or more, the shortest word that begins with it, or else that contains it. Upper and
 * lower case, "_" and "-" are the same. The first of equals. NULL when none is near. Borrowed from
 * @list. */
const char *closest(const char *word, const char *const *list);
