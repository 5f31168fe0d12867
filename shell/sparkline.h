/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of numbers in one line of text. */
#pragma once

#include <glib.h>

/* The newest of @numbers, oldest first, as at most @columns cells, each as high as its number is by
 * the largest shown: U+2581 to U+2588, or with @ascii one of ".:-=+*#" (sparkline_needs_ascii()). 0
 * is the lowest cell. "" when there is none. Free with g_free(). */
char *sparkline(const guint64 *numbers, gsize count, int columns, gboolean ascii);

/* Whether the locale's characters are not UTF-8. */
gboolean sparkline_needs_ascii(void);
