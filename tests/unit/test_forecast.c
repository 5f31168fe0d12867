/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts of made-up migrations: a guest that dirties a set over and over, and a link. */
#include "commands/migration/forecast.h"

#include <math.h>
#include <string.h>

#include "tests/unit/transcript.h"

#define MIB (1024.0 * 1024)

/* One look at a migration in pass @pass with @left bytes left of @total. */
static MigrationStatus *look(double ms, guint64 pass, double left, double total, double rate,
                             double sent)
{
    MigrationStatus *status = migration_status_new();

    migration_status_set_text(status, FIELD_STATUS, "active");
    migration_status_set_number(status, FIELD_TOTAL_TIME_MS, (guint64)ms);
    migration_status_set_number(status, FIELD_RAM_REMAINING_BYTES, (guint64)left);
    migration_status_set_number(status, FIELD_RAM_TOTAL_BYTES, (guint64)total);
    migration_status_set_number(status, FIELD_RAM_TRANSFERRED_BYTES, (guint64)sent);
    migration_status_set_number(status, FIELD_RAM_DIRTY_SYNC_COUNT, pass);
    migration_status_set_number(status, FIELD_RAM_DIRTY_PAGES_PER_SECOND, pass > 1 ? 1000 : 0);
    migration_status_set_real(status, FIELD_RAM_MBPS, rate * 8 / 1e6);
    return status;
}

/* What is migrated, in bytes and bytes per second. */
typedef struct {
    double memory;
    double set;    /* dirtied again in the first pass */
    double shrink; /* W by the W before */
    double rate;
    MigrationLimits limits;
} Guest;

/* Runs @guest's migration up to the middle of the last of @count passes that send @sets each: ten
 * looks a pass. */
static MigrationCourse *run_sets(const Guest *guest, const double *sets, guint64 count)
{
    MigrationCourse *course = course_new();
    double sent = 0;
    double us = 0;

    for (guint64 pass = 1; pass <= count; pass++) {
        g_autoptr(Json) data = json_dict("pass", json_object_new_uint64(pass), NULL);
        CourseEvent event = {.time = (gint64)us, .name = (char *)"MIGRATION_PASS", .data = data};
        double set = sets[pass - 1];

        course_add_event(course, &event);
        for (int part = 0; part < (pass == count ? 5 : 10); part++) {
            g_autoptr(MigrationStatus) status =
                look(us / 1000, pass, set * (10 - part) / 10, guest->memory, guest->rate, sent);

            course_add(course, status, &guest->limits, (gint64)us);
            us += set / 10 / guest->rate * 1e6;
            sent += set / 10;
        }
    }
    return course;
}

/* The same where @guest has what it is made of: each pass sends @shrink of what the one before did.
 */
static MigrationCourse *run(const Guest *guest, guint64 passes)
{
    g_autofree double *sets = g_new(double, passes);

    for (guint64 i = 0; i < passes; i++) {
        sets[i] = i == 0 ? guest->memory : i == 1 ? guest->set : sets[i - 1] * guest->shrink;
    }
    return run_sets(guest, sets, passes);
}

static const MigrationLimits usual = {TRUE, 64 << 20, TRUE, 50, FALSE, FALSE};

static void check(const Guest *guest, guint64 passes, Verdict verdict)
{
    g_autoptr(MigrationCourse) course = run(guest, passes);
    g_autoptr(Forecast) forecast = forecast_new(course);

    g_test_message("%s: %s", verdict_word(forecast->verdict), forecast->reason);
    g_assert_cmpstr(verdict_word(forecast->verdict), ==, verdict_word(verdict));
}

static void test_first_pass(void)
{
    Guest guest = {256 * MIB, 100 * MIB, 1, 64 * MIB, usual};
    g_autoptr(MigrationCourse) course = run(&guest, 1);
    g_autoptr(Forecast) forecast = forecast_new(course);

    g_assert_cmpint(forecast->verdict, ==, VERDICT_COPYING);
    g_assert_true(forecast->has_percent);
    g_assert_cmpint(forecast->percent, ==, 40);
    g_assert_cmpuint(forecast->pass, ==, 1);
    g_assert_cmpuint(forecast->threshold, ==, 0);
    g_assert_true(forecast->has_eta);
    g_assert_cmpfloat_with_epsilon(forecast->eta, 0.6 * 256 / 64, 0.1);
    g_assert_null(forecast->advice[0]);
}

static void test_hopeless(void)
{
    Guest guest = {256 * MIB, 100 * MIB, 1, 64 * MIB, usual};
    g_autoptr(MigrationCourse) course = run(&guest, 3);
    g_autoptr(Forecast) forecast = forecast_new(course);
    g_autoptr(Json) json = json_object_new_object();
    g_autofree char *text = NULL;

    check(&guest, 2, VERDICT_COPYING); /* there may be less the next time */
    g_assert_cmpint(forecast->verdict, ==, VERDICT_HOPELESS);
    g_assert_false(forecast->has_percent);
    g_assert_false(forecast->has_eta);
    g_assert_cmpfloat_with_epsilon((double)forecast->working_set, 100 * MIB, MIB / 10);
    g_assert_cmpfloat_with_epsilon((double)forecast->threshold, 3.2 * MIB, MIB / 10);
    /* 100 MiB by 64 MiB/s, and by 50 ms, with a quarter more */
    g_assert_cmpstr(forecast->advice[0], ==, "migrate_set_downtime 2");
    g_assert_cmpstr(forecast->advice[1], ==, "migrate_set_speed 2500m");
    g_assert_null(forecast->advice[2]);
    forecast_add_json(forecast, json);
    g_assert_cmpstr(json_get_string(json, "verdict"), ==, "will not converge");
    text = json_text(json_get(json, "advice"));
    g_assert_cmpstr(text, ==, "[\"migrate_set_downtime 2\",\"migrate_set_speed 2500m\"]");
    g_assert_null(json_get(json, "eta"));
    g_assert_null(json_get(json, "percent"));
}

/* The speed is no way out where the link is what is slow; post-copy is one where it is allowed. */
static void test_ways_out(void)
{
    MigrationLimits limits = {TRUE, 1 << 30, TRUE, 300, TRUE, FALSE};
    Guest guest = {256 * MIB, 100 * MIB, 1, 64 * MIB, limits};
    g_autoptr(MigrationCourse) course = run(&guest, 3);
    g_autoptr(Forecast) forecast = forecast_new(course);

    g_assert_cmpint(forecast->verdict, ==, VERDICT_HOPELESS);
    g_assert_cmpstr(forecast->advice[0], ==, "migrate_set_downtime 2");
    g_assert_cmpstr(forecast->advice[1], ==, "migrate_start_postcopy");
    g_assert_null(forecast->advice[2]);
}

static void test_verdicts(void)
{
    MigrationLimits throttles = usual;
    Guest idle = {256 * MIB, 1 * MIB, 1, 64 * MIB, usual};
    Guest shrinking = {256 * MIB, 100 * MIB, 0.5, 64 * MIB, usual};
    Guest slowly = {256 * MIB, 100 * MIB, 0.97, 64 * MIB, usual};
    Guest below = {256 * MIB, 3.0 * MIB, 1, 64 * MIB, usual};
    Guest above = {256 * MIB, 3.5 * MIB, 1, 64 * MIB, usual};
    Guest slowed = {256 * MIB, 100 * MIB, 1, 64 * MIB, usual};

    throttles.throttles = TRUE;
    slowed.limits = throttles;
    check(&idle, 2, VERDICT_CONVERGING);
    check(&shrinking, 3, VERDICT_CONVERGING);
    check(&slowly, 3, VERDICT_HOPELESS);
    check(&below, 2, VERDICT_CONVERGING);
    check(&above, 4, VERDICT_HOPELESS);
    check(&slowed, 3, VERDICT_THROTTLED);
}

/* The first look at a pass finds a little of it sent already, which is no sign of shrinking. */
static void test_pass_just_begun(void)
{
    Guest guest = {256 * MIB, 100 * MIB, 1, 64 * MIB, usual};
    g_autoptr(MigrationCourse) course = run(&guest, 2);
    const CourseSample *last = course_last(course);
    gint64 time = last->time + G_USEC_PER_SEC;
    g_autoptr(MigrationStatus) begun =
        look((double)time / 1000, 3, 94 * MIB, 256 * MIB, 64 * MIB, 600 * MIB);
    g_autoptr(Forecast) forecast = NULL;

    course_add(course, begun, &usual, time);
    forecast = forecast_new(course);
    g_assert_cmpint(forecast->verdict, ==, VERDICT_COPYING);
    g_assert_false(forecast->has_eta);
}

static void test_eta_of_shrinking(void)
{
    Guest guest = {256 * MIB, 100 * MIB, 0.5, 16 * MIB, usual};
    g_autoptr(MigrationCourse) course = run(&guest, 4);
    g_autoptr(Forecast) forecast = forecast_new(course);
    /* of pass 4 (25 MiB) 15 are left, then come half as many each time; 0.8 MiB may be left */
    double expected = (15 + 12.5 + 6.25 + 3.125 + 1.5625) / 16;

    g_assert_cmpfloat_with_epsilon(forecast->trend, 0.5, 0.01);
    g_assert_true(forecast->has_eta);
    g_assert_cmpfloat_with_epsilon(forecast->eta, expected, 0.1);
    g_assert_cmpstr(forecast->eta_means, ==, "if it goes on shrinking like that");
}

/* Somebody else began it: QEMU's own prediction tells W. */
static void test_attached_late(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationStatus) status = look(60000, 20, 40 * MIB, 256 * MIB, 64 * MIB, 4e9);
    g_autoptr(Forecast) forecast = NULL;

    migration_status_set_number(status, FIELD_EXPECTED_DOWNTIME_MS, 1562);
    course_add(course, status, &usual, 1000);
    forecast = forecast_new(course);
    g_assert_cmpint(forecast->verdict, ==, VERDICT_HOPELESS);
    g_assert_cmpfloat_with_epsilon((double)forecast->working_set, 100 * MIB, MIB / 4);
}

/* A look at disks being copied at 30 MiB/s while the guest writes @written bytes a second. */
static void add_disk_look(MigrationCourse *course, double seconds, double written)
{
    g_autoptr(MigrationStatus) status = migration_status_new();
    double total = 256 * MIB + written * seconds;
    double done = 30 * MIB * seconds;
    MigrationLimits limits = {TRUE, 30 << 20, TRUE, 300, FALSE, FALSE};

    migration_status_set_text(status, FIELD_STATUS, "active");
    migration_status_set_number(status, FIELD_TOTAL_TIME_MS, (guint64)(seconds * 1000));
    migration_status_set_number(status, FIELD_DISK_TOTAL_BYTES, (guint64)total);
    migration_status_set_number(status, FIELD_DISK_TRANSFERRED_BYTES, (guint64)done);
    migration_status_set_number(status, FIELD_DISK_REMAINING_BYTES, (guint64)(total - done));
    course_add(course, status, &limits, (gint64)(seconds * G_USEC_PER_SEC));
}

static void check_disks(double written, Verdict verdict, const char *advice)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(Forecast) forecast = NULL;

    for (int i = 0; i <= 10; i++) {
        add_disk_look(course, i * 0.5, written);
    }
    forecast = forecast_new(course);
    g_assert_cmpstr(verdict_word(forecast->verdict), ==, verdict_word(verdict));
    g_assert_cmpstr(forecast->advice[0], ==, advice);
    g_assert_true(forecast->has_eta == (verdict == VERDICT_DISKS));
}

static void test_disks(void)
{
    check_disks(0, VERDICT_DISKS, NULL);
    check_disks(20 * MIB, VERDICT_DISKS, NULL);
    check_disks(40 * MIB, VERDICT_HOPELESS, "migrate_set_speed 80m");
}

static void test_stalled(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(Forecast) forecast = NULL;

    for (int i = 0; i < 10; i++) {
        g_autoptr(MigrationStatus) status =
            look(i * 500, 1, 200 * MIB, 256 * MIB, 64 * MIB, 56 * MIB);

        course_add(course, status, &usual, i * 500000);
    }
    forecast = forecast_new(course);
    g_assert_cmpint(forecast->verdict, ==, VERDICT_STALLED);
    g_assert_cmpstr(forecast->reason, ==, "nothing has been sent for 4 s");
}

static void test_states(void)
{
    static const struct {
        const char *word;
        Verdict verdict;
    } cases[] = {
        {"setup", VERDICT_STARTING},          {"pre-switchover", VERDICT_WAITING},
        {"device", VERDICT_SWITCHING},        {"postcopy-active", VERDICT_POSTCOPY},
        {"postcopy-paused", VERDICT_WAITING}, {"cancelling", VERDICT_ENDING},
        {"completed", VERDICT_COMPLETED},     {"failed", VERDICT_FAILED},
        {"cancelled", VERDICT_CANCELLED},     {"something-new", VERDICT_STARTING},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MigrationCourse) course = course_new();
        g_autoptr(MigrationStatus) status = migration_status_new();
        g_autoptr(Forecast) forecast = NULL;

        migration_status_set_text(status, FIELD_STATUS, cases[i].word);
        course_add(course, status, &usual, 0);
        forecast = forecast_new(course);
        g_assert_cmpstr(verdict_word(forecast->verdict), ==, verdict_word(cases[i].verdict));
        g_assert_nonnull(forecast->reason);
    }
}

/* A figure that may be anything. */
static guint64 any_number(void)
{
    static const guint64 odd[] = {0, 1, 4096, G_MAXINT64, G_MAXUINT64, G_MAXUINT64 - 1, 1 << 20};

    return g_test_rand_bit() ? odd[g_test_rand_int_range(0, G_N_ELEMENTS(odd))]
                             : (guint64)g_test_rand_int_range(0, G_MAXINT32);
}

static MigrationStatus *any_status(void)
{
    static const char *const names[] = {"setup",  "active",          "active", "active",
                                        "device", "postcopy-active", "what",   "completed"};
    MigrationStatus *status = migration_status_new();

    if (g_test_rand_int_range(0, 20)) {
        migration_status_set_text(status, FIELD_STATUS,
                                  names[g_test_rand_int_range(0, G_N_ELEMENTS(names))]);
    }
    for (MigrationField field = 0; field < N_FIELDS; field++) {
        MigrationKind kind = migration_field_info(field)->kind;

        if (kind == KIND_NUMBER && g_test_rand_int_range(0, 4)) {
            migration_status_set_number(status, field, any_number());
        } else if (kind == KIND_REAL && g_test_rand_bit()) {
            migration_status_set_real(status, field,
                                      g_test_rand_double_range(-1, 1) *
                                          pow(10, g_test_rand_int_range(0, 30)));
        }
    }
    return status;
}

static void check_sane(const Forecast *forecast)
{
    g_assert_cmpint(forecast->percent, >=, 0);
    g_assert_cmpint(forecast->percent, <=, 100);
    g_assert_true(isfinite(forecast->eta) && forecast->eta >= 0);
    g_assert_true(isfinite(forecast->trend) && forecast->trend >= 0);
    g_assert_true(forecast->has_eta == (forecast->eta_means != NULL));
    g_assert_nonnull(forecast->reason);
    g_assert_null(strstr(forecast->reason, "nan"));
    for (char **line = forecast->advice; *line; line++) {
        g_assert_true(g_str_has_prefix(*line, "migrate_"));
        g_assert_null(strstr(*line, "inf"));
        g_assert_null(strstr(*line, "nan"));
        g_assert_null(strchr(*line, '-'));
    }
}

/* Whatever QEMU tells, in whatever order: no senseless figure, and no percentage that falls. */
static void test_anything(void)
{
    for (int series = 0; series < 300; series++) {
        g_autoptr(MigrationCourse) course = course_new();
        int percent[2] = {0, 0};

        for (int i = 0; i < 40; i++) {
            g_autoptr(MigrationStatus) status = any_status();
            MigrationLimits limits = {g_test_rand_bit(), any_number(),      g_test_rand_bit(),
                                      any_number(),      g_test_rand_bit(), g_test_rand_bit()};
            g_autoptr(Forecast) forecast = NULL;
            gboolean disks;

            course_add(course, status, &limits, (gint64)any_number());
            forecast = forecast_new(course);
            check_sane(forecast);
            disks = migration_status_copies_disks(course_last(course)->status, NULL);
            if (forecast->has_percent) {
                g_assert_cmpint(forecast->percent, >=, percent[disks]);
                percent[disks] = forecast->percent;
            }
        }
    }
}

static void test_goes_on(void)
{
    g_autoptr(MigrationCourse) course = course_new();
    g_autoptr(MigrationStatus) first = look(1000, 2, 1, 2, 3, 4);
    g_autoptr(MigrationStatus) later = look(1500, 2, 1, 2, 3, 5);
    g_autoptr(MigrationStatus) other = look(200, 1, 1, 2, 3, 4);
    g_autoptr(MigrationStatus) end = look(2000, 3, 0, 2, 3, 6);

    migration_status_set_text(end, FIELD_STATUS, "completed");
    g_assert_true(course_goes_on(course, first));
    course_add(course, first, &usual, 10);
    g_assert_true(course_goes_on(course, later));
    g_assert_false(course_goes_on(course, other));
    g_assert_true(course_goes_on(course, end));
    course_add(course, end, &usual, 20);
    g_assert_false(course_goes_on(course, other));
    g_assert_true(course_goes_on(course, end));
    course_add(course, end, &usual, 30);
    g_assert_cmpuint(course_length(course), ==, 2);
}

/* The same end, told here and there. */
static void test_ends(void)
{
    static const char *const ENDS[][2] = {
        {"{\"status\":\"completed\",\"total-time\":5,\"ram\":{\"total\":4096}}",
         "the guest has moved"},
        {"{\"status\":\"completed\"}", "the guest has arrived here"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(ENDS); i++) {
        g_autoptr(MigrationCourse) course = course_new();
        g_autoptr(MigrationStatus) status = status_of(ENDS[i][0]);
        g_autoptr(Forecast) forecast = NULL;

        course_add(course, status, &usual, 10);
        forecast = forecast_new(course);
        g_assert_cmpint(forecast->verdict, ==, VERDICT_COMPLETED);
        g_assert_cmpstr(forecast->reason, ==, ENDS[i][1]);
    }
}

static void test_blackout(void)
{
    static const CourseEvent events[] = {
        {1, 100, FALSE, (char *)"STOP", NULL},   {2, 150, FALSE, (char *)"RESUME", NULL},
        {3, 1000, FALSE, (char *)"STOP", NULL},  {4, 1700, TRUE, (char *)"RESUME", NULL},
        {5, 9000, TRUE, (char *)"RESUME", NULL},
    };
    g_autoptr(MigrationCourse) course = course_new();

    g_assert_cmpint(course_blackout(course), ==, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        course_add_event(course, &events[i]);
    }
    g_assert_cmpint(course_blackout(course), ==, 700);
}

/* One pass with little or with much among many is not a trend: the verdict stays; but a set that
 * really becomes smaller is seen, after many passes too. */
static void test_noise(void)
{
    static const double noisy[] = {256, 10, 10.4, 9.8, 10.2, 9.9, 10.1, 12.5, 10.3, 10, 9.9, 9.9};
    static const double less[] = {256, 10, 10.4, 9.8, 10.2, 9.9, 10.1, 10, 9, 7.5, 6, 5.9};
    static const struct {
        const double *sets;
        Verdict verdict;
    } cases[] = {{noisy, VERDICT_HOPELESS}, {less, VERDICT_CONVERGING}};

    Guest guest = {.memory = 256 * MIB, .rate = 20 * MIB, .limits = usual};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MigrationCourse) course = NULL;
        g_autoptr(Forecast) forecast = NULL;
        double sets[G_N_ELEMENTS(noisy)];

        for (guint pass = 0; pass < G_N_ELEMENTS(sets); pass++) {
            sets[pass] = cases[i].sets[pass] * MIB;
        }
        course = run_sets(&guest, sets, G_N_ELEMENTS(sets));
        forecast = forecast_new(course);

        g_test_message("%u: trend %.2f: %s", i, forecast->trend, forecast->reason);
        g_assert_cmpfloat(forecast->trend, <, 0.95);
        g_assert_cmpfloat(forecast->trend, >, 0);
        g_assert_cmpint(forecast->verdict, ==, cases[i].verdict);
        g_assert_cmpint(forecast->has_eta, ==, cases[i].verdict == VERDICT_CONVERGING);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forecast/first-pass", test_first_pass);
    g_test_add_func("/forecast/hopeless", test_hopeless);
    g_test_add_func("/forecast/ways-out", test_ways_out);
    g_test_add_func("/forecast/verdicts", test_verdicts);
    g_test_add_func("/forecast/noise", test_noise);
    g_test_add_func("/forecast/pass-just-begun", test_pass_just_begun);
    g_test_add_func("/forecast/eta-of-shrinking", test_eta_of_shrinking);
    g_test_add_func("/forecast/attached-late", test_attached_late);
    g_test_add_func("/forecast/disks", test_disks);
    g_test_add_func("/forecast/stalled", test_stalled);
    g_test_add_func("/forecast/states", test_states);
    g_test_add_func("/forecast/anything", test_anything);
    g_test_add_func("/course/goes-on", test_goes_on);
    g_test_add_func("/course/blackout", test_blackout);
    g_test_add_func("/forecast/ends", test_ends);
    return g_test_run();
}
