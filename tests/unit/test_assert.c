/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions on a migration's figures, on recorded statuses and on ones at the edges. */
#include "commands/migration/condition.h"

#include <math.h>
#include <string.h>

#include "shell/error.h"
#include "tests/unit/transcript.h"

static const MigrationLimits NO_LIMITS;

/* What @line ("FIELD OP VALUE", VALUE to the end) comes to for @status: NULL when it holds, else
 * the error's message. Free with g_free(). */
static char *check_status(const MigrationStatus *status, const char *line, int *code)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    g_autoptr(Condition) condition = condition_new(words[0], words[1], words[2], &error);
    g_autoptr(MigrationCourse) course = course_new();
    g_auto(Figure) figure = {0};

    course_add(course, status, &NO_LIMITS, G_USEC_PER_SEC);
    if (condition) {
        g_autoptr(MigrationSummary) summary =
            migration_state_is_over(migration_status_state(status)) ? summary_new(course, "web01")
                                                                    : NULL;

        figure_get(condition_figure(condition), &(FigureSource){status, course, summary}, &figure);
        if (condition_check(condition, &figure, &error)) {
            g_assert_no_error(error);
            return NULL;
        }
    }
    g_assert_nonnull(error);
    *code = error->code;
    return g_strdup(error->message);
}

static void holds(const MigrationStatus *status, const char *line)
{
    int code;
    g_autofree char *message = check_status(status, line, &code);

    if (message) {
        g_error("%s: %s", line, message);
    }
}

static void fails(const MigrationStatus *status, const char *line, const char *expected)
{
    int code = -1;
    g_autofree char *message = check_status(status, line, &code);

    g_test_message("%s", line);
    g_assert_cmpstr(message, ==, expected);
    g_assert_cmpint(code, ==, HMPSH_ERROR_FAILED);
}

/* Whatever the status is. @part is in the message. */
static void is_wrong(const char *line, const char *part)
{
    g_autoptr(MigrationStatus) status = migration_status_new();
    int code = -1;
    g_autofree char *message = check_status(status, line, &code);

    g_test_message("%s: %s", line, message);
    g_assert_nonnull(message);
    g_assert_nonnull(strstr(message, part));
    g_assert_cmpint(code, ==, HMPSH_ERROR_SYNTAX);
}

static void test_recorded(void)
{
    g_autoptr(MigrationStatus) done = transcript_status("7.2", "completed");
    g_autoptr(MigrationStatus) active = transcript_status("7.2", "active");
    g_autoptr(MigrationStatus) idle = transcript_status("7.2", "idle");

    holds(done, "status == completed");
    holds(done, "verdict == completed");
    holds(done, "downtime == 40ms");
    holds(done, "downtime < 0.3");
    holds(done, "downtime <= 40000us");
    holds(done, "total-time > 8s");
    holds(done, "total-time < 1min");
    holds(done, "passes == 5");
    holds(done, "ram.dirty-sync-count == 5");
    holds(done, "normal == 88218");
    holds(done, "duplicate < 7419pages");
    holds(done, "total > 128");
    holds(done, "total < 129M");
    holds(done, "total == 134610944b");
    holds(done, "page-size == 4k");
    holds(done, "transferred <= 0.34G");
    holds(done, "mbps > 328");
    holds(done, "mbps < 328.5Mbit/s");
    holds(done, "mbps < 0.33Gbit/s");
    holds(done, "mbps < 40MiB/s");
    holds(done, "throughput > 39M");
    holds(done, "throughput < 40MiB/s");
    holds(done, "throughput >= 328Mbit/s");
    holds(done, "remaining == 0");
    fails(done, "downtime < 30ms", "downtime is 40 ms, not < 30ms");
    fails(done, "status == failed", "status is 'completed', not == failed");
    fails(done, "total == 128M", "total is 134610944 bytes (128 MiB), not == 128M");
    fails(done, "expected-downtime < 1", "expected-downtime has no value now");
    fails(done, "eta < 1", "eta has no value now");
    fails(done, "blackout < 1", "blackout has no value now");
    fails(done, "error-desc ~ .", "error-desc has no value now");
    holds(active, "status != completed");
    holds(active, "pass >= 1");
    holds(active, "left > 0");
    fails(active, "downtime < 1", "downtime has no value now");
    holds(idle, "status == none");
    fails(idle, "passes > 0", "passes has no value now");
    fails(idle, "verdict != failed", "verdict has no value now");
    fails(idle, "real-time > 0", "real-time is 0 ms, not > 0");
}

static void test_whole_numbers_are_exact(void)
{
    g_autoptr(MigrationStatus) status =
        status_of("{\"status\":\"active\",\"ram\":{\"normal\":18446744073709551615,\"remaining\":"
                  "18446744073709551615,\"duplicate\":9007199254740993,\"skipped\":0}}");

    holds(status, "normal == 18446744073709551615");
    holds(status, "normal > 18446744073709551614");
    holds(status, "normal < 18446744073709551616");
    holds(status, "normal < 1e30");
    holds(status, "normal > -1");
    holds(status, "normal != -1");
    holds(status, "remaining == 18446744073709551615b");
    holds(status, "remaining < 16e");
    holds(status, "remaining >= 15.99e");
    holds(status, "duplicate > 9007199254740992");
    holds(status, "duplicate < 9007199254740994");
    holds(status, "duplicate == 0x20000000000001");
    holds(status, "skipped == 0");
    holds(status, "skipped == -0");
    holds(status, "skipped > -18446744073709551615");
    holds(status, "skipped < 0.5");
    holds(status, "skipped > -0.5");
    holds(status, "skipped >= +0");
    fails(status, "normal == 18446744073709551614",
          "normal is 18446744073709551615 pages, not == 18446744073709551614");
    fails(status, "skipped < -1", "skipped is 0 pages, not < -1");
    fails(status, "skipped > 0", "skipped is 0 pages, not > 0");
}

static void test_each_operator_at_its_edge(void)
{
    static const char *const holding[] = {"< 301ms",  "<= 300ms", "> 299ms",     ">= 300ms",
                                          "== 300ms", "!= 299ms", "== 0.3",      "== 300000us",
                                          "== 3e8ns", "== 0.3s",  "< 300.001ms", "> 299.999ms"};
    static const char *const failing[] = {"< 300ms",  "<= 299ms",    "> 300ms",      ">= 301ms",
                                          "== 301ms", "!= 300ms",    "== 300.001ms", "> 300.001ms",
                                          "< 0.3",    "<= 299999us", "> 0.3",        "== 300"};
    g_autoptr(MigrationStatus) status = status_of("{\"status\":\"completed\",\"downtime\":300}");

    for (size_t i = 0; i < G_N_ELEMENTS(holding); i++) {
        g_autofree char *good = g_strconcat("downtime ", holding[i], NULL);
        g_autofree char *bad = g_strconcat("downtime ", failing[i], NULL);
        g_autofree char *message = g_strconcat("downtime is 300 ms, not ", failing[i], NULL);

        holds(status, good);
        fails(status, bad, message);
    }
}

/* 0.29 * 1000 is not quite 290 as a double. */
static void test_decimals_are_as_typed(void)
{
    for (guint ms = 0; ms < 2000; ms++) {
        g_autofree char *json = g_strdup_printf("{\"status\":\"completed\",\"downtime\":%u}", ms);
        g_autofree char *line = g_strdup_printf("downtime == %u.%03u", ms / 1000, ms % 1000);
        g_autoptr(MigrationStatus) status = status_of(json);

        holds(status, line);
    }
}

static void test_real_figures(void)
{
    g_autoptr(MigrationStatus) status = status_of("{\"status\":\"active\",\"ram\":{\"mbps\":201."
                                                  "58992},\"compression\":{\"busy-rate\":0.25}}");
    g_autoptr(MigrationStatus) odd = migration_status_new();

    holds(status, "mbps == 201.58992");
    holds(status, "mbps < 201.59");
    holds(status, "mbps > -1e300");
    holds(status, "compression-busy-rate == 0.25");
    fails(status, "mbps >= 500", "mbps is 201.58992 Mbit/s, not >= 500");
    migration_status_set_real(odd, FIELD_RAM_MBPS, (double)NAN);
    fails(odd, "mbps != 1", "mbps has no value now");
    migration_status_set_real(odd, FIELD_RAM_MBPS, (double)INFINITY);
    fails(odd, "mbps > 1", "mbps has no value now");
}

static void test_words(void)
{
    g_autoptr(MigrationStatus) status = status_of(
        "{\"status\":\"failed\",\"error-desc\":\"Unable to write to socket: Broken pipe\"}");
    g_autoptr(MigrationStatus) newer = status_of("{\"status\":\"teleporting\"}");

    holds(status, "error-desc ~ [Bb]roken");
    holds(status, "error-desc ~ socket: B");
    holds(status, "status ~ ^fail");
    holds(status, "verdict == failed");
    holds(status, "verdict != will not converge");
    fails(status, "error-desc ~ ^socket",
          "error-desc is 'Unable to write to socket: Broken pipe', not ~ ^socket");
    fails(status, "verdict == post-copy", "verdict is 'failed', not == post-copy");
    holds(newer, "status ~ tele");
    holds(newer, "status != completed");
}

static void test_wrong(void)
{
    is_wrong("dowtime < 1", "there is no figure 'dowtime' (did you mean 'downtime'?)");
    is_wrong("qqqqqqq < 1", "there is no figure 'qqqqqqq'");
    is_wrong("downtime = 1", "'=' is no comparison");
    is_wrong("downtime =< 1", "'=<' is no comparison");
    is_wrong("downtime ~ 1", "~ is for words");
    is_wrong("status < active", "is a word");
    is_wrong("status == complted", "'complted' is no status");
    is_wrong("verdict == never", "'never' is no verdict");
    is_wrong("error-desc ~ (", "is wrong at byte 1");
    is_wrong("downtime < nan", "seconds without a unit");
    is_wrong("downtime < inf", "seconds without a unit");
    is_wrong("downtime < -inf", "seconds without a unit");
    is_wrong("downtime < 1h", "seconds without a unit");
    is_wrong("downtime < 1 ms", "seconds without a unit");
    is_wrong("downtime < 64M", "seconds without a unit");
    is_wrong("downtime < 1e999", "seconds without a unit");
    is_wrong("downtime < ms", "seconds without a unit");
    is_wrong("downtime < --1", "seconds without a unit");
    is_wrong("downtime < 0x", "seconds without a unit");
    is_wrong("remaining < 1ms", "MiB without a unit");
    is_wrong("remaining < 1MB", "MiB without a unit");
    is_wrong("remaining < 1BiB", "MiB without a unit");
    is_wrong("remaining < 64M/s", "MiB without a unit");
    is_wrong("throughput < 1/s", "MiB/s without a unit");
    is_wrong("throughput < 1pages", "MiB/s without a unit");
    is_wrong("mbps < 1Mbit", "Mbit/s without a unit");
    is_wrong("passes < 1M", "a number");
    is_wrong("passes < three", "a number");
    is_wrong("percent < 1pages", "a number of percent");
    is_wrong("passes < ", "a number");
}

static void test_names(void)
{
    const char *const *names = figure_names();
    FigureInfo info;

    for (; *names; names++) {
        g_assert_true(figure_find(*names, &info, NULL));
        g_assert_cmpstr(info.name, ==, *names);
    }
    g_assert_true(figure_find("ram.remaining", &info, NULL));
    g_assert_cmpint(info.unit, ==, UNIT_BYTES);
    g_assert_true(g_strv_contains(condition_words("status"), "completed"));
    g_assert_true(g_strv_contains(condition_words("verdict"), "will not converge"));
    g_assert_null(condition_words("downtime"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assert/recorded", test_recorded);
    g_test_add_func("/assert/whole-numbers-are-exact", test_whole_numbers_are_exact);
    g_test_add_func("/assert/each-operator-at-its-edge", test_each_operator_at_its_edge);
    g_test_add_func("/assert/decimals-are-as-typed", test_decimals_are_as_typed);
    g_test_add_func("/assert/real-figures", test_real_figures);
    g_test_add_func("/assert/words", test_words);
    g_test_add_func("/assert/wrong", test_wrong);
    g_test_add_func("/assert/names", test_names);
    return g_test_run();
}
