/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What courses come to: recorded ends, and courses made of looks and events. */
#include "commands/migration/summary.h"

#include "tests/unit/transcript.h"

#define SECOND G_USEC_PER_SEC

static const MigrationLimits NO_LIMITS;

static void add(MigrationCourse *course, const char *json, double seconds)
{
    g_autoptr(MigrationStatus) status = status_of(json);

    course_add(course, status, &NO_LIMITS, (gint64)(seconds * SECOND));
}

static void add_event(MigrationCourse *course, gboolean destination, const char *name, gint64 stamp)
{
    CourseEvent event = {.stamp = stamp, .destination = destination, .name = (char *)name};

    course_add_event(course, &event);
}

static void check_print(const MigrationSummary *summary, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    summary_print(summary, text);
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_recorded(void)
{
    g_autoptr(MigrationStatus) status = transcript_status("7.2", "completed");
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;

    course_add(course, status, &NO_LIMITS, 0);
    summary = summary_new(course, "web01");
    g_assert_cmpstr(summary->guest, ==, "web01");
    g_assert_cmpint(summary->result, ==, MIGRATION_COMPLETED);
    g_assert_cmpint(summary->real_ms, ==, -1); /* its beginning was not seen */
    g_assert_cmpint(summary->total_ms, ==, 8825);
    g_assert_cmpint(summary->blackout_ms, ==, -1);
    g_assert_cmpuint(summary->normal, ==, 88218);
    check_print(summary, "completed in 8.8 s (setup 4 ms), 5 passes, 345 MiB at 39.2 MiB/s\n"
                         "downtime 40 ms by QEMU\n");
}

/* Every recorded end makes a summary that can be printed. */
static void check_pair(const char *version, const char *name)
{
    g_autoptr(MigrationStatus) status = transcript_status(version, name);
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    course_add(course, status, &NO_LIMITS, 0);
    summary = summary_new(course, "web01");
    g_assert_cmpint(summary->result, ==, migration_status_state(status));
    summary_print(summary, text);
    g_assert_true(g_str_has_prefix(text->str, migration_state_name(summary->result)));
    g_assert_null(strstr(text->str, "-1"));
}

static void test_all_recorded(void)
{
    g_assert_cmpint(transcript_each_pair(check_pair), >, 50);
}

static void test_throttled(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;

    add(course, "{\"status\":\"active\",\"total-time\":1000,\"cpu-throttle-percentage\":20}", 1);
    add(course, "{\"status\":\"active\",\"total-time\":2000,\"cpu-throttle-percentage\":40}", 2);
    add(course, "{\"status\":\"active\",\"total-time\":3000}", 3);
    add(course, "{\"status\":\"completed\",\"total-time\":4000,\"downtime\":9}", 4);
    summary = summary_new(course, "web01");
    g_assert_cmpuint(summary->throttled, ==, 40);
    check_print(summary, "completed in 4 s\n"
                         "downtime 9 ms by QEMU\n"
                         "the guest was slowed by up to 40 %\n");
}

static MigrationCourse *completed_course(void)
{
    MigrationCourse *course = course_new();

    add(course, "{\"status\":\"active\",\"total-time\":10,\"ram\":{\"dirty-sync-count\":1}}", 1);
    add_event(course, FALSE, "STOP", 1000 * SECOND);
    add_event(course, TRUE, "RESUME", 1000 * SECOND + 163400);
    add(course,
        "{\"status\":\"completed\",\"total-time\":4800,\"setup-time\":1,\"downtime\":161,"
        "\"ram\":{\"transferred\":105906176,\"dirty-sync-count\":3,\"mbps\":469.76,\"normal\":"
        "25000,"
        "\"duplicate\":40000},\"disk\":{\"transferred\":330301440}}",
        5.8123);
    return course;
}

static void test_completed(void)
{
    g_autoptr(MigrationCourse) course = completed_course();
    g_autoptr(MigrationSummary) summary = summary_new(course, "web01");

    g_assert_cmpint(summary->real_ms, ==, 4812);
    g_assert_cmpint(summary->blackout_ms, ==, 163);
    g_assert_cmpint(summary->silence_ms, ==, -1);
    g_assert_cmpuint(summary->throughput, ==, 58720000);
    summary->silence_ms = 180;
    check_print(summary,
                "completed in 4.8 s (setup 1 ms), 3 passes, 101 MiB at 56 MiB/s\n"
                "downtime 161 ms by QEMU, 163 ms from STOP to RESUME, 180 ms of silence as the "
                "guest's heartbeat has it\n"
                "disks 315 MiB\n");
    summary->two_clocks = TRUE;
    summary->silence_ms = -1;
    summary->disks = 0;
    check_print(summary,
                "completed in 4.8 s (setup 1 ms), 3 passes, 101 MiB at 56 MiB/s\n"
                "downtime 161 ms by QEMU, 163 ms from STOP to RESUME (by two hosts' clocks)\n");
}

static void test_predicted(void)
{
    g_autoptr(MigrationCourse) course = completed_course();
    g_autoptr(MigrationSummary) summary = summary_new(course, "web01");
    g_autoptr(GString) text = g_string_new(NULL);

    summary->predicted = summary->predicted_end = TRUE;
    summary->predicted_passes = 4;
    summary->predicted_total_ms = 4000;
    summary->predicted_downtime_ms = 322;
    summary_print(summary, text);
    g_assert_true(g_str_has_suffix(
        text->str, "\npredicted: 4 passes, 4 s, downtime 322 ms (total 1.2 times as long, downtime "
                   "0.5 times as long)\n"));
    summary->predicted_end = FALSE;
    summary->limits_changed = TRUE;
    summary_print(summary, text);
    g_assert_true(g_str_has_suffix(
        text->str, "\npredicted: it will not converge; limits were changed meanwhile\n"));
    summary->predicted_may = TRUE;
    g_string_truncate(text, 0);
    summary_print(summary, text);
    g_assert_nonnull(strstr(text->str, "\npredicted: it may not converge;"));
}

/* What the end tells of the link: the last pages, and all of them where there was no limit. */
static void test_link(void)
{
    static const MigrationLimits none = {.known_bandwidth = TRUE};
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationCourse) other = course_new();
    g_autoptr(MigrationStatus) end =
        status_of("{\"status\":\"completed\",\"total-time\":1000,\"downtime\":53,\"ram\":{"
                  "\"transferred\":209715200,\"downtime-bytes\":52428800,\"mbps\":1677.7}}");
    g_autoptr(MigrationSummary) limited = NULL;
    g_autoptr(MigrationSummary) unlimited = NULL;

    course_add(course, end, &NO_LIMITS, 0);
    limited = summary_new(course, "web01");
    g_assert_cmpuint(limited->link, ==, 52428800ull * 1000 / 50);
    g_assert_cmpuint(limited->fresh, ==, 0);
    course_add(other, end, &none, 0);
    unlimited = summary_new(other, "web01");
    g_assert_cmpuint(unlimited->fresh, ==, unlimited->throughput);
}

/* QEMU tells no figures of a failed one's end: those seen last count. */
static void test_failed(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;

    add(course, "{\"status\":\"setup\"}", 0);
    add(course,
        "{\"status\":\"active\",\"total-time\":2000,\"setup-time\":2,\"ram\":{\"transferred\":"
        "10485760,\"dirty-sync-count\":1,\"normal\":2560,\"duplicate\":7,\"mbps\":1.5}}",
        2);
    add(course, "{\"status\":\"failed\",\"error-desc\":\"Unable to write\\u001b to socket\"}", 2.5);
    summary = summary_new(course, "web01");
    g_assert_cmpint(summary->real_ms, ==, 2500);
    g_assert_cmpint(summary->downtime_ms, ==, -1);
    g_assert_cmpuint(summary->throughput, ==, 5242880);
    check_print(summary, "failed after 2 s (setup 2 ms), 1 pass, 10 MiB at 5 MiB/s\n"
                         "Unable to write  to socket\n");
}

/* Who drove it, as the newest look that tells has it. */
static void check_kind(const char *driver, const char *disk, const char *expected)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;
    g_autofree char *end = g_strdup_printf("{\"status\":\"completed\"%s}", disk);
    g_autoptr(MigrationStatus) status = status_of("{\"status\":\"active\",\"total-time\":1}");

    migration_status_set_text(status, FIELD_DRIVER, driver);
    course_add(course, status, &NO_LIMITS, 0);
    add(course, end, 1);
    summary = summary_new(course, "web01");
    g_assert_cmpstr(summary->kind, ==, expected);
}

static void test_kind(void)
{
    static const char DISK[] = ",\"disk\":{\"transferred\":1048576}";

    check_kind(NULL, "", "raw");
    check_kind("raw", "", "raw");
    check_kind("raw", DISK, "disks");
    check_kind(NULL, DISK, "disks");
    check_kind("managed", "", "managed");
    check_kind("managed", DISK, "managed");
}

static void test_nothing_known(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) none = summary_new(course, "web01");
    g_autoptr(MigrationSummary) summary = NULL;

    g_assert_cmpint(none->result, ==, MIGRATION_NONE);
    check_print(none, "none\n");
    add(course, "{\"status\":\"cancelled\"}", 0);
    summary = summary_new(course, "web01");
    check_print(summary, "cancelled\n");
}

static void test_division_by_nothing(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationSummary) summary = NULL;

    add(course,
        "{\"status\":\"completed\",\"downtime\":18446744073709551615,"
        "\"ram\":{\"transferred\":18446744073709551615,\"mbps\":0}}",
        0);
    summary = summary_new(course, "web01");
    g_assert_cmpuint(summary->throughput, ==, 0);
    g_assert_cmpint(summary->downtime_ms, ==, G_MAXINT64);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/summary/recorded", test_recorded);
    g_test_add_func("/summary/all-recorded", test_all_recorded);
    g_test_add_func("/summary/completed", test_completed);
    g_test_add_func("/summary/throttled", test_throttled);
    g_test_add_func("/summary/failed", test_failed);
    g_test_add_func("/summary/predicted", test_predicted);
    g_test_add_func("/summary/link", test_link);
    g_test_add_func("/summary/nothing-known", test_nothing_known);
    g_test_add_func("/summary/division-by-nothing", test_division_by_nothing);
    g_test_add_func("/summary/kind", test_kind);
    return g_test_run();
}
