/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/words.h"

enum { MOST_WORDS = 12 };

char *words_list(const char *const *words, const char *last)
{
    guint count = g_strv_length((char **)words);
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < MIN(count, MOST_WORDS); i++) {
        g_string_append_printf(list, "%s%s", i == 0 ? "" : i + 1 == count ? last : ", ", words[i]);
    }
    return g_string_free(g_string_append(list, count > MOST_WORDS ? ", ..." : ""), FALSE);
}

char **words_put_first(const char *const *words, const char *first)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    if (first && g_strv_contains(words, first)) {
        g_strv_builder_add(builder, first);
    }
    for (; *words; words++) {
        if (g_strcmp0(*words, first) != 0) {
            g_strv_builder_add(builder, *words);
        }
    }
    return g_strv_builder_end(builder);
}
