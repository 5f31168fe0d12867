/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text laid out in columns of a terminal: labelled lines that wrap, a bar, a cut. What others wrote
 * (QEMU's error texts, words of a newer QEMU) comes out as valid UTF-8 without control characters.
 */
#pragma once

#include <glib.h>

/* A blank at which no line is broken, written as a blank. */
#define LAYOUT_BLANK "\u00a0"

/* Columns that a label takes, with the blanks around it. */
#define LAYOUT_LABEL 16

/* The columns that @text, valid UTF-8, takes. */
int layout_columns(const char *text);

/* @text (taken over) with its blanks made LAYOUT_BLANK. Free with g_free(). */
char *layout_glue(char *text);

/* @text on one line, fit for a terminal. Free with g_free(). */
char *layout_clean(const char *text);

/* The beginning of @text (clean), ended by "..." where it was longer than @columns. Free with
 * g_free(). */
char *layout_cut(const char *text, int columns);

/* "[###-------]" with @cells cells, those up to @percent (0 to 100) full. Free with g_free(). */
char *layout_bar(double percent, int cells);

/* Appends @text to @out behind @label (NULL: from the first column on; "": goes on with the label
 * before), broken between words so that no line is longer than @width (0: any length). */
void layout_put(GString *out, int width, const char *label, const char *text);
