/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/earlier.h"

#include <string.h>

#include "shell/history.h"
#include "shell/line.h"

void earlier_offer(const char *before, Offers *offers)
{
    g_auto(GStrv) lines = history_newest(G_MAXUINT, NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = g_strv_length(lines); i > 0; i--) {
        const char *rest = lines[i - 1] + strlen(before);
        char *word = g_str_has_prefix(lines[i - 1], before) ? line_token(&rest, NULL, NULL) : NULL;

        if (word) {
            g_ptr_array_add(words, word);
        }
    }
    g_ptr_array_add(words, NULL);
    offers_add_ordered(offers, (const char *const *)words->pdata);
}
