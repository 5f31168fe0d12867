/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A condition on one of a migration's figures: what `assert` checks. */
#pragma once

#include "commands/migration/figure.h"

typedef struct Condition Condition;

/* The condition @field @op @value. @op is < <= > >= == or !=, and for words == != or ~ (a pattern
 * that they match, pattern.h). @value is a number with one of its field's units:
 *     bytes               64M, 100k, 4096b, 1.5GiB; MiB without a unit (values.h)
 *     bytes per second    the same, 64MiB/s; or Mbit/s
 *     Mbit/s              500, 500Mbit/s, 1Gbit/s; or bytes per second
 *     times               300ms, 50us, 10ns, 2s, 1min; seconds without a unit
 *     percent and counts  33, 33%, 1000pages
 * or a word. Whole numbers are exact up to 2^64 - 1, and may be negative. A status and a verdict
 * must be ones that there are. HMPSH_ERROR_SYNTAX, with what can stand there. */
Condition *condition_new(const char *field, const char *op, const char *value, GError **error);
void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

/* The figure that it is about. Borrowed. */
const FigureInfo *condition_figure(const Condition *condition);

/* Whether it holds for @figure. HMPSH_ERROR_FAILED with what was found ("downtime is 512 ms, not <
 * 300ms"), or that there is no value now. */
gboolean condition_check(const Condition *condition, const Figure *figure, GError **error);

/* The words that can stand as the value of the figure called @field; NULL when it is none of the
 * few words. Static. */
const char *const *condition_words(const char *field);

/* < <= > >= == != ~; NULL-terminated. */
extern const char *const condition_operators[];
