/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/sparkline.h"

#include <string.h>

static const char ASCII[] = ".:-=+*#";
static const gunichar LOWEST = 0x2581;
static const int BLOCKS = 8;

static guint64 largest(const guint64 *numbers, gsize count)
{
    guint64 most = 0;

    for (gsize i = 0; i < count; i++) {
        most = MAX(most, numbers[i]);
    }
    return most;
}

char *sparkline(const guint64 *numbers, gsize count, int columns, gboolean ascii)
{
    gsize shown = MIN(count, (gsize)MAX(columns, 0));
    const guint64 *from = count ? numbers + (count - shown) : numbers;
    double most = (double)largest(from, shown);
    int steps = ascii ? (int)strlen(ASCII) : BLOCKS;
    GString *line = g_string_new(NULL);

    for (gsize i = 0; i < shown; i++) {
        int step = most > 0 ? (int)((double)from[i] / most * steps) : 0;

        step = MIN(step, steps - 1);
        if (ascii) {
            g_string_append_c(line, ASCII[step]);
        } else {
            g_string_append_unichar(line, LOWEST + (gunichar)step);
        }
    }
    return g_string_free(line, FALSE);
}

gboolean sparkline_needs_ascii(void)
{
    return !g_get_charset(NULL);
}
