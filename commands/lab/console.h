/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest wrote to its serial console, as one would see it on a screen: a program that clears
 * the screen (top) begins a new one, one that does not goes on below. */
#pragma once

#include <glib.h>

typedef struct Console Console;

Console *console_new(void);
void console_free(Console *console);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Console, console_free)

/* Takes @count bytes that came at @now (g_get_monotonic_time()). */
void console_take(Console *console, const char *bytes, gsize count, gint64 now);

/* The screen at @now, its newest @lines lines, valid UTF-8 without control characters; while a new
 * one is being drawn, the one before. Free with g_free(). */
char *console_text(const Console *console, guint lines, gint64 now);
