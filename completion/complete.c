/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/complete.h"

#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "completion/candidates.h"

/* readline's callbacks carry no data of ours. */
static Session *prompt_session;

static char *common_prefix(const GPtrArray *found)
{
    const char *first = found->pdata[0];
    size_t length = strlen(first);

    for (guint i = 1; i < found->len; i++) {
        const char *other = found->pdata[i];
        size_t same = 0;

        while (same < length && first[same] == other[same]) {
            same++;
        }
        length = same;
    }
    return g_strndup(first, length);
}

/* readline's form: what they have in common, then each of them (if there are several). It frees
 * them with free(), which is g_free(). */
static char **complete_word(const char *text G_GNUC_UNUSED, int start G_GNUC_UNUSED, int end)
{
    g_autofree char *line = g_strndup(rl_line_buffer, (gsize)end);
    size_t begin;
    g_autoptr(GPtrArray) found = candidates_find(prompt_session, line, &begin);
    char **matches;

    rl_attempted_completion_over = 1;
    if (found->len == 0) {
        return NULL;
    }
    matches = g_new0(char *, found->len + 2);
    matches[0] = common_prefix(found);
    for (guint i = 0; found->len > 1 && i < found->len; i++) {
        matches[i + 1] = g_strdup(found->pdata[i]);
    }
    if (found->len == 1 && strchr(":/=", matches[0][strlen(matches[0]) - 1])) {
        rl_completion_append_character = '\0'; /* there is more to come */
    }
    return matches;
}

void complete_at_prompt(Session *session)
{
    prompt_session = session;
    rl_basic_word_break_characters = " \t\n";
    rl_completer_quote_characters = "";
    rl_attempted_completion_function = complete_word;
}

char *complete_list(Session *session, const char *line)
{
    size_t start;
    g_autoptr(GPtrArray) found = candidates_find(session, line, &start);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < found->len; i++) {
        g_string_append_printf(text, "%s\n", (const char *)found->pdata[i]);
    }
    return g_string_free(text, FALSE);
}
