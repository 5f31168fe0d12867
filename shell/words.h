/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words that something can be. */
#pragma once

#include <glib.h>

/* "a, b" and the last behind @last (" or "; NULL: as the others); of many, the first 12 and "...".
 * In the locale's language. Free with g_free(). */
char *words_list(const char *const *words, const char *last);

/* @words, but with @first (may be NULL) before the others, where it is one of them. Free with
 * g_strfreev(). */
char **words_put_first(const char *const *words, const char *first);
