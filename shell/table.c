/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/table.h"

#include <stdarg.h>

#include "shell/layout.h"

struct Table {
    guint columns;
    GPtrArray *cells; /* row by row, the headings first */
};

/* @text with control characters and bytes that are not UTF-8 made visible. */
static char *visible(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (g_unichar_iscntrl(c)) {
            g_string_append_printf(out, "\\x%02x", c);
        } else {
            g_string_append_unichar(out, c);
        }
    }
    return g_string_free(out, FALSE);
}

static void add_cells(Table *table, const char *first, va_list list)
{
    for (const char *cell = first; cell; cell = va_arg(list, const char *)) {
        g_ptr_array_add(table->cells, visible(cell));
    }
}

Table *table_new(const char *heading, ...)
{
    Table *table = g_new0(Table, 1);
    va_list list;

    table->cells = g_ptr_array_new_with_free_func(g_free);
    va_start(list, heading);
    add_cells(table, heading, list);
    va_end(list);
    table->columns = table->cells->len;
    return table;
}

void table_free(Table *table)
{
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void table_add(Table *table, const char *cell, ...)
{
    va_list list;

    va_start(list, cell);
    add_cells(table, cell, list);
    va_end(list);
    g_assert(table->cells->len % table->columns == 0);
}

void table_print(Table *table, GString *out)
{
    g_autofree guint *widths = g_new0(guint, table->columns);

    for (guint i = 0; i < table->cells->len; i++) {
        guint width = (guint)layout_columns(g_ptr_array_index(table->cells, i));

        widths[i % table->columns] = MAX(widths[i % table->columns], width);
    }
    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = g_ptr_array_index(table->cells, i);
        guint column = i % table->columns;

        if (column > 0) {
            g_string_append(out, "  ");
        }
        g_string_append(out, cell);
        if (column + 1 < table->columns) {
            g_string_append_printf(out, "%*s", (int)(widths[column] - (guint)layout_columns(cell)),
                                   "");
            continue;
        }
        while (out->len && out->str[out->len - 1] == ' ') {
            g_string_truncate(out, out->len - 1);
        }
        g_string_append_c(out, '\n');
    }
}
