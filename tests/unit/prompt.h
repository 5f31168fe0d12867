/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A prompt to complete at: hmpsh's real rows, and two guests that answer as QEMU 7.2 and 10.0 did.
 */
#pragma once

#include <string.h>

#include "commands/table.h"
#include "completion/candidates.h"
#include "shell/line.h"
#include "tests/unit/replayed.h"
#include "tests/unit/transcript.h"

#define ASK_CAPABILITIES "{\"execute\":\"query-migrate-capabilities\"}"
#define ASK_PARAMETERS "{\"execute\":\"query-migrate-parameters\"}"
#define ASK_BLOCK "{\"execute\":\"query-block\"}"
#define ASK_NODES "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}"
#define ASK_SCHEMA "{\"execute\":\"query-qmp-schema\"}"

static inline void record(GString *recording, const char *command, const char *version,
                          const char *file)
{
    g_autofree char *text = transcript_text(version, file);

    g_string_append_printf(recording, "> %s\n%s\n", command, text);
}

static inline char *recording_of(const char *version)
{
    GString *recording = g_string_new(NULL);

    record(recording, "help", version, "help-all.txt");
    record(recording, "help info", version, "help-info.txt");
    record(recording, ASK_CAPABILITIES, version, "idle.capabilities.json");
    record(recording, ASK_PARAMETERS, version, "idle.parameters.json");
    if (strcmp(version, "7.2") == 0) {
        record(recording, ASK_SCHEMA, version, "qmp-schema.json");
    }
    return g_string_free(recording, FALSE);
}

typedef struct {
    Session *session;
} Prompt;

static inline void prompt_set_up(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    const SessionSetup setup = {.commands = all_commands, .qemu_lookers = qemu_lookers};
    const OutputMode mode = {0};
    g_autofree char *old = recording_of("7.2");
    g_autofree char *new = recording_of("10.0");

    prompt->session = replayed_session(&setup, &mode);
    prompt->session->current = replayed_guest(prompt->session, "web01", old);
    prompt->session->peer = replayed_guest(prompt->session, "web02", new);
}

static inline void prompt_tear_down(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    session_free(prompt->session);
}

/* The candidates for @line, each with a blank behind it. Free with g_free(). */
static inline char *find(Prompt *prompt, const char *line)
{
    g_autoptr(Candidates) candidates = candidates_find(prompt->session, line);
    GString *text = g_string_new(" ");
    size_t start = candidates->start;

    g_test_message("%s", line);
    g_assert_cmpuint(start, <=, strlen(line));
    g_assert_true(start == 0 || line[start - 1] == ' ');
    g_assert_true(candidates->found->len == 0 || !candidates->hint);
    for (guint i = 0; i < candidates->found->len; i++) {
        const Candidate *candidate = candidates->found->pdata[i];
        g_autofree char *word = line_quote(candidate->word);

        g_assert_true(g_str_has_prefix(candidate->word, line + start) || line[start] == '"');
        g_string_append_printf(text, "%s ", word);
    }
    return g_string_free(text, FALSE);
}

/* Nothing is found for @line, and @expected said instead. */
static inline void check_hint(Prompt *prompt, const char *line, const char *expected)
{
    g_autoptr(Candidates) candidates = candidates_find(prompt->session, line);

    g_test_message("%s", line);
    g_assert_cmpuint(candidates->found->len, ==, 0);
    g_assert_cmpstr(candidates->hint, ==, expected);
}

/* Exactly @expected, words with one blank between them. */
static inline void check(Prompt *prompt, const char *line, const char *expected)
{
    g_autofree char *found = g_strstrip(find(prompt, line));

    g_assert_cmpstr(found, ==, expected);
}

/* All of @there are among them, none of @absent is. */
static inline void check_some(Prompt *prompt, const char *line, const char *there,
                              const char *absent)
{
    g_autofree char *found = find(prompt, line);
    const char *const lists[] = {there, absent};

    for (int i = 0; i < 2; i++) {
        g_auto(GStrv) words = g_strsplit(lists[i], " ", -1);

        for (char **word = words; *word; word++) {
            g_autofree char *wanted = g_strdup_printf(" %s ", *word);

            if ((strstr(found, wanted) != NULL) != (i == 0)) {
                g_error("'%s' is %s among:%s", *word, i ? "" : "not", found);
            }
        }
    }
}

static inline void check_sent(Guest *guest, const char *expected)
{
    g_autofree char *sent = replay_sent(guest->monitor);

    g_assert_cmpstr(sent, ==, expected);
}
