/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text table: columns as wide as their widest cell, by what a terminal shows (wide and combining
 * characters), control characters made visible. Where there is less room, the widest columns shrink
 * and their cells take several lines; where even that is too much, each row is a list of its
 * headings and cells. */
#pragma once

#include <glib.h>

typedef struct Table Table;

/* A table with these headings, ended by NULL; copied. */
Table *table_new(const char *heading, ...) G_GNUC_NULL_TERMINATED;
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* A row: one string for each heading, ended by NULL; copied. */
void table_add(Table *table, const char *cell, ...) G_GNUC_NULL_TERMINATED;

/* Appends the table to @out, in lines of at most @width columns (0: of any length); only the
 * headings when it has no row. */
void table_print(Table *table, int width, GString *out);
