/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/table.h"

#include <stdarg.h>
#include <string.h>

#include "shell/layout.h"

enum {
    GAP = 2,           /* blanks between two columns */
    LONGEST_WORD = 16, /* that is never broken */
    LEAST = 12,        /* columns for longer ones */
};

struct Table {
    guint columns;
    GPtrArray *cells; /* row by row, the headings first */
};

static void add_cells(Table *table, const char *first, va_list list)
{
    for (const char *cell = first; cell; cell = va_arg(list, const char *)) {
        g_ptr_array_add(table->cells, layout_visible(cell, ""));
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

static const char *cell_at(const Table *table, guint row, guint column)
{
    return g_ptr_array_index(table->cells, row * table->columns + column);
}

/* The columns that the longest word of @cell takes. */
static int longest_word(const char *cell)
{
    g_auto(GStrv) words = g_strsplit(cell, " ", -1);
    int longest = 0;

    for (char **word = words; *word; word++) {
        longest = MAX(longest, layout_columns(*word));
    }
    return longest;
}

static int total_width(const Table *table, const int *widths)
{
    int total = (int)(table->columns - 1) * GAP;

    for (guint i = 0; i < table->columns; i++) {
        total += widths[i];
    }
    return total;
}

/* Narrows the widest columns, none below its @least, until the table fits. FALSE: it does not. */
static gboolean shrink(const Table *table, int *widths, const int *least, int room)
{
    while (total_width(table, widths) > room) {
        int widest = -1;

        for (int i = 0; i < (int)table->columns; i++) {
            if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        if (widest < 0) {
            return FALSE;
        }
        widths[widest]--;
    }
    return TRUE;
}

/* The columns' widths, or NULL where they do not fit in @room (0: any). Free with g_free(). */
static int *choose_widths(const Table *table, int room)
{
    g_autofree int *widths = g_new0(int, table->columns);
    g_autofree int *words = g_new0(int, table->columns);
    g_autofree int *least = g_new0(int, table->columns);

    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = g_ptr_array_index(table->cells, i);
        guint column = i % table->columns;

        widths[column] = MAX(widths[column], layout_columns(cell));
        words[column] = MAX(words[column], longest_word(cell));
    }
    for (guint i = 0; room > 0 && i < table->columns; i++) {
        widths[i] = MIN(widths[i], room);
        least[i] = words[i] > LONGEST_WORD ? LEAST : words[i];
        words[i] = MIN(words[i], room);
    }
    if (room > 0 && !shrink(table, widths, words, room) && !shrink(table, widths, least, room)) {
        return NULL;
    }
    return g_steal_pointer(&widths);
}

static void end_line(GString *out)
{
    while (out->len && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
    g_string_append_c(out, '\n');
}

/* A cell as the lines that it takes in a column. Free with g_strfreev(). */
static char **cell_lines(const char *cell, int width)
{
    if (layout_columns(cell) <= width) {
        return g_strdupv((char *[]){(char *)cell, NULL});
    }
    return layout_lines(cell, width);
}

static void print_row(const Table *table, const int *widths, guint row, GString *out)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    guint height = 1;

    for (guint i = 0; i < table->columns; i++) {
        char **lines = cell_lines(cell_at(table, row, i), widths[i]);

        height = MAX(height, g_strv_length(lines));
        g_ptr_array_add(cells, lines);
    }
    for (guint line = 0; line < height; line++) {
        for (guint i = 0; i < table->columns; i++) {
            char **lines = g_ptr_array_index(cells, i);
            const char *text = line < g_strv_length(lines) ? lines[line] : "";
            gboolean last = i + 1 == table->columns;

            layout_append_padded(out, text, last ? 0 : widths[i] + GAP);
        }
        end_line(out);
    }
}

/* Whether @cell is a word (a UUID) that has room below its heading only: there it can be copied. */
static gboolean is_below(const char *cell, int room, int width)
{
    return !strchr(cell, ' ') && layout_columns(cell) > room && layout_columns(cell) <= width;
}

/* Each row as a list "heading  cell". */
static void print_lists(const Table *table, int width, GString *out)
{
    guint rows = table->cells->len / table->columns;
    int label = 0;

    for (guint i = 0; i < table->columns; i++) {
        label = MAX(label, layout_columns(cell_at(table, 0, i)));
    }
    label = MIN(label, width / 2) + GAP;
    for (guint row = 1; row < rows; row++) {
        if (row > 1) {
            g_string_append_c(out, '\n');
        }
        for (guint i = 0; i < table->columns; i++) {
            const int widths[] = {label - GAP, MAX(width - label, 2)};
            Table pair = {.columns = 2};

            if (!*cell_at(table, row, i)) {
                continue;
            }
            if (is_below(cell_at(table, row, i), widths[1], width)) {
                g_string_append_printf(out, "%s\n%s\n", cell_at(table, 0, i),
                                       cell_at(table, row, i));
                continue;
            }
            pair.cells = g_ptr_array_new();
            g_ptr_array_add(pair.cells, (gpointer)cell_at(table, 0, i));
            g_ptr_array_add(pair.cells, (gpointer)cell_at(table, row, i));
            print_row(&pair, widths, 0, out);
            g_ptr_array_unref(pair.cells);
        }
    }
}

void table_print(Table *table, int width, GString *out)
{
    g_autofree int *widths = choose_widths(table, width);
    guint rows = table->cells->len / table->columns;

    if (!widths && rows > 1) {
        print_lists(table, width, out);
        return;
    }
    for (guint row = 0; widths && row < rows; row++) {
        print_row(table, widths, row, out);
    }
    if (!widths) { /* headings alone, more than there is room for */
        for (guint i = 0; i < table->columns; i++) {
            g_string_append_printf(out, "%s\n", cell_at(table, 0, i));
        }
    }
}
