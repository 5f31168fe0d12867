/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lesson_page.h"

#include <glib/gi18n.h>

#include "shell/layout.h"

enum {
    BAR_COLUMNS = 2, /* with the blank behind it */
    LEAST_WIDTH = 16,
    GAP = 2, /* between an example and its remark */
};

static const char INDENT[] = "    "; /* of what is typed */
static const char BOLD[] = "\033[1m";
static const char BAR_COLOUR[] = "\033[36m";
static const char PLAIN[] = "\033[0m";

LessonPage page_of(Output *output, gboolean lists)
{
    int width = output_page_width(output);

    return (LessonPage){
        .width = width ? MAX(width - BAR_COLUMNS, LEAST_WIDTH) : 0,
        .colour = output_has_colour(output),
        .lists = lists,
    };
}

static void add_line(const LessonPage *page, const char *line, gboolean bold, GString *out)
{
    const char *bar = g_get_charset(NULL) ? "│" : "|";

    if (page->width) {
        g_string_append_printf(out, "%s%s%s%s", page->colour ? BAR_COLOUR : "", bar,
                               page->colour ? PLAIN : "", *line ? " " : "");
    }
    g_string_append_printf(out, "%s%s%s\n", bold && page->colour ? BOLD : "", line,
                           bold && page->colour ? PLAIN : "");
}

static void add_prose(const LessonPage *page, const char *text, gboolean bold, GString *out)
{
    g_auto(GStrv) lines = page->width ? layout_lines(text, page->width) : NULL;

    if (!lines) {
        add_line(page, text, bold, out);
    }
    for (char **line = lines; lines && *line; line++) {
        add_line(page, *line, bold, out);
    }
}

/* What is typed, and from @column on what is to be said of it (@remark, or NULL). */
static void add_typed(const LessonPage *page, const char *typed, const char *remark, int column,
                      gboolean bold, GString *out)
{
    int gap = remark ? MAX(column - layout_columns(typed), GAP) : 0;
    g_autofree char *line =
        g_strdup_printf("%s%s%*s%s", INDENT, typed, gap, "", remark ? remark : "");
    g_autoptr(GString) wrapped = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    layout_wrap(wrapped, page->width, LAYOUT_HANG, line);
    lines = g_strsplit(wrapped->str, "\n", -1);
    for (char **each = lines; *each; each++) {
        add_line(page, *each, bold, out);
    }
}

/* The columns that remarks are behind, so that they stand below each other. */
static int remark_column(const LessonStep *step)
{
    int column = 0;

    for (guint i = 0; i < step->texts->len; i++) {
        const LessonText *text = step->texts->pdata[i];

        column = text->remark ? MAX(column, layout_columns(text->text) + GAP) : column;
    }
    return column;
}

static void add_commands(const LessonPage *page, const LessonStep *step, GString *out)
{
    for (guint i = 0; i < step->commands->len; i++) {
        const LessonCommand *command = step->commands->pdata[i];

        add_typed(page, command->line, NULL, 0, TRUE, out);
    }
}

/* Where there is no bar, commands that are run next stand apart. */
static void add_end(const LessonPage *page, GString *out)
{
    if (!page->width && !page->lists) {
        g_string_append_c(out, '\n');
    }
}

void page_add_title(const LessonPage *page, const char *title, GString *out)
{
    add_prose(page, title, TRUE, out);
}

void page_add_text(const LessonPage *page, const char *text, GString *out)
{
    add_line(page, "", FALSE, out);
    add_prose(page, text, FALSE, out);
    add_end(page, out);
}

void page_add_step(const LessonPage *page, const LessonStep *step, GString *out)
{
    int column = remark_column(step);
    gboolean example = TRUE; /* the text before */

    g_string_append_c(out, '\n');
    for (guint i = 0; i < step->texts->len; i++) {
        const LessonText *text = step->texts->pdata[i];

        if (i && !(example && text->example)) {
            add_line(page, "", FALSE, out);
        }
        if (text->example) {
            add_typed(page, text->formula ? _(text->text) : text->text,
                      text->remark ? _(text->remark) : NULL, column, FALSE, out);
        } else {
            add_prose(page, _(text->text), FALSE, out);
        }
        example = text->example;
    }
    if (page->lists && step->commands->len) {
        if (step->texts->len) {
            add_line(page, "", FALSE, out);
        }
        add_commands(page, step, out);
    }
    add_end(page, out);
}
