/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <glib/gi18n.h>
#include <pcre2.h>
#include <string.h>

#include "shell/error.h"

struct Pattern {
    pcre2_code *code;
    pcre2_match_data *match;
};

Pattern *pattern_new(const char *text, gboolean any_case, GError **error)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (any_case ? PCRE2_CASELESS : 0);
    PCRE2_SIZE offset;
    int status;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &status, &offset, NULL);
    Pattern *pattern;

    if (!code) {
        PCRE2_UCHAR why[256] = "";

        pcre2_get_error_message(status, why, sizeof(why));
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("the pattern '%s' is wrong at byte %zu: %s"), text, (size_t)offset,
                    (const char *)why);
        return NULL;
    }
    pattern = g_new(Pattern, 1);
    pattern->code = code;
    pattern->match = pcre2_match_data_create_from_pattern(code, NULL);
    return pattern;
}

void pattern_free(Pattern *pattern)
{
    if (pattern) {
        pcre2_match_data_free(pattern->match);
        pcre2_code_free(pattern->code);
        g_free(pattern);
    }
}

gboolean pattern_matches(const Pattern *pattern, const char *text)
{
    return pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0, 0, pattern->match, NULL) >=
           0;
}

gboolean pattern_find(const Pattern *pattern, const char *text, gsize from, gsize *start,
                      gsize *end)
{
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(pattern->match);

    if (pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), from, PCRE2_NOTEMPTY,
                    pattern->match, NULL) < 0 ||
        place[0] >= place[1]) { /* \K can stand behind the end */
        return FALSE;
    }
    *start = place[0];
    *end = place[1];
    return TRUE;
}
