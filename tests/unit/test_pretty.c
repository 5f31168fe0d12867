/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pretty face and the live line: what they say of recorded states, and that they fit whatever
 * the width. */
#include "commands/migration/pretty.h"

#include <string.h>

#include "shell/layout.h"
#include "commands/migration/progress.h"
#include "tests/unit/transcript.h"

static char *pretty(const MigrationStatus *status, const MigrationPretty *options)
{
    GString *out = g_string_new(NULL);

    migration_pretty(status, options, out);
    return g_string_free(out, FALSE);
}

typedef struct {
    const char *version, *name;
    MigrationPretty options;
    const char *text;
} Golden;

static const Golden goldens[] = {
    {"7.2", "idle", {.width = 80}, "No migration has been started on this guest.\n"},
    {"7.2", "idle", {.width = 40}, "No migration has been started on this\nguest.\n"},
    {"7.2",
     "active-pass1",
     {.width = 80, .limits = &(MigrationLimits){.bandwidth = 25165824, .downtime_ms = 300}},
     "active  [##------------------]  11 %  pass 1\n"
     "  Remaining     113 MiB of 128 MiB\n"
     "  Throughput    24 MiB/s, limit 24 MiB/s\n"
     "  Transferred   14.4 MiB\n"
     "  Pages         3683 normal, 226 zero, 4 KiB each, 6140 pages/s\n"
     "  Time          560 ms, setup 4 ms\n"},
    {"7.2",
     "active-pass1",
     {.width = 40},
     "active  [#---------------]  11 %  pass 1\n"
     "  Remaining     113 MiB of 128 MiB\n"
     "  Throughput    24 MiB/s\n"
     "  Transferred   14.4 MiB\n"
     "  Pages         3683 normal, 226 zero,\n"
     "                4 KiB each, 6140 pages/s\n"
     "  Time          560 ms, setup 4 ms\n"},
    {"7.2",
     "active",
     {.width = 200,
      .colour = TRUE,
      .limits = &(MigrationLimits){.bandwidth = 25165824, .downtime_ms = 300}},
     "\033[1mactive\033[0m  pass 3\n"
     "  Remaining     84.6 MiB of 128 MiB\n"
     "  Switch-over   at 7.2 MiB left, for a downtime limit of 300 ms\n"
     "  Throughput    24 MiB/s, limit 24 MiB/s\n"
     "  Dirty rate    23.6 MiB/s, 6044 pages/s\n"
     "  Transferred   207 MiB\n"
     "  Pages         52787 normal, 7418 zero, 4 KiB each, 6140 pages/s\n"
     "  Time          8.6 s, setup 4 ms\n"
     "  Downtime      expected 4.1 s\n"},
    /* A later pass whose dirty rate QEMU does not know yet: its expected downtime is the limit. */
    {"7.2",
     "compress",
     {.width = 80},
     "active  pass 2\n"
     "  Remaining     92.9 MiB of 128 MiB\n"
     "  Throughput    1.1 MiB/s\n"
     "  Transferred   1.7 MiB\n"
     "  Pages         2 normal, 7442 zero, 4 KiB each, 43490 pages/s\n"
     "  Time          625 ms, setup 4 ms\n"
     "  Compression   27022 pages in 1.4 MiB\n"},
    {"7.2",
     "completed",
     {.width = 40, .limits = &(MigrationLimits){.bandwidth = 25165824, .downtime_ms = 300}},
     "completed\n"
     "  Memory        128 MiB\n"
     "  Throughput    39.2 MiB/s on average\n"
     "  Transferred   345 MiB,\n"
     "                pre-copy 246 MiB,\n"
     "                guest stopped 99.2 MiB\n"
     "  Pages         88218 normal, 7418 zero,\n"
     "                4 KiB each\n"
     "  Passes        5\n"
     "  Time          8.8 s, setup 4 ms\n"
     "  Downtime      40 ms\n"},
    {"7.2",
     "failed",
     {.width = 40, .colour = TRUE},
     "\033[1;31mfailed\033[0m\n"
     "  Error         Failed to connect to\n"
     "                '127.0.0.1:1':\n"
     "                Connection refused\n"},
    {"10.0", "cancelled", {.width = 80, .colour = TRUE}, "\033[1;33mcancelled\033[0m\n"},
    {"7.2", "setup-cancelled", {.width = 80}, "cancelling\n  Time          2 s, setup 0 ms\n"},
    {"10.0",
     "postcopy-paused",
     {.width = 80},
     "postcopy-paused\n"
     "  Error         Postcopy migration is paused by the user\n"
     "  Waiting for   migrate_recover at the destination, then migrate -r at the\n"
     "                source\n"
     "  Remaining     94.9 MiB of 128 MiB\n"
     "  Transferred   104 MiB, pre-copy 100 MiB, post-copy 4.1 MiB\n"
     "  Pages         26634 normal, 7417 zero, 4 KiB each\n"
     "  Passes        3\n"
     "  Time          6.2 s, setup 6 ms\n"
     "  Downtime      3 ms\n"
     "  Post-copy     28 pages requested\n"},
    {"7.2",
     "pre-switchover",
     {.width = 80, .limits = &(MigrationLimits){.downtime_ms = 300}},
     "pre-switchover\n"
     "  Waiting for   migrate_continue pre-switchover\n"
     "  Remaining     127 MiB of 128 MiB\n"
     "  Transferred   12.8 MiB\n"
     "  Pages         3270 normal, 226 zero, 4 KiB each\n"
     "  Passes        2\n"
     "  Time          415 ms, setup 2 ms\n"},
    {"7.2",
     "xbzrle",
     {0},
     "active  pass 5\n"
     "  Remaining     89.9 MiB of 128 MiB\n"
     "  Throughput    24 MiB/s\n"
     "  Dirty rate    23.9 MiB/s, 6116 pages/s\n"
     "  Transferred   199 MiB\n"
     "  Pages         50562 normal, 7646 zero, 4 KiB each, 6140 pages/s\n"
     "  Time          8.3 s, setup 1 ms\n"
     "  Downtime      expected 4.1 s\n"
     "  XBZRLE        cache 128 MiB, 51568 pages in 302 KiB, missed 99 %\n"},
    {"7.2",
     "blkmig-active",
     {.width = 80},
     "active  [#####---------------]  29 %  disks\n"
     "  Remaining     128 MiB of 128 MiB\n"
     "  Throughput    10 MiB/s\n"
     "  Disks         68 MiB of 96 MiB left\n"
     "  Time          2 s, setup 1 ms\n"},
    {"7.2",
     "incoming-socket-address",
     {.width = 80},
     "This guest waits for an incoming migration.\n"
     "  Listening at  tcp:0.0.0.0:46179\n"},
};

static void test_goldens(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autoptr(MigrationStatus) status = transcript_status(goldens[i].version, goldens[i].name);
        g_autofree char *text = pretty(status, &goldens[i].options);

        g_assert_cmpstr(text, ==, goldens[i].text);
    }
}

/* What was not recorded: several vCPUs, hostile text, newer members, a word of a newer QEMU. */
static void test_rare(void)
{
    g_autoptr(MigrationStatus) status = status_of(
        "{\"status\":\"thin\\u001b[31mking\",\"error-desc\":\"one\\r\\n\\u009btwo\","
        "\"remaining\":3145728,\"expected-downtime\":9223372036854775807,"
        "\"blocked-reasons\":[\"a disk\",\"b\"],\"postcopy-blocktime\":70,"
        "\"postcopy-vcpu-blocktime\":[30,40],\"cpu-throttle-percentage\":40,"
        "\"dirty-limit-throttle-time-per-round\":5,\"vfio\":{\"transferred\":1024},"
        "\"ram\":{\"remaining\":1048576,\"total\":2097152,\"dirty-sync-count\":2,\"mbps\":8,"
        "\"dirty-pages-rate\":1,\"dirty-sync-missed-zero-copy\":1}}");
    g_autofree char *text = pretty(status, &(MigrationPretty){.width = 80});
    g_autofree char *line =
        migration_progress_line(status, NULL, &(MigrationLimits){.downtime_ms = 1000}, 0);

    g_assert_cmpstr(text, ==,
                    "thin [31mking  pass 2\n"
                    "  Error         one two\n"
                    "  Blocked by    a disk\n"
                    "                b\n"
                    "  Remaining     1 MiB of 2 MiB, 3 MiB with devices\n"
                    "  Throughput    977 KiB/s\n"
                    "  Dirty rate    1 page/s\n"
                    "  VFIO          1 KiB transferred\n"
                    "  Post-copy     all vCPUs waited 70 ms, by vCPU 30 40 ms\n"
                    "  CPU throttle  40 %\n"
                    "  Dirty limit   5 us a round\n"
                    "  Zero-copy     1 fallback to copying\n");
    g_assert_cmpstr(line, ==,
                    "thin [31mking  pass 2  1 MiB left, switch-over at 977 KiB  977 KiB/s  "
                    "throttled 40 %");
}

/* @text without colours; any other control character but a newline fails the test. Free with
 * g_free(). */
static char *without_colour(const char *text)
{
    GString *plain = g_string_new(NULL);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text++) {
        if (*text == '\033') {
            g_assert_cmpint(text[1], ==, '[');
            text += 2 + strspn(text + 2, "0123456789;");
            g_assert_cmpint(*text, ==, 'm');
            continue;
        }
        g_assert_true(*text == '\n' || !g_ascii_iscntrl(*text));
        g_string_append_c(plain, *text);
    }
    return g_string_free(plain, FALSE);
}

static void check_page(const MigrationStatus *status, int width)
{
    MigrationPretty options = {
        .width = width, .limits = &(MigrationLimits){.bandwidth = 104857600, .downtime_ms = 300}};
    g_autofree char *text = pretty(status, &options);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *colourful = NULL;
    g_autofree char *plain = NULL;

    for (char **line = lines; *line; line++) {
        g_assert_cmpint(layout_columns(*line), <=, width);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
    options.colour = TRUE;
    colourful = pretty(status, &options);
    plain = without_colour(colourful);
    g_assert_cmpstr(plain, ==, text);
    g_assert_null(strchr(text, '\033'));
}

static void check_fit(const char *version, const char *name)
{
    g_autoptr(MigrationStatus) status = transcript_status(version, name);
    MigrationLimits limits = {.known_downtime = TRUE, .downtime_ms = 300};
    g_autofree char *whole = migration_progress_line(status, NULL, &limits, 0);
    const char *word = migration_status_text(status, FIELD_STATUS);

    g_test_message("%s/%s", version, name);
    for (int width = 40; width <= 200; width += 8) {
        check_page(status, width);
    }
    for (int width = 1; width <= 200; width++) {
        g_autofree char *line = migration_progress_line(status, NULL, &limits, width);
        g_autofree char *plain = without_colour(line);

        g_assert_cmpstr(line, ==, plain);
        g_assert_null(strchr(line, '\n'));
        g_assert_cmpint(layout_columns(line), <=, width);
        if (width >= layout_columns(whole)) {
            g_assert_cmpstr(line, ==, whole);
        }
        if (word && width >= layout_columns(word)) {
            g_assert_cmpint(layout_columns(line), >=, (int)MIN(strlen(word), 4));
        }
    }
}

static void test_fit(void)
{
    g_assert_cmpint(transcript_each_pair(check_fit), >=, 100);
}

static const struct {
    const char *version, *name;
    int width;
    guint64 downtime_limit_ms;
    const char *line;
} progress[] = {
    {"7.2", "idle", 80, 300, "no migration"},
    {"7.2", "setup", 80, 300, "setup"},
    {"7.2", "active-pass1", 80, 300,
     "active  [#---------]  11 %  pass 1  113 MiB left of 128 MiB  24 MiB/s"},
    {"7.2", "active-pass1", 64, 300, "active  [#---------]  11 %  pass 1  113 MiB left  24 MiB/s"},
    {"7.2", "active-pass1", 56, 300, "active  11 %  pass 1  113 MiB left  24 MiB/s"},
    {"7.2", "active-pass1", 40, 300, "active  11 %  pass 1  113 MiB left"},
    {"7.2", "active-pass1", 30, 300, "active  11 %  113 MiB left"},
    {"7.2", "active-pass1", 14, 300, "active  11 %"},
    {"7.2", "active-pass1", 5, 300, "ac..."},
    {"7.2", "active", 80, 300, "active  pass 3  84.6 MiB left, switch-over at 7.2 MiB  24 MiB/s"},
    {"7.2", "active", 80, 0, "active  pass 3  84.6 MiB left  24 MiB/s"},
    {"7.2", "auto-converge-40", 0, 0, "active  pass 9  92.6 MiB left  62.8 MiB/s  throttled 40 %"},
    {"7.2", "auto-converge-40", 50, 0, "active  pass 9  92.6 MiB left  throttled 40 %"},
    {"7.2", "blkmig-active", 80, 300,
     "active  [##--------]  29 %  disks  68 MiB left of 96 MiB  10 MiB/s"},
    {"7.2", "blkmig-active", 40, 300, "active  29 %  disks  68 MiB left"},
    {"7.2", "setup-cancelled", 80, 300, "cancelling"},
    {"7.2", "pre-switchover", 80, 300, "pre-switchover  waits for migrate_continue  127 MiB left"},
    {"7.2", "postcopy-active", 80, 300, "postcopy-active  92.4 MiB left of 128 MiB  6 MiB/s"},
    {"7.2", "completed", 80, 300, "completed  in 8.8 s  downtime 40 ms  345 MiB sent"},
    {"7.2", "completed", 30, 300, "completed  downtime 40 ms"},
    {"7.2", "failed", 40, 300, "failed: Failed to connect to '127.0.0..."},
    {"10.0", "cancelled", 80, 300, "cancelled"},
};

#define ACTIVE(pass, left)                                                                         \
    "{\"status\":\"active\",\"ram\":{\"transferred\":4096,\"total\":268435456,\"mbps\":536.87,"    \
    "\"dirty-sync-count\":" pass ",\"remaining\":" left "}}"

static void test_progress(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(progress); i++) {
        g_autoptr(MigrationStatus) status =
            transcript_status(progress[i].version, progress[i].name);
        MigrationLimits limits = {.downtime_ms = progress[i].downtime_limit_ms};
        g_autofree char *line = migration_progress_line(status, NULL, &limits, progress[i].width);

        g_assert_cmpstr(line, ==, progress[i].line);
    }
}

/* In the narrowest window there is still what is left, the percent or the pass, and the verdict. */
static void test_verdict(void)
{
    static const struct {
        const char *status;
        Verdict verdict;
        double percent; /* 0: none */
        int width;
        const char *line;
    } cases[] = {
        {ACTIVE("4", "3355443"), VERDICT_HOPELESS, 0, 100,
         "active  pass 4  3.2 MiB left, switch-over at 1 MiB  64 MiB/s  will not converge"},
        {ACTIVE("4", "3355443"), VERDICT_HOPELESS, 0, 50,
         "active  pass 4  3.2 MiB left  will not converge"},
        {ACTIVE("4", "3355443"), VERDICT_HOPELESS, 0, 44,
         "active  pass 4  3.2 MiB left  not converging"},
        {ACTIVE("12", "104752742"), VERDICT_HOPELESS, 0, 39,
         "pass 12  99.9 MiB left  not converging"},
        {ACTIVE("12", "104752742"), VERDICT_STALLED, 0, 39,
         "active  pass 12  99.9 MiB left  stalled"},
        {ACTIVE("12", "104752742"), VERDICT_HOPELESS, 0, 30, "99.9 MiB left  not converging"},
        {ACTIVE("12", "104752742"), VERDICT_HOPELESS, 0, 14, "not converging"},
        {ACTIVE("12", "104752742"), VERDICT_HOPELESS, 0, 5, "no..."},
        {ACTIVE("1", "104752742"), VERDICT_COPYING, 52, 59,
         "active  52 %  pass 1  99.9 MiB left  64 MiB/s  2.5 s to go"},
        {ACTIVE("1", "104752742"), VERDICT_COPYING, 52, 39, "active  52 %  pass 1  99.9 MiB left"},
        {"{\"status\":\"pre-switchover\"}", VERDICT_WAITING, 0, 39,
         "pre-switchover  needs migrate_continue"},
        {"{\"status\":\"postcopy-paused\"}", VERDICT_WAITING, 0, 39,
         "postcopy-paused  needs migrate_recover"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Forecast forecast = {.verdict = cases[i].verdict,
                             .has_percent = cases[i].percent > 0,
                             .percent = cases[i].percent,
                             .has_eta = cases[i].verdict == VERDICT_COPYING,
                             .eta = 2.5,
                             .threshold = cases[i].percent > 0 ? 0 : 1 << 20};
        g_autoptr(MigrationStatus) status = status_of(cases[i].status);
        g_autofree char *line = migration_progress_line(status, &forecast, NULL, cases[i].width);

        g_assert_cmpstr(line, ==, cases[i].line);
    }
}

/* Disks copied by mirrors: before the memory, and behind it. */
static void test_disks(void)
{
    static const struct {
        const char *json, *line, *pretty;
    } cases[] = {
        {"{\"status\":\"active\",\"total-time\":5000,\"disk\":{\"transferred\":67108864,"
         "\"remaining\":201326592,\"total\":268435456,\"mbps\":83.88608}}",
         "active  [##--------]  25 %  disks  192 MiB left of 256 MiB  10 MiB/s",
         "active  [#####---------------]  25 %  disks\n"
         "  Disks         192 MiB of 256 MiB left, 10 MiB/s\n"
         "  Time          5 s\n"},
        {"{\"status\":\"active\",\"total-time\":5000,\"disk\":{\"transferred\":268435455,"
         "\"remaining\":1,\"total\":268435456}}",
         "active  [#########-]  99 %  disks  1 B left of 256 MiB",
         "active  [###################-]  99 %  disks\n"
         "  Disks         1 B of 256 MiB left\n"
         "  Time          5 s\n"},
        {"{\"status\":\"active\",\"total-time\":100}", "active",
         "active\n"
         "  Time          100 ms\n"},
        {"{\"status\":\"active\",\"total-time\":6000,\"ram\":{\"transferred\":4096,"
         "\"remaining\":1048576,\"total\":2097152,\"dirty-sync-count\":1},\"disk\":{"
         "\"transferred\":65536,\"remaining\":4096,\"total\":69632}}",
         "active  [#####-----]  50 %  pass 1  1 MiB left of 2 MiB, disks 4 KiB behind",
         "active  [##########----------]  50 %  pass 1\n"
         "  Remaining     1 MiB of 2 MiB\n"
         "  Transferred   4 KiB\n"
         "  Disks         4 KiB of 68 KiB left\n"
         "  Time          6 s\n"},
        {"{\"status\":\"completed\",\"total-time\":6000,\"disk\":{\"transferred\":65536,"
         "\"remaining\":0,\"total\":65536}}",
         "completed  in 6 s",
         "completed\n"
         "  Disks         64 KiB copied\n"
         "  Time          6 s\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        MigrationPretty options = {.width = 80};
        g_autoptr(MigrationStatus) status = status_of(cases[i].json);
        g_autofree char *line = migration_progress_line(status, NULL, NULL, 0);
        g_autoptr(GString) text = g_string_new(NULL);

        g_assert_cmpstr(line, ==, cases[i].line);
        migration_pretty(status, &options, text);
        g_assert_cmpstr(text->str, ==, cases[i].pretty);
    }
}

/* One line tells who drives it, whatever the state. */
static void check_driver(const char *driver, const char *begun_by, const char *expected)
{
    g_autoptr(MigrationStatus) status = status_of("{\"status\":\"cancelled\"}");
    g_autofree char *text = NULL;
    g_autofree char *wanted = g_strconcat("cancelled\n", expected, NULL);

    migration_status_set_text(status, FIELD_DRIVER, driver);
    migration_status_set_text(status, FIELD_BEGUN_BY, begun_by);
    text = pretty(status, &(MigrationPretty){.width = 80});
    g_assert_cmpstr(text, ==, wanted);
}

static void test_driver(void)
{
    check_driver(NULL, NULL, "");
    check_driver("raw", "this shell", "  Driven by     QEMU alone (raw), begun by this shell\n");
    check_driver("managed", "somebody else",
                 "  Driven by     libvirt (managed), begun by somebody else\n");
    check_driver("managed", NULL, "  Driven by     libvirt (managed)\n");
}

/* At the destination QEMU tells the end alone. */
static void test_arrival(void)
{
    g_autoptr(MigrationStatus) there = transcript_status("7.2", "completed.dst");
    g_autoptr(MigrationStatus) here = transcript_status("7.2", "completed");
    g_autofree char *text = pretty(there, &(MigrationPretty){.width = 40});

    g_assert_true(migration_status_is_arrival(there));
    g_assert_false(migration_status_is_arrival(here));
    g_assert_cmpstr(text, ==, "completed  the guest has arrived here\n");
}

static void test_layout(void)
{
    g_autofree char *cut = layout_cut("größer als erlaubt", 9);
    g_autofree char *wide = layout_cut("日本語", 5);
    g_autofree char *clean = layout_clean("a\tb\xff\033[0m");
    char *bars[] = {layout_bar(0, 4), layout_bar(99.9, 4), layout_bar(100, 4)};
    g_autoptr(GString) out = g_string_new(NULL);

    g_assert_cmpstr(cut, ==, "größer...");
    g_assert_cmpstr(wide, ==, "日...");
    g_assert_cmpint(layout_columns("日本"), ==, 4);
    g_assert_cmpstr(clean, ==, "a b\357\277\275 [0m");
    g_assert_cmpstr(bars[0], ==, "[----]");
    g_assert_cmpstr(bars[1], ==, "[###-]");
    g_assert_cmpstr(bars[2], ==, "[####]");
    for (size_t i = 0; i < G_N_ELEMENTS(bars); i++) {
        g_free(bars[i]);
    }

    layout_put(out, 24, "Path", "in /very/long/path  x" LAYOUT_BLANK "y");
    g_assert_cmpstr(out->str, ==,
                    "  Path          in\n"
                    "                /very/lo\n"
                    "                ng/path\n"
                    "                x y\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pretty/goldens", test_goldens);
    g_test_add_func("/pretty/rare", test_rare);
    g_test_add_func("/pretty/fit", test_fit);
    g_test_add_func("/pretty/progress", test_progress);
    g_test_add_func("/pretty/verdict", test_verdict);
    g_test_add_func("/pretty/disks", test_disks);
    g_test_add_func("/pretty/driver", test_driver);
    g_test_add_func("/pretty/arrival", test_arrival);
    g_test_add_func("/pretty/layout", test_layout);
    return g_test_run();
}
