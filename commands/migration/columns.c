/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/columns.h"

#include <glib/gi18n.h>

#include "shell/layout.h"

enum {
    MARK = 2,     /* columns for the mark and a blank */
    GAP = 2,      /* between columns */
    COLOURED = 2, /* cells of a marked row that are coloured */
};

#define COLOUR "\033[1;33m"
#define PLAIN "\033[0m"

typedef struct {
    gboolean marked;
    char **cells;
} Row;

struct Columns {
    const Column *columns;
    guint n;
    int width;
    gboolean colour;
    GPtrArray *rows; /* of Row */
    int *widths;     /* of the widest cell of each column */
};

static void row_free(gpointer data)
{
    Row *row = data;

    g_strfreev(row->cells);
    g_free(row);
}

Columns *columns_new(const Column *columns, int width, gboolean colour)
{
    Columns *self = g_new0(Columns, 1);

    while (columns[self->n].heading) {
        self->n++;
    }
    self->columns = columns;
    self->width = width > 0 ? width : G_MAXINT;
    self->colour = colour;
    self->rows = g_ptr_array_new_with_free_func(row_free);
    self->widths = g_new(int, self->n);
    for (guint i = 0; i < self->n; i++) {
        self->widths[i] = layout_columns(_(columns[i].heading));
    }
    return self;
}

void columns_free(Columns *columns)
{
    g_ptr_array_unref(columns->rows);
    g_free(columns->widths);
    g_free(columns);
}

void columns_add(Columns *columns, gboolean marked, const char *const *cells)
{
    Row *row = g_new(Row, 1);

    *row = (Row){marked, g_new0(char *, columns->n + 1)};
    for (guint i = 0; i < columns->n; i++) {
        row->cells[i] = layout_clean(cells[i]);
        columns->widths[i] = MAX(columns->widths[i], layout_columns(row->cells[i]));
    }
    g_ptr_array_add(columns->rows, row);
}

/* Whether everything fits as it is. */
static gboolean all_fits(const Columns *columns)
{
    int left = columns->width - MARK + GAP;

    for (guint i = 0; i < columns->n; i++) {
        left -= columns->widths[i] + GAP;
    }
    return left >= 0;
}

/* How wide each column is shown; 0: not at all. Free with g_free(). */
static int *fit(const Columns *columns)
{
    int *shown = g_new0(int, columns->n);
    int left = columns->width - MARK;
    gboolean all = all_fits(columns);

    for (guint i = 0; i < columns->n; i++) {
        const Column *column = &columns->columns[i];
        int wanted =
            column->most && !all ? MIN(columns->widths[i], column->most) : columns->widths[i];
        int room = i ? left - GAP : left;

        if (i && room < MIN(column->least ? column->least : wanted, wanted)) {
            break;
        }
        shown[i] = MIN(wanted, MAX(room, 1));
        left = room - shown[i];
    }
    return shown;
}

/* The beginning of @text that fits into @width: whole clauses where at least one does, else cut.
 * Free with g_free(). */
static char *shorten(const char *text, int width)
{
    const char *end_of_clause = _("; ");
    g_autofree char *clauses = g_strdup(text);
    char *end;

    while (layout_columns(clauses) > width && (end = g_strrstr(clauses, end_of_clause))) {
        *end = '\0';
    }
    return layout_cut(layout_columns(clauses) > width ? text : clauses, width);
}

static void print_row(const Columns *columns, const int *shown, const char *const *cells,
                      gboolean marked, GString *out)
{
    int pending = 0; /* blanks before the next text */

    g_string_append(out, marked ? "* " : "  ");
    for (guint i = 0; i < columns->n && shown[i]; i++) {
        g_autofree char *cell = shorten(cells[i], shown[i]);
        gboolean coloured = marked && columns->colour && i < COLOURED && *cell;

        if (*cell) {
            g_string_append_printf(out, "%*s%s%s%s", pending, "", coloured ? COLOUR : "", cell,
                                   coloured ? PLAIN : "");
            pending = 0;
        }
        pending += shown[i] - layout_columns(cell) + GAP;
    }
    g_string_append_c(out, '\n');
}

void columns_print(const Columns *columns, GString *out)
{
    g_autofree int *shown = fit(columns);
    g_autofree const char **headings = g_new0(const char *, columns->n + 1);

    for (guint i = 0; i < columns->n; i++) {
        headings[i] = _(columns->columns[i].heading);
    }
    print_row(columns, shown, headings, FALSE, out);
    for (guint i = 0; i < columns->rows->len; i++) {
        const Row *row = g_ptr_array_index(columns->rows, i);

        print_row(columns, shown, (const char *const *)row->cells, row->marked, out);
    }
}
