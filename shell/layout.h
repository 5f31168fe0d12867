/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text laid out in columns of a terminal: labelled lines that wrap, a bar, a cut. What others wrote
 * (QEMU's error texts, words of a newer QEMU) comes out as valid UTF-8 without control characters.
 *
 * "Between words" is at a blank, or beside a wide character, as Chinese has no blanks: but no line
 * begins with a closing sign or ends with an opening one. */
#pragma once

#include <glib.h>

/* A blank at which no line is broken, written as a blank. */
#define LAYOUT_BLANK "\u00a0"

/* Columns that a label takes, with the blanks around it. */
#define LAYOUT_LABEL 16

/* How much further in a line goes on that was broken. */
#define LAYOUT_HANG 2

/* The columns that @text, valid UTF-8, takes. */
int layout_columns(const char *text);

/* Appends @text, valid UTF-8, and blanks up to @columns; none where it takes as many or more. */
void layout_append_padded(GString *out, const char *text, int columns);

/* The lines that @text takes where those longer than @columns are wrapped; colours (ANSI SGR) take
 * no room. */
guint layout_line_count(const char *text, int columns);

/* @text (taken over) with its blanks made LAYOUT_BLANK. Free with g_free(). */
char *layout_glue(char *text);

/* @text as valid UTF-8 with its control characters shown as \xNN, but for those in @kept (ASCII).
 * Free with g_free(). */
char *layout_visible(const char *text, const char *kept);

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

/* @text, one paragraph, in lines of at most @width columns (2 or more), broken between words; a
 * word that is longer is broken where the line ends. At least one line. Free with g_strfreev(). */
char **layout_lines(const char *text, int width);

/* Appends @text, any bytes, to @out. Its lines stay lines; with a @width it becomes valid UTF-8,
 * and those that are longer than @width (0: none is) are broken between words and go on @hang
 * columns further in. A word that is longer than a line is left to the terminal, so that it can be
 * copied from there as one. Where a line is indented and in two columns ("  name  meaning"), the
 * second one is kept, as far as there is room. */
void layout_wrap(GString *out, int width, int hang, const char *text);

/* A text that was laid out in lines by hand as paragraphs, for layout_wrap(): a line that ends a
 * sentence (with "." or "。") ends a paragraph, and what is indented stays a line of its own. Free
 * with g_free(). */
char *layout_paragraphs(const char *text);
