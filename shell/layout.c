/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/layout.h"

#include <string.h>

#include "shell/line_break.h"

enum { TAB_STOP = 8 };

static int char_columns(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

int layout_columns(const char *text)
{
    int columns = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        columns += char_columns(g_utf8_get_char(text));
    }
    return columns;
}

void layout_append_padded(GString *out, const char *text, int columns)
{
    g_string_append_printf(out, "%s%*s", text, MAX(columns - layout_columns(text), 0), "");
}

/* The bytes at @text that set a colour (ANSI SGR); 0: there is none. */
static size_t colour_length(const char *text)
{
    size_t length = 2;

    if (text[0] != '\033' || text[1] != '[') {
        return 0;
    }
    length += strspn(text + length, "0123456789;");
    return text[length] == 'm' ? length + 1 : 0;
}

guint layout_line_count(const char *text, int columns)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    guint lines = 0;
    int column = 0;
    const char *at = valid;

    while (*at) {
        gunichar c = g_utf8_get_char(at);
        size_t colour = colour_length(at);
        int width = char_columns(c);

        if (colour) {
            at += colour;
            continue;
        }
        at = g_utf8_next_char(at);
        if (c == '\n') {
            lines++;
            column = 0;
            continue;
        }
        if (c == '\t') {
            column = MIN((column / TAB_STOP + 1) * TAB_STOP, columns);
            continue;
        }
        if (column + width > columns) {
            lines++;
            column = 0;
        }
        column += width;
    }
    return lines + (column > 0);
}

char *layout_glue(char *text)
{
    g_autofree char *loose = text;
    g_auto(GStrv) words = g_strsplit(loose, " ", -1);

    return g_strjoinv(LAYOUT_BLANK, words);
}

char *layout_visible(const char *text, const char *kept)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (g_unichar_iscntrl(c) && !strchr(kept, (int)c)) {
            g_string_append_printf(out, "\\x%02x", c);
        } else {
            g_string_append_unichar(out, c);
        }
    }
    return g_string_free(out, FALSE);
}

char *layout_clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        g_string_append_unichar(clean, g_unichar_isprint(c) || c == 0xa0 ? c : ' ');
    }
    return g_string_free(clean, FALSE);
}

/* Where @text has to end so as to take at most @columns. */
static const char *end_within(const char *text, int columns)
{
    for (; *text; text = g_utf8_next_char(text)) {
        columns -= char_columns(g_utf8_get_char(text));
        if (columns < 0) {
            break;
        }
    }
    return text;
}

char *layout_cut(const char *text, int columns)
{
    const char *dots = columns > 3 ? "..." : "";
    g_autofree char *begin = NULL;

    if (layout_columns(text) <= columns) {
        return g_strdup(text);
    }
    begin = g_strndup(text, (gsize)(end_within(text, columns - (int)strlen(dots)) - text));
    return g_strconcat(g_strchomp(begin), dots, NULL);
}

char *layout_bar(double percent, int cells)
{
    int full = CLAMP((int)(percent * cells / 100), 0, cells);
    GString *bar = g_string_new("[");

    for (int i = 0; i < cells; i++) {
        g_string_append_c(bar, i < full ? '#' : '-');
    }
    return g_string_free(g_string_append_c(bar, ']'), FALSE);
}

/* Appends @text with plain blanks. */
static void append_plain(GString *out, const char *text, gssize length)
{
    g_autofree char *copy = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    g_auto(GStrv) parts = g_strsplit(copy, LAYOUT_BLANK, -1);
    g_autofree char *plain = g_strjoinv(" ", parts);

    g_string_append(out, plain);
}

/* A new line of the same text. */
static void break_line(GString *out, int indent)
{
    g_string_append_printf(out, "\n%*s", indent, "");
}

/* How a paragraph is broken. */
typedef struct {
    int first;      /* columns that are left on the line that the text begins on; >= room */
    int room;       /* columns of the lines that follow; >= 2, so that a wide character fits */
    int indent;     /* blanks before those */
    gboolean whole; /* a word that is longer than a line stays whole, for the terminal to break: so
                     * it can be copied from there */
} Flow;

/* A paragraph that is being laid out. */
typedef struct {
    GString *out;
    const Flow *how;
    int left;       /* columns on this line */
    gboolean fresh; /* nothing is on the line yet */
} Flowing;

/* Adds @piece, with a blank before it when there is a @gap. */
static void flow_piece(Flowing *flowing, const char *piece, gboolean gap)
{
    const Flow *how = flowing->how;
    int columns = layout_columns(piece);
    gboolean stays = how->whole && columns > how->room;

    gap = gap && !flowing->fresh;
    if (!flowing->fresh && (flowing->left <= 0 || (columns + gap > flowing->left && !stays))) {
        break_line(flowing->out, how->indent);
        flowing->left = how->room;
    } else if (gap) {
        g_string_append_c(flowing->out, ' ');
        flowing->left--;
    }
    while (layout_columns(piece) > flowing->left && !stays) {
        const char *end = end_within(piece, flowing->left);
        const char *blank = g_strrstr_len(piece, end - piece, LAYOUT_BLANK);

        append_plain(flowing->out, piece, (blank ? blank : end) - piece);
        break_line(flowing->out, how->indent);
        flowing->left = how->room;
        piece = blank ? blank + strlen(LAYOUT_BLANK) : end;
    }
    append_plain(flowing->out, piece, -1);
    flowing->left -= layout_columns(piece);
    flowing->fresh = FALSE;
}

static void flow(GString *out, const char *text, const Flow *how)
{
    Flowing flowing = {out, how, how->first, TRUE};

    for (gboolean gap = FALSE; *text;) {
        const char *end = *text == ' ' ? text + 1 : line_break_next(text);

        if (*text != ' ') {
            g_autofree char *piece = g_strndup(text, (gsize)(end - text));

            flow_piece(&flowing, piece, gap);
        }
        gap = *text == ' ';
        text = end;
    }
}

char **layout_lines(const char *text, int width)
{
    g_autoptr(GString) out = g_string_new(NULL);

    flow(out, text, &(Flow){.first = MAX(width, 2), .room = MAX(width, 2)});
    return out->len ? g_strsplit(out->str, "\n", -1) : g_strdupv((char *[]){(char *)"", NULL});
}

void layout_put(GString *out, int width, const char *label, const char *text)
{
    int indent = label ? LAYOUT_LABEL : 0;
    int room = width > indent ? MAX(width - indent, 2) : G_MAXINT;
    int over = label ? MAX(layout_columns(label) + 3 - LAYOUT_LABEL, 0) : 0; /* too long a label */
    g_autofree char *clean = layout_clean(text);

    if (label) {
        g_string_append(out, "  ");
        layout_append_padded(out, label, LAYOUT_LABEL - 2 + over);
    }
    flow(out, clean, &(Flow){.first = room - over, .room = room, .indent = indent});
    g_string_append_c(out, '\n');
}

/* @line with blanks for its tabs. Free with g_free(). */
static char *expand_tabs(const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "\t", -1);
    GString *out = g_string_new(parts[0]);

    for (char **part = parts[0] ? parts + 1 : parts; *part; part++) {
        int gap = TAB_STOP - layout_columns(out->str) % TAB_STOP;

        g_string_append_printf(out, "%*s%s", gap, "", *part);
    }
    return g_string_free(out, FALSE);
}

/* Where the second column of an indented line begins; NULL: it has none. */
static const char *second_column(const char *line)
{
    const char *first = line + strspn(line, " ");
    const char *gap = first > line ? strstr(first, "  ") : NULL;

    return gap && gap[strspn(gap, " ")] ? gap + strspn(gap, " ") : NULL;
}

/* Appends a line that is too long. */
static void wrap_line(GString *out, int width, int hang, const char *line)
{
    int indent = MIN((int)strspn(line, " "), width / 4);
    int deeper = MIN(indent + hang, width / 2);
    const char *second = second_column(line);
    g_autofree char *head = second ? g_strndup(line, (gsize)(second - line)) : NULL;
    int column = head ? layout_columns(head) : 0;
    Flow how = {MAX(width - indent, 2), MAX(width - deeper, 2), deeper, TRUE};

    if (head && column <= width / 2) {
        g_string_append(out, head);
        flow(out, second, &(Flow){MAX(width - column, 2), MAX(width - column, 2), column, TRUE});
        return;
    }
    g_string_append_printf(out, "%*s", indent, "");
    flow(out, head ? head : line, &how);
    if (head) {
        how.first = how.room;
        break_line(out, deeper);
        flow(out, second, &how);
    }
}

void layout_wrap(GString *out, int width, int hang, const char *text)
{
    g_autofree char *valid = width > 0 ? g_utf8_make_valid(text, -1) : NULL;
    g_auto(GStrv) lines = valid ? g_strsplit(valid, "\n", -1) : NULL;

    if (!lines) {
        g_string_append(out, text);
        return;
    }
    for (char **each = lines; *each; each++) {
        g_autofree char *line = expand_tabs(*each);

        if (each > lines) {
            g_string_append_c(out, '\n');
        }
        if (layout_columns(line) <= width) {
            append_plain(out, line, -1);
        } else {
            wrap_line(out, width, hang, line);
        }
    }
}

/* Whether a line that ends with the last character of @out ends a paragraph. */
static gboolean ends_paragraph(const GString *out)
{
    return out->len && (strchr(".\n", out->str[out->len - 1]) || g_str_has_suffix(out->str, "。"));
}

/* Whether two lines are joined without a blank: where a wide character is at the seam. */
static gboolean joins_closely(const GString *out, const char *next)
{
    const char *last = g_utf8_find_prev_char(out->str, out->str + out->len);

    return (last && g_unichar_iswide(g_utf8_get_char(last))) ||
           g_unichar_iswide(g_utf8_get_char(next));
}

char *layout_paragraphs(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        gboolean keeps = ends_paragraph(out) || !text[1] || strchr(" \n", text[1]);

        if (*text != '\n' || keeps) {
            g_string_append_c(out, *text);
        } else if (!joins_closely(out, text + 1)) {
            g_string_append_c(out, ' ');
        }
    }
    return g_string_free(out, FALSE);
}
