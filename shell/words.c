/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/words.h"

#include <glib/gi18n.h>

enum { MOST_WORDS = 12 };

/* @word behind @list (taken over). Free with g_free(). */
static char *add(char *list, const char *last, const char *word)
{
    g_autofree char *before = list;

    /* TRANSLATORS: a list of words that grows by one. */
    return last ? g_strconcat(before, last, word, NULL)
                : g_strdup_printf(_("%s, %s"), before, word);
}

char *words_list(const char *const *words, const char *last)
{
    guint count = g_strv_length((char **)words);
    char *list = g_strdup(count ? words[0] : "");

    for (guint i = 1; i < MIN(count, MOST_WORDS); i++) {
        list = add(list, i + 1 == count ? last : NULL, words[i]);
    }
    return count > MOST_WORDS ? add(list, NULL, "...") : list;
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
