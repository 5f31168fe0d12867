/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `explain` has to say: that it is all there, once, and leads nowhere else than to topics. */
#include <string.h>

#include "commands/explain.h"
#include "commands/migration/forecast.h"
#include "commands/migration/state.h"

static GPtrArray *all_topics(void)
{
    TopicWorld world = explain_world();

    return topics_new(&world);
}

static gboolean is_found(const GPtrArray *topics, const char *name)
{
    g_autoptr(GPtrArray) found = topics_find(topics, name);

    return found->len > 0;
}

/* --- the tables and their explanations --- */

/* Each topic of @kind has a row of @list, and each row a topic. */
static void check_kind(const GPtrArray *topics, TopicKind kind, const Explanation *list)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = topics->pdata[i];

        if (topic->kind == kind) {
            g_test_message("%s '%s'", topic_kind_word(kind), topic->names[0]);
            g_assert_nonnull(topic->explanation);
            g_hash_table_add(seen, (gpointer)topic->explanation);
        }
    }
    for (const Explanation *row = list; row->name; row++) {
        g_test_message("row '%s'", row->name);
        g_assert_true(g_hash_table_contains(seen, row));
    }
}

static void test_tables(void)
{
    g_autoptr(GPtrArray) topics = all_topics();

    check_kind(topics, TOPIC_PARAMETER, explained_parameters);
    check_kind(topics, TOPIC_CAPABILITY, explained_capabilities);
    check_kind(topics, TOPIC_STATUS, explained_statuses);
    check_kind(topics, TOPIC_FIGURE, explained_figures);
    check_kind(topics, TOPIC_POLICY_KEY, explained_policy_keys);
    check_kind(topics, TOPIC_TERM, explained_terms);
}

/* Their own tables say the rest: an explanation is not there for each, but never for what there is
 * not. */
static void check_rows(const GPtrArray *topics, TopicKind kind, const Explanation *list)
{
    for (const Explanation *row = list; row->name; row++) {
        guint count = 0;

        for (guint i = 0; i < topics->len; i++) {
            const Topic *topic = topics->pdata[i];

            count += topic->explanation == row && topic->kind == kind;
        }
        g_test_message("row '%s'", row->name);
        g_assert_cmpuint(count, ==, 1);
    }
}

static void test_partly(void)
{
    g_autoptr(GPtrArray) topics = all_topics();

    check_rows(topics, TOPIC_EVENT, explained_events);
    check_rows(topics, TOPIC_OPTION, explained_options);
}

static void test_policy_keys(void)
{
    g_autoptr(GPtrArray) topics = all_topics();

    for (const char *const *policy = policy_names(); *policy; policy++) {
        const PolicyKey *key;

        for (guint i = 0; (key = policy_key_at(*policy, i)); i++) {
            g_autofree char *name = g_strdup_printf("%s %s", *policy, key->name);
            g_autoptr(GPtrArray) found = topics_find(topics, name);

            g_test_message("%s", name);
            g_assert_cmpuint(found->len, ==, 1);
            g_assert_cmpint(((const Topic *)found->pdata[0])->kind, ==, TOPIC_POLICY_KEY);
        }
    }
}

static void test_verdicts(void)
{
    g_autoptr(GPtrArray) topics = all_topics();

    for (Verdict verdict = VERDICT_NONE + 1; verdict <= VERDICT_CANCELLED; verdict++) {
        g_test_message("%s", verdict_word(verdict));
        g_assert_true(is_found(topics, verdict_word(verdict)));
    }
}

/* --- the texts --- */

static const Explanation *const LISTS[] = {
    explained_parameters, explained_capabilities, explained_statuses,    explained_events,
    explained_figures,    explained_options,      explained_policy_keys, explained_terms,
};

/* A sentence or several, that nobody else has. */
static void check_text(GHashTable *texts, const char *name, const char *text)
{
    gsize length = text ? strlen(text) : 0;

    if (!text) {
        return;
    }
    g_test_message("%s: %s", name, text);
    g_assert_cmpuint(length, >, 0);
    g_assert_true(text[length - 1] == '.');
    g_assert_null(strstr(text, "  "));
    g_assert_null(strchr(text, '\n'));
    g_assert_true(g_hash_table_add(texts, (gpointer)text));
}

static void check_row(const GPtrArray *topics, GHashTable *texts, const Explanation *row)
{
    g_auto(GStrv) see = g_strsplit(row->see ? row->see : "", ", ", -1);

    check_text(texts, row->name, row->what);
    check_text(texts, row->name, row->effect);
    check_text(texts, row->name, row->when);
    check_text(texts, row->name, row->told);
    g_assert_true(row->what || row->effect || row->when || row->told || row->see);
    for (char **name = see; *name; name++) {
        g_test_message("%s: see %s", row->name, *name);
        g_assert_true(is_found(topics, *name));
    }
}

static void test_texts(void)
{
    g_autoptr(GPtrArray) topics = all_topics();
    g_autoptr(GHashTable) texts = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < G_N_ELEMENTS(LISTS); i++) {
        for (const Explanation *row = LISTS[i]; row->name; row++) {
            check_row(topics, texts, row);
        }
    }
}

/* Of every topic something is said, and each part of it once. */
static void test_parts(void)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = topics->pdata[i];
        g_autofree char *help = topic_help(topic, &world);
        g_autoptr(GPtrArray) parts = topic_parts(topic, &world);
        g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);

        g_test_message("%s '%s'", topic_kind_word(topic->kind), topic->names[0]);
        g_assert_true((help && *help) ||
                      (parts->len > 0 && !((const TopicPart *)parts->pdata[0])->label));
        g_assert_true(!help || !g_str_has_suffix(help, "."));
        for (guint j = 0; j < parts->len; j++) {
            const TopicPart *part = parts->pdata[j];

            g_assert_true(g_hash_table_add(keys, (gpointer)part->key));
            g_assert_true(part->lines[0] && *part->lines[0]);
        }
    }
}

/* --- finding --- */

/* The kinds of what @name finds, in their order, with blanks between. */
static void check_found(const char *name, const char *expected)
{
    g_autoptr(GPtrArray) topics = all_topics();
    g_autoptr(GPtrArray) found = topics_find(topics, name);
    g_autoptr(GString) kinds = g_string_new(NULL);

    for (guint i = 0; i < found->len; i++) {
        const Topic *topic = found->pdata[i];

        g_string_append_printf(kinds, "%s%s", i ? " " : "", topic_kind_word(topic->kind));
    }
    g_test_message("%s", name);
    g_assert_cmpstr(kinds->str, ==, expected);
}

static void test_find(void)
{
    check_found("downtime-limit", "term parameter");
    check_found("downtime_limit", "term parameter");
    check_found("Downtime Limit", "term parameter");
    check_found("W", "term figure"); /* by its other name */
    check_found("w", "term figure");
    check_found("working-set", "term figure");
    check_found("zero_copy_send", "capability");
    check_found("stop", "event");
    check_found("MIGRATION", "event");
    check_found("postcopy-paused", "status");
    check_found("remaining", "figure figure"); /* of memory; of all, in QEMU 11.1 */
    check_found("ram.remaining", "figure");
    check_found("transferred ram", "figure");
    check_found("--p2p", "option");
    check_found("p2p", "option");
    check_found("VIR_MIGRATE_PEER2PEER", "option");
    check_found("VIR_MIGRATE_PARAM_BANDWIDTH", "option");
    check_found("migrate_uri", "option"); /* a key of libvirt's */
    check_found("bandwidth", "term policy-key option");
    check_found("--direct", "option");
    check_found("0", ""); /* --direct is no flag of libvirt's */
    check_found("nova", "policy");
    check_found("nova downtime_steps", "policy-key");
    check_found("downtime_steps", "policy-key");
    check_found("memory", "policy-key");
    check_found("manual", "policy");
    check_found("migrate_set_downtime", "command");
    check_found("info migrate", "command");
    check_found("?", "command");
    check_found("unknown", "");
    check_found("", "");
    check_found("nova memory downtime", "");
}

static void test_closest(void)
{
    g_autoptr(GPtrArray) topics = all_topics();

    g_assert_cmpstr(topics_closest(topics, "blakout"), ==, "blackout");
    g_assert_cmpstr(topics_closest(topics, "downtime-limt"), ==, "downtime-limit");
    g_assert_cmpstr(topics_closest(topics, "VIR_MIGRATE_PEER2PER"), ==, "VIR_MIGRATE_PEER2PEER");
    g_assert_null(topics_closest(topics, "qqqqqqqqqqqq"));
}

/* --- what the tables say --- */

/* What is said of @name's topic of @kind under @key; NULL: nothing. Free with g_free(). */
static char *said(TopicKind kind, const char *name, const char *key)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);
    g_autoptr(GPtrArray) found = topics_find(topics, name);

    for (guint i = 0; i < found->len; i++) {
        const Topic *topic = found->pdata[i];
        g_autoptr(GPtrArray) parts = topic_parts(topic, &world);

        for (guint j = 0; topic->kind == kind && j < parts->len; j++) {
            const TopicPart *part = parts->pdata[j];

            if (strcmp(part->key, key) == 0) {
                return g_strjoinv("|", part->lines);
            }
        }
    }
    return NULL;
}

static void check_said(TopicKind kind, const char *name, const char *key, const char *expected)
{
    g_autofree char *text = said(kind, name, key);

    g_test_message("%s: %s", name, key);
    g_assert_cmpstr(text, ==, expected);
}

static void test_said(void)
{
    check_said(TOPIC_PARAMETER, "downtime-limit", "default", "300 ms");
    check_said(TOPIC_PARAMETER, "downtime-limit", "range", "0-2000 s");
    check_said(TOPIC_PARAMETER, "downtime-limit", "unit", "milliseconds");
    check_said(TOPIC_PARAMETER, "downtime-limit", "qemu", "from 2.8 on");
    check_said(TOPIC_PARAMETER, "max-bandwidth", "default",
               "128 MiB/s; before QEMU 5.2 it was 32 MiB/s");
    check_said(TOPIC_PARAMETER, "x-checkpoint-delay", "default",
               "20 s; before QEMU 3.1 it was 200 ms");
    check_said(TOPIC_PARAMETER, "block-incremental", "default", "off");
    check_said(TOPIC_PARAMETER, "block-incremental", "qemu", "from 2.10 on; gone since 9.1");
    check_said(TOPIC_PARAMETER, "compress-wait-thread", "default", "on");
    check_said(TOPIC_PARAMETER, "cpu-throttle-increment", "default", "10 %");
    check_said(TOPIC_PARAMETER, "x-multifd-channels", "qemu",
               "from 2.11 on; since 4.0 it is called multifd-channels");
    check_said(TOPIC_PARAMETER, "cpr-exec-command", "default", "not set");
    check_said(TOPIC_CAPABILITY, "mapped-ram", "qemu", "from 9.0 on");
    check_said(TOPIC_FIGURE, "blackout", "unit", "ms");
    check_said(TOPIC_FIGURE, "remaining", "member", "ram.remaining");
    check_said(TOPIC_FIGURE, "blackout", "member", NULL); /* not QEMU's */
    check_said(TOPIC_OPTION, "--p2p", "flag", "VIR_MIGRATE_PEER2PEER");
    check_said(TOPIC_OPTION, "bandwidth", "parameter",
               "VIR_MIGRATE_PARAM_BANDWIDTH, \"bandwidth\"");
    check_said(TOPIC_OPTION, "--direct", "flag", NULL);
    check_said(TOPIC_POLICY_KEY, "nova downtime", "default", "500 ms");
    check_said(TOPIC_POLICY_KEY, "nova downtime", "range", "100-2000000");
    check_said(TOPIC_POLICY_KEY, "nova downtime", "policies", "nova|nova-train");
    check_said(TOPIC_POLICY_KEY, "compressed", "default",
               "off (vdsm-minimal-downtime)|on (vdsm-suspend)|off (vdsm-postcopy)|"
               "off (vdsm-very-large)");
    check_said(TOPIC_POLICY_KEY, "timeout_action", "range", "abort, force_complete");
    check_said(TOPIC_EVENT, "BLOCK_JOB_COMPLETED", "data", "error: the block job failed");
    check_said(TOPIC_EVENT, "STOP", "data", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explanation/tables", test_tables);
    g_test_add_func("/explanation/tables/partly", test_partly);
    g_test_add_func("/explanation/policy-keys", test_policy_keys);
    g_test_add_func("/explanation/verdicts", test_verdicts);
    g_test_add_func("/explanation/texts", test_texts);
    g_test_add_func("/explanation/parts", test_parts);
    g_test_add_func("/explanation/find", test_find);
    g_test_add_func("/explanation/closest", test_closest);
    g_test_add_func("/explanation/said", test_said);
    return g_test_run();
}
