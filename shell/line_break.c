/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/line_break.h"

static gboolean is_opening(gunichar c)
{
    GUnicodeBreakType type = g_unichar_break_type(c);

    return type == G_UNICODE_BREAK_OPEN_PUNCTUATION || type == G_UNICODE_BREAK_PREFIX ||
           type == G_UNICODE_BREAK_NON_BREAKING_GLUE ||
           g_unichar_type(c) == G_UNICODE_INITIAL_PUNCTUATION; /* “ */
}

/* What no line begins with: also small kana and the like, and what is drawn over another. */
static gboolean is_closing(gunichar c)
{
    switch (g_unichar_break_type(c)) {
    case G_UNICODE_BREAK_CLOSE_PUNCTUATION:
    case G_UNICODE_BREAK_CLOSE_PARENTHESIS:
    case G_UNICODE_BREAK_EXCLAMATION:
    case G_UNICODE_BREAK_INFIX_SEPARATOR:
    case G_UNICODE_BREAK_SYMBOL:
    case G_UNICODE_BREAK_NON_STARTER:
    case G_UNICODE_BREAK_CONDITIONAL_JAPANESE_STARTER:
    case G_UNICODE_BREAK_INSEPARABLE:
    case G_UNICODE_BREAK_POSTFIX:
    case G_UNICODE_BREAK_NON_BREAKING_GLUE:
    case G_UNICODE_BREAK_COMBINING_MARK:
        return TRUE;
    default:
        return g_unichar_iszerowidth(c) || g_unichar_type(c) == G_UNICODE_FINAL_PUNCTUATION; /* ” */
    }
}

const char *line_break_next(const char *text)
{
    gunichar before = g_utf8_get_char(text);

    for (text = g_utf8_next_char(text); *text && *text != ' '; text = g_utf8_next_char(text)) {
        gunichar after = g_utf8_get_char(text);

        if ((g_unichar_iswide(before) || g_unichar_iswide(after)) && !is_opening(before) &&
            !is_closing(after)) {
            break;
        }
        before = g_unichar_iszerowidth(after) ? before : after;
    }
    return text;
}
