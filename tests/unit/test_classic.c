/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classic face against what QEMU itself printed: for each recorded state, the lines made from
 * query-migrate's reply are those of `info migrate`, taken a moment later. */
#include "commands/migration/classic.h"

#include <string.h>

#include "tests/unit/transcript.h"

static char *classic(const MigrationStatus *status)
{
    GString *out = g_string_new(NULL);

    migration_classic(status, out);
    return g_string_free(out, FALSE);
}

/* QEMU's text from behind its block "globals:". Borrowed. */
static const char *behind_globals(const char *text)
{
    const char *last = strstr(text, "clear-bitmap-shift: ");

    g_assert_true(g_str_has_prefix(text, "globals:\n"));
    g_assert_nonnull(last);
    return strchr(last, '\n') + 1;
}

/* @text with each run of digits made "#" in every line that does not begin with one of @fixed, or
 * in none when @moving is NULL but in those that begin with it. Free with g_free(). */
static char *without_figures(const char *text, const char *const *fixed, const char *moving)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        gboolean keep = moving && !g_str_has_prefix(*line, moving);

        for (const char *const *each = fixed; each && *each; each++) {
            keep |= g_str_has_prefix(*line, *each);
        }
        for (const char *at = *line; *at; at++) {
            if (keep || !g_ascii_isdigit(*at)) {
                g_string_append_c(out, *at);
            } else if (!g_ascii_isdigit(at[1])) {
                g_string_append_c(out, '#');
            }
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

/* The figures of two texts with the same lines are of the same size: QEMU went on between the two
 * queries, but only for milliseconds. */
static void check_figures(const char *ours, const char *theirs)
{
    g_auto(GStrv) our_lines = g_strsplit(ours, "\n", -1);
    g_auto(GStrv) their_lines = g_strsplit(theirs, "\n", -1);

    for (size_t i = 0; our_lines[i] && their_lines[i]; i++) {
        const char *our_figure = strstr(our_lines[i], ": ");
        const char *their_figure = strstr(their_lines[i], ": ");
        double a = our_figure ? g_ascii_strtod(our_figure + 2, NULL) : 0;
        double b = their_figure ? g_ascii_strtod(their_figure + 2, NULL) : 0;

        g_test_message("%s | %s", our_lines[i], their_lines[i]);
        g_assert_cmpfloat(MAX(a, b), <=, 3 * MIN(a, b) + 10);
    }
}

static gboolean stands_still(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    /* On the destination, and while connecting, there are no figures. */
    return !migration_state_is_running(state) ||
           !migration_status_has(status, FIELD_RAM_TOTAL_BYTES);
}

static void check_pair(const char *version, const char *name)
{
    static const char *const fixed[] = {"Migration status", "setup",      "total ram",
                                        "page size",        "total disk", "cache size",
                                        "cpu throttle",     NULL};
    g_autofree char *file = g_strconcat(name, ".txt", NULL);
    g_autofree char *text = transcript_text(version, file);
    g_autoptr(MigrationStatus) status = transcript_status(version, name);
    g_autofree char *ours = classic(status);
    const char *theirs = behind_globals(text);
    g_autofree char *our_lines = NULL;
    g_autofree char *their_lines = NULL;

    g_test_message("%s/%s", version, name);
    if (stands_still(status)) {
        g_assert_cmpstr(ours, ==, theirs);
        return;
    }
    if (migration_status_needs_attention(status)) {
        /* Only the clock goes on. */
        our_lines = without_figures(ours, NULL, "total time: ");
        their_lines = without_figures(theirs, NULL, "total time: ");
    } else {
        our_lines = without_figures(ours, fixed, NULL);
        their_lines = without_figures(theirs, fixed, NULL);
    }
    g_assert_cmpstr(our_lines, ==, their_lines);
    check_figures(ours, theirs);
}

static void test_pairs(void)
{
    g_assert_cmpint(transcript_each_pair(check_pair), >=, 100);
}

static void check(const char *json, const char *expected)
{
    g_autoptr(MigrationStatus) status = status_of(json);
    g_autofree char *text = classic(status);

    g_assert_cmpstr(text, ==, expected);
}

static void test_nothing(void)
{
    check("{}", "");
    check("{\"status\":\"setup\"}", "Migration status: setup\ntotal time: 0 ms\n");
}

static void test_trouble(void)
{
    check("{\"blocked-reasons\":[\"The vvfat device\",\"The -smb option\"]}",
          "Outgoing migration blocked:\n  The vvfat device\n  The -smb option\n");
    check("{\"status\":\"failed\",\"error-desc\":\"no route\"}",
          "Migration status: failed (no route)\ntotal time: 0 ms\n");
    check("{\"status\":\"cancelled\",\"error-desc\":\"no route\"}",
          "Migration status: cancelled\ntotal time: 0 ms\n");
    check("{\"status\":\"thinking\",\"total-time\":7}",
          "Migration status: thinking\ntotal time: 7 ms\n");
}

static void test_destination(void)
{
    check(
        "{\"socket-address\":[{\"type\":\"inet\",\"host\":\"::1\",\"port\":\"44\"},"
        "{\"type\":\"unix\",\"path\":\"/run/m\"},{\"type\":\"vsock\",\"cid\":\"3\",\"port\":\"9\"},"
        "{\"type\":\"fd\",\"str\":\"f\"}]}",
        "socket address: [\n\ttcp:[::1]:44\n\tunix:/run/m\n\tvsock:3:9\n\tfd:f\n]\n");
    check("{\"postcopy-blocktime\":8,\"postcopy-vcpu-blocktime\":[12,3]}",
          "postcopy blocktime: 8\npostcopy vcpu blocktime: 12,3\n");
}

/* The lines of capabilities that need hardware, or another QEMU than the recorded ones. */
static void test_rare(void)
{
    check("{\"cpu-throttle-percentage\":99,\"dirty-limit-throttle-time-per-round\":4,"
          "\"dirty-limit-ring-full-time\":5,\"vfio\":{\"transferred\":4095},"
          "\"ram\":{\"skipped\":0,\"precopy-bytes\":0,\"dirty-sync-missed-zero-copy\":2,"
          "\"mbps\":0.125,\"transferred\":18446744073709551615}}",
          "transferred ram: 18014398509481983 kbytes\nthroughput: 0.12 mbps\nskipped: 0 pages\n"
          "Zero-copy-send fallbacks happened: 2 times\ncpu throttle percentage: 99\n"
          "dirty-limit throttle time: 4 us\ndirty-limit ring full time: 5 us\n"
          "vfio device transferred: 3 kbytes\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/classic/pairs", test_pairs);
    g_test_add_func("/classic/nothing", test_nothing);
    g_test_add_func("/classic/trouble", test_trouble);
    g_test_add_func("/classic/destination", test_destination);
    g_test_add_func("/classic/rare", test_rare);
    return g_test_run();
}
