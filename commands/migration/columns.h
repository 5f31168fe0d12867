/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in columns that fit a terminal: what comes last is cut first, at the end of a clause ("; ")
 * where that is possible, and then left out. */
#pragma once

#include <glib.h>

typedef struct {
    const char *heading; /* marked with N_() */
    int least;           /* shown cut to no less than that, else not at all; 0: never cut */
    int most; /* shown no wider than that unless all of all columns fits; 0: as wide as it is */
} Column;

typedef struct Columns Columns;

/* @columns (static) end with one without a heading; the first is always shown. @width as in
 * layout.h, 0: any. With @colour marked rows are coloured. */
Columns *columns_new(const Column *columns, int width, gboolean colour);
void columns_free(Columns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Columns, columns_free)

/* A row: a string for each column (copied, made fit for a terminal). A @marked one stands out: by a
 * "*" before it, and its first two cells by their colour. */
void columns_add(Columns *columns, gboolean marked, const char *const *cells);

/* Appends the headings and the rows to @out; no line is longer than the width, none ends with a
 * blank. */
void columns_print(const Columns *columns, GString *out);
