/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regular expression that a user typed (pcre2's, Perl's notation). */
#pragma once

#include <glib.h>

typedef struct Pattern Pattern;

/* @text as a pattern; NULL and HMPSH_ERROR_SYNTAX, which says what is wrong where, when it is none.
 * @any_case: upper and lower case are the same. */
Pattern *pattern_new(const char *text, gboolean any_case, GError **error);
void pattern_free(Pattern *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pattern, pattern_free)

/* Whether @text has a match anywhere; what is not UTF-8 in it matches nothing. One that would take
 * for ever to look for counts as none (pcre2's own limit, some tenths of a second). */
gboolean pattern_matches(const Pattern *pattern, const char *text);

/* The first match in @text, at byte @from or behind it, that is not empty: the bytes from *@start
 * up to *@end. FALSE: there is none. */
gboolean pattern_find(const Pattern *pattern, const char *text, gsize from, gsize *start,
                      gsize *end);
