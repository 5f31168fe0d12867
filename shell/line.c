/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/line.h"

#include <string.h>

#include "shell/error.h"

#define BLANKS " \t\n\v\f\r"

gboolean line_is_blank(char c)
{
    return c && strchr(BLANKS, c);
}

const char *line_rest(const char *line)
{
    return line + strspn(line, BLANKS);
}

gboolean line_is_nothing(const char *line)
{
    line = line_rest(line);
    return *line == '\0' || *line == '#';
}

char *line_word(const char **line)
{
    const char *start = line_rest(*line);

    if (!*start) {
        return NULL;
    }
    *line = start + strcspn(start, BLANKS "/");
    return g_strndup(start, (gsize)(*line - start));
}

/* The byte that a backslash and @c stand for in a quoted argument, or NUL. */
static char unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case '\\':
    case '\'':
    case '"':
        return c;
    default:
        return '\0';
    }
}

static void set_escape_error(GError **error, const char *text)
{
    gunichar c = g_utf8_get_char_validated(text, -1);
    gsize length = c < 0x80 || c > 0x10ffff ? 1 : (gsize)(g_utf8_next_char(text) - text);
    g_autofree char *shown = g_strndup(text, length);
    g_autofree char *valid = g_utf8_make_valid(shown, -1);

    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "unsupported escape code: '\\%s'", valid);
}

/* @text is what follows the opening quote, and moves past the closing one. */
static char *quoted_token(const char **text, GError **error)
{
    g_autoptr(GString) token = g_string_new(NULL);
    const char *p = *text;

    for (; *p != '"'; p++) {
        char c = *p;

        if (c == '\\' && p[1]) {
            c = unescape(*++p);
            if (!c) {
                set_escape_error(error, p);
                return NULL;
            }
        } else if (!c || c == '\\') {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "unterminated string");
            return NULL;
        }
        g_string_append_c(token, c);
    }
    *text = p + 1;
    return g_string_free(g_steal_pointer(&token), FALSE);
}

char *line_token(const char **line, gboolean *quoted, GError **error)
{
    const char *p = line_rest(*line);
    gboolean is_quoted = *p == '"';
    char *token;

    if (quoted) {
        *quoted = is_quoted;
    }
    if (!*p) {
        return NULL;
    }
    if (is_quoted) {
        p++;
        token = quoted_token(&p, error);
    } else {
        gsize length = strcspn(p, BLANKS);

        token = g_strndup(p, length);
        p += length;
    }
    if (token) {
        *line = p;
    }
    return token;
}

const char *line_last_word(const char *line, char **typed, gboolean *open)
{
    const char *begin = line_rest(line);
    g_autofree char *word = NULL;

    *open = FALSE;
    while (*begin) {
        const char *at = begin;

        g_free(word);
        word = line_token(&at, NULL, NULL);
        if (!word || !*at) {
            break;
        }
        begin = line_rest(at);
    }
    if (*begin && !word) {
        g_autofree char *closed = g_strconcat(begin, "\"", NULL);
        const char *at = closed;

        *open = TRUE;
        word = line_token(&at, NULL, NULL);
    }
    *typed = *begin && word ? g_steal_pointer(&word) : g_strdup("");
    return begin;
}

char *line_quote(const char *word)
{
    GString *text;

    if (*word && *word != '"' && !strpbrk(word, BLANKS)) {
        return g_strdup(word);
    }
    text = g_string_new("\"");
    for (; *word; word++) {
        switch (*word) {
        case '\n':
            g_string_append(text, "\\n");
            break;
        case '\r':
            g_string_append(text, "\\r");
            break;
        case '\\':
        case '"':
            g_string_append_c(text, '\\');
            g_string_append_c(text, *word);
            break;
        default:
            g_string_append_c(text, *word);
        }
    }
    g_string_append_c(text, '"');
    return g_string_free(text, FALSE);
}

char *line_join(const char *const *words)
{
    GString *line = g_string_new(NULL);

    for (; *words; words++) {
        g_autofree char *word = line_quote(*words);

        if (line->len) {
            g_string_append_c(line, ' ');
        }
        g_string_append(line, word);
    }
    return g_string_free(line, FALSE);
}
