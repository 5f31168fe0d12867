/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/layout.h"

#include <string.h>

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

char *layout_glue(char *text)
{
    g_autofree char *loose = text;
    g_auto(GStrv) words = g_strsplit(loose, " ", -1);

    return g_strjoinv(LAYOUT_BLANK, words);
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

void layout_put(GString *out, int width, const char *label, const char *text)
{
    int indent = label ? LAYOUT_LABEL : 0;
    int room = width > indent ? MAX(width - indent, 2) : G_MAXINT;
    int left = room;
    g_autofree char *clean = layout_clean(text);
    g_auto(GStrv) words = g_strsplit(clean, " ", -1);

    if (label) {
        g_string_append_printf(out, "  %-*s", LAYOUT_LABEL - 2, label);
    }
    for (char **each = words; *each; each++) {
        const char *word = *each;

        if (!*word) {
            continue;
        }
        if (left < room && layout_columns(word) + 1 > left) {
            break_line(out, indent);
            left = room;
        } else if (left < room) {
            g_string_append_c(out, ' ');
            left--;
        }
        while (layout_columns(word) > room) {
            const char *end = end_within(word, room);

            append_plain(out, word, end - word);
            break_line(out, indent);
            word = end;
        }
        append_plain(out, word, -1);
        left -= layout_columns(word);
    }
    g_string_append_c(out, '\n');
}
