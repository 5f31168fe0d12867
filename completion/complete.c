/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/complete.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "completion/candidates.h"
#include "shell/layout.h"
#include "shell/line.h"
#include "shell/pager.h"

enum { EXPLAINED = 24 }; /* columns that words take beside what they mean; longer ones stick out */

/* readline's callbacks carry no data of ours. */
static Session *prompt_session;
static GHashTable *meanings; /* what each match that is shown means; NULL: not all are told */

/* @word as it stands behind an opening quote, without the closing one. Free with g_free(). */
static char *escape(const char *word)
{
    g_autofree char *blank = g_strconcat(" ", word, NULL); /* what has a blank is quoted */
    g_autofree char *quoted = line_quote(blank);

    return g_strndup(quoted + 2, strlen(quoted) - 3);
}

/* The candidate as it is put into the line. Behind a quote that is open readline closes it. */
static char *insertion(const Candidates *candidates, const Candidate *candidate)
{
    g_autofree char *escaped = escape(candidate->word);
    g_autofree char *quoted = line_quote(candidate->word);

    if (candidates->quoted) {
        return g_steal_pointer(&escaped);
    }
    return candidate->open && *quoted == '"' ? g_strconcat("\"", escaped, NULL)
                                             : g_steal_pointer(&quoted);
}

/* What all have in common, as it is put into the line: with a quote that stays open where it needs
 * one. */
static char *common_prefix(const Candidates *candidates)
{
    const char *first = ((const Candidate *)candidates->found->pdata[0])->word;
    size_t length = strlen(first);
    g_autofree char *prefix = NULL;
    g_autofree char *escaped = NULL;
    g_autofree char *quoted = NULL;

    for (guint i = 1; i < candidates->found->len; i++) {
        const char *other = ((const Candidate *)candidates->found->pdata[i])->word;
        size_t same = 0;

        while (same < length && first[same] == other[same]) {
            same++;
        }
        length = same;
    }
    while (length > 0 && (first[length] & 0xc0) == 0x80) { /* within a character of UTF-8 */
        length--;
    }
    prefix = g_strndup(first, length);
    escaped = escape(prefix);
    quoted = *prefix ? line_quote(prefix) : g_strdup("");
    if (candidates->quoted) {
        return g_steal_pointer(&escaped);
    }
    return *quoted == '"' ? g_strconcat("\"", escaped, NULL) : g_steal_pointer(&prefix);
}

/* Keeps what the candidates mean, if that is known of all of them. */
static void keep_meanings(const Candidates *candidates)
{
    g_clear_pointer(&meanings, g_hash_table_unref);
    for (guint i = 0; i < candidates->found->len; i++) {
        if (!((const Candidate *)candidates->found->pdata[i])->help) {
            return;
        }
    }
    meanings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < candidates->found->len; i++) {
        const Candidate *candidate = candidates->found->pdata[i];

        g_hash_table_insert(meanings, insertion(candidates, candidate), (gpointer)candidate->help);
    }
}

/* readline's form: what they have in common, then each of them (if there are several). It frees
 * them with free(), which is g_free(). */
static char **make_matches(const Candidates *candidates)
{
    const GPtrArray *found = candidates->found;
    char **matches = g_new0(char *, found->len + 2);

    if (found->len == 1) {
        const Candidate *only = found->pdata[0];

        matches[0] = insertion(candidates, only);
        rl_completion_append_character = only->open ? '\0' : ' ';
        rl_completion_suppress_quote = only->open;
        return matches;
    }
    matches[0] = common_prefix(candidates);
    for (guint i = 0; i < found->len; i++) {
        matches[i + 1] = insertion(candidates, found->pdata[i]);
    }
    return matches;
}

/* Shows @hint above the line, once: another Tab has nothing new to tell. */
static void show_hint(const char *hint)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (rl_last_func != rl_complete) {
        layout_put(text, output_width(prompt_session->output), NULL, hint);
        output_text(prompt_session->output, text->str);
    }
}

/* Those that are known of so far: which they have in common cannot be told. */
static void show_some(const Candidates *candidates)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (guint i = 0; i < candidates->found->len; i++) {
        g_autofree char *word = insertion(candidates, candidates->found->pdata[i]);

        g_string_append_printf(words, "%s%s", i ? "  " : "", word);
    }
    g_string_append(words, _("  ... (Tab again for all)"));
    show_hint(words->str);
}

static char **complete_word(const char *text G_GNUC_UNUSED, int start, int end)
{
    g_autofree char *line = g_strndup(rl_line_buffer, (gsize)end);
    g_autoptr(Candidates) candidates = candidates_find(prompt_session, line);
    /* readline's word begins behind the quote; where else they differ it cannot be completed */
    gboolean same = candidates->start + (candidates->quoted ? 1 : 0) == (size_t)start;

    rl_attempted_completion_over = 1;
    /* readline would ask "y or n" and show a "--More--", but with the callback interface it waits
     * for no answer; here, since ~/.inputrc may set them */
    rl_completion_query_items = 0;
    rl_variable_bind("page-completions", "off");
    if (candidates->found->len > 0 && candidates->cut) {
        show_some(candidates);
        return NULL;
    }
    if (candidates->found->len > 0 && same) {
        keep_meanings(candidates);
        return make_matches(candidates);
    }
    if (candidates->hint) {
        show_hint(candidates->hint);
    }
    return NULL;
}

/* @matches in columns, downwards, as readline has them. Free with g_free(). */
static char *lay_out(char **matches, int count, int columns, int rows)
{
    GString *text = g_string_new(NULL);
    int width = output_width(prompt_session->output) / columns;

    for (int row = 0; row < rows; row++) {
        for (int i = row; i < count; i += rows) {
            const char *word = matches[i + 1];
            gboolean last = i + rows >= count;

            layout_append_padded(text, word, last ? 0 : MAX(width, layout_columns(word) + 1));
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* @matches one a line with what they mean; of one that is not known (readline's own) nothing. Free
 * with g_free(). */
static char *lay_out_explained(char **matches, int count, int longest)
{
    GString *text = g_string_new(NULL);

    for (int i = 1; i <= count; i++) {
        const char *help = g_hash_table_lookup(meanings, matches[i]);
        g_autoptr(GString) line = g_string_new("  ");

        layout_append_padded(line, matches[i], MIN(longest, EXPLAINED));
        g_string_append_printf(line, "  %s\n", help ? help : "");
        layout_wrap(text, output_width(prompt_session->output), LAYOUT_HANG, line->str);
    }
    return g_string_free(text, FALSE);
}

static int count_lines(const char *text)
{
    int lines = 0;

    for (; *text; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* A list that is longer than the screen goes through the pager. */
static void show_matches(char **matches, int count, int longest)
{
    Output *output = prompt_session->output;
    int columns = MAX(output_width(output) / (longest + 2), 1);
    g_autofree char *explained = meanings ? lay_out_explained(matches, count, longest) : NULL;
    int rows = explained ? count_lines(explained) : (count + columns - 1) / columns;
    g_autofree char *pager = rows < output_height(output) - 1 || !output_can_draw(output)
                                 ? NULL
                                 : pager_command(prompt_session->pager);

    if (!pager && explained) {
        rl_crlf();
        fputs(explained, rl_outstream);
    } else if (!pager) {
        rl_display_match_list(matches, count, longest);
    } else {
        g_autofree char *text =
            explained ? g_steal_pointer(&explained) : lay_out(matches, count, columns, rows);

        rl_crlf();
        rl_deprep_terminal();
        pager_show(pager, text);
        rl_prep_terminal(1);
    }
    rl_forced_update_display();
}

void complete_at_prompt(Session *session)
{
    prompt_session = session;
    rl_basic_word_break_characters = " \t\n";
    rl_completer_quote_characters = "\"";
    rl_attempted_completion_function = complete_word;
    rl_completion_display_matches_hook = show_matches;
    rl_sort_completion_matches = 0; /* they have an order */
}

char *complete_list(Session *session, const char *line, char **hint)
{
    g_autoptr(Candidates) candidates = candidates_find(session, line);
    GString *text = g_string_new(NULL);

    if (candidates->cut) { /* nobody waits at a prompt: the rest, too */
        candidates_free(candidates);
        candidates = candidates_find(session, line);
    }
    for (guint i = 0; i < candidates->found->len; i++) {
        const Candidate *candidate = candidates->found->pdata[i];
        g_autofree char *word = line_quote(candidate->word);

        g_string_append_printf(text, "%s\n", word);
    }
    *hint = g_steal_pointer(&candidates->hint);
    return g_string_free(text, FALSE);
}
