/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/hmp_help.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

static void hmp_help_free(gpointer data)
{
    HmpHelp *entry = data;

    g_free(entry->name);
    g_free(entry->params);
    g_free(entry->help);
    g_free(entry->more);
    g_free(entry);
}

static char *group(const char *text, const size_t *places, int number)
{
    return g_strndup(text + places[2 * number], places[2 * number + 1] - places[2 * number]);
}

GPtrArray *hmp_help_parse(const char *text)
{
    /* In `help` there is "info [subcommand]"; drive_add's parameters have lines of their own. */
    static const char pattern[] =
        "^(?:info )?([^\\s\\[]\\S*) (.*?(?:\\n\\[.*?)*?) ?-- (.*)((?:\\n\\t.*)*)$";
    GPtrArray *entries = g_ptr_array_new_with_free_func(hmp_help_free);
    int number;
    PCRE2_SIZE where;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE,
                                     &number, &where, NULL);
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
    size_t length = strlen(text);
    size_t at = 0;

    while (at < length && pcre2_match(code, (PCRE2_SPTR)text, length, at, 0, match, NULL) > 0) {
        const size_t *places = pcre2_get_ovector_pointer(match);
        HmpHelp *entry = g_new(HmpHelp, 1);

        entry->name = group(text, places, 1);
        entry->params = g_strstrip(group(text, places, 2));
        entry->help = group(text, places, 3);
        entry->more = group(text, places, 4);
        g_ptr_array_add(entries, entry);
        at = places[1];
    }
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return entries;
}

char **hmp_help_names(const char *text)
{
    g_autoptr(GPtrArray) entries = hmp_help_parse(text);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (guint i = 0; i < entries->len; i++) {
        const HmpHelp *entry = g_ptr_array_index(entries, i);
        g_auto(GStrv) aliases = g_strsplit(entry->name, "|", -1);

        g_strv_builder_addv(names, (const char **)aliases);
    }
    return entries->len ? g_strv_builder_end(names) : NULL;
}
