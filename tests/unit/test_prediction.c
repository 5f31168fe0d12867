/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of made-up guests. */
#include "commands/migration/prediction/prediction_text.h"

#define MIB (1024.0 * 1024)

/* 1 GiB of RAM, the first @filled of which (0 to 1) is not all zeros. */
static SimulationBasis basis_of(double filled, guint64 speed_mib, guint64 downtime_ms)
{
    SimulationBasis basis = {.memory = (guint64)(1024 * MIB),
                             .link = (guint64)(1024 * MIB),
                             .fresh = (guint64)(1024 * MIB),
                             .limits = {.known_bandwidth = TRUE,
                                        .bandwidth = (guint64)((double)speed_mib * MIB),
                                        .known_downtime = TRUE,
                                        .downtime_ms = downtime_ms}};

    for (guint i = 0; i < MEMORY_PARTS; i++) {
        basis.filled[i] = i < filled * MEMORY_PARTS ? 1 : 0;
    }
    return basis;
}

static void add_writing(SimulationBasis *basis, double rate_mib, double span_mib)
{
    dirty_curve_add(&basis->dirty, span_mib / rate_mib / 2, span_mib * MIB / 2, FALSE);
    dirty_curve_add(&basis->dirty, span_mib / rate_mib, span_mib * MIB, FALSE);
    dirty_curve_add(&basis->dirty, span_mib / rate_mib + 3, span_mib * MIB, FALSE);
}

static void check_near(double value, double expected, double tolerance)
{
    g_test_message("%g, expected %g", value, expected);
    g_assert_cmpfloat_with_epsilon(value, expected, tolerance);
}

/* --- the simulation --- */

/* 512 MiB at 64 MiB/s are 80 slices: the first is sent at once, and the last is not waited for. */
static void test_idle(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 300);
    Simulation result = simulation_run(&basis, 1);

    g_assert_true(result.ends);
    g_assert_cmpuint(result.passes, ==, 3); /* QEMU's count: begin, end, and the guest stopped */
    check_near(result.seconds, 7.9 + 0.1 + 0.0625 / 2, 0.05);
    check_near(result.bytes / MIB, 512 + 512 * 9.0 / 4096, 0.01);
    check_near(result.downtime, 0.003, 0.001);
    check_near(result.throughput / MIB, 64, 0.1);
}

/* 20 MiB are dirty at the end of the first pass, and 32 may be left. */
static void test_small_set(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 500);
    Simulation result;

    add_writing(&basis, 40, 20);
    result = simulation_run(&basis, 1);
    g_assert_true(result.ends);
    g_assert_cmpuint(result.passes, ==, 3);
    check_near(result.downtime, 20.0 / 1024 + 0.003, 0.001);
    check_near(result.bytes / MIB, 512 + 20 + 1, 1);
}

/* Of what is left a page in two times as much is written to as before: W falls by 40 / 64. */
static void test_several_passes(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 100);
    Simulation result;

    add_writing(&basis, 40, 100);
    result = simulation_run(&basis, 1);
    g_assert_true(result.ends);
    g_assert_cmpuint(result.passes, >=, 7);
    g_assert_cmpuint(result.passes, <=, 12);
    check_near(result.seconds, 8 + 100.0 / 64 / (1 - 40.0 / 64), 1.2);
    check_near(result.downtime, 0.005 + 0.003, 0.005);  /* 6.4 MiB at most */
    g_assert_cmpfloat(result.working_set, <, 65 * MIB); /* of the first passes no more */
}

static void test_hopeless(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 100);
    Simulation result;

    add_writing(&basis, 100, 100);
    result = simulation_run(&basis, 1);
    g_assert_false(result.ends);
    check_near(result.working_set / MIB, 100, 1);
    check_near(result.throughput / MIB, 64, 1);
}

/* The threshold is throughput by limit: 100 MiB at 64 MiB/s. */
static void test_threshold(void)
{
    for (guint64 ms = 1400; ms <= 1700; ms += 300) {
        SimulationBasis basis = basis_of(0.5, 64, ms);

        add_writing(&basis, 100, 100);
        g_assert_cmpint(simulation_run(&basis, 1).ends, ==, ms > 1563);
    }
}

/* Pages of zeros cost next to nothing, and a guest without any writing nothing but its memory. */
static void test_zeros(void)
{
    SimulationBasis basis = basis_of(0, 64, 300);
    Simulation result = simulation_run(&basis, 1);

    g_assert_true(result.ends);
    check_near(result.bytes / MIB, 1024 * 9.0 / 4096, 0.01);
    check_near(result.seconds, 0.13, 0.05);
}

/* Nothing limits the speed but the link. */
static void test_without_limit(void)
{
    SimulationBasis basis = basis_of(1, 0, 300);
    Simulation result;

    basis.link = basis.fresh = (guint64)(256 * MIB);
    result = simulation_run(&basis, 1);
    g_assert_true(result.ends);
    check_near(result.seconds, 4, 0.1);
    check_near(result.downtime, 0.3, 0.06); /* what may be left is what is left */
    basis.limits.downtime_ms = 30;
    check_near(simulation_run(&basis, 1).downtime, 0.015, 0.02);
}

static void test_throttled(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 300);
    Simulation result;

    add_writing(&basis, 100, 100);
    g_assert_false(simulation_run(&basis, 1).ends);
    basis.limits.throttles = TRUE;
    result = simulation_run(&basis, 1);
    g_assert_true(result.ends);
    g_assert_cmpuint(result.throttle, >=, 20);
    g_assert_cmpuint(result.throttle, <=, 99);
}

/* Speeds at which it takes years or seconds come to an end at once. */
static void test_slow(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    SimulationBasis basis = basis_of(1, 64, 300);

    add_writing(&basis, 100, 100);
    for (guint64 speed = 1; speed < (1 << 20); speed *= 2) {
        basis.limits.bandwidth = speed;
        g_assert_false(simulation_run(&basis, 1).ends);
        basis.limits.bandwidth = 0;
        basis.link = basis.fresh = speed;
        g_assert_false(simulation_run(&basis, 1).ends);
        basis.link = basis.fresh = (guint64)(1024 * MIB);
    }
    basis.dirty.count = 0;
    basis.limits.bandwidth = 2048; /* 512 * 1024 s */
    check_near(simulation_run(&basis, 1).seconds, 512 * 1024, 1);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 1);
}

/* Limits that QEMU does not tell (before 2.8), a limit of 0, and no memory: it comes to an end. */
static void test_edges(void)
{
    SimulationBasis basis = basis_of(0.5, 64, 0);

    add_writing(&basis, 100, 100);
    g_assert_true(simulation_run(&basis, 1).ends); /* nothing is left once; then all is sent */
    check_near(simulation_run(&basis, 1).downtime, 100.0 / 1024, 0.02);
    basis.limits = (MigrationLimits){0};
    check_near(simulation_run(&basis, 0).seconds, 16, 0.2);
    basis.memory = 0;
    g_assert_true(simulation_run(&basis, 1).ends);
}

/* --- the verdict, and what would help --- */

static Prediction *predict(double rate_mib, double span_mib, guint64 speed_mib, guint64 ms)
{
    PredictionBasis basis = {.simulation = basis_of(0.5, speed_mib, ms), .seconds = 3, .pages = 9};

    add_writing(&basis.simulation, rate_mib, span_mib);
    prediction_set_link(&basis, LINK_GIVEN, (guint64)(1024 * MIB), (guint64)(1024 * MIB));
    return prediction_new(&basis);
}

static void check_remedy(const Prediction *prediction, guint index, const char *prefix)
{
    const PredictionRemedy *remedy = prediction->remedies->pdata[index];

    g_test_message("%s: %g s, %g s", remedy->line, remedy->seconds, remedy->downtime);
    g_assert_true(g_str_has_prefix(remedy->line, prefix));
    g_assert_cmpfloat(remedy->seconds, >, remedy->downtime);
}

static void test_remedies(void)
{
    g_autoptr(Prediction) prediction = predict(100, 100, 64, 100);

    g_assert_false(prediction->result.ends);
    g_assert_cmpuint(prediction->remedies->len, ==, 2);
    check_remedy(prediction, 0, "migrate_set_downtime 2");
    check_remedy(prediction, 1, "migrate_set_speed 1");
}

/* A guest's span that was written to whole when it was first looked at: with the curve's straight
 * line it would end, with all of it at once it would not. What is offered holds for both. */
static void test_early(void)
{
    PredictionBasis basis = {.simulation = basis_of(0.5, 120, 100), .seconds = 3, .pages = 9};
    g_autoptr(Prediction) unsure = NULL;
    g_autoptr(Prediction) sure = NULL;
    g_autoptr(Prediction) helped = NULL;
    DirtyCurve *curve = &basis.simulation.dirty;
    const PredictionRemedy *remedy;
    SimulationBasis limits;

    dirty_curve_add(curve, 0.35, 19 * MIB, TRUE);
    dirty_curve_add(curve, 1, 20 * MIB, FALSE);
    dirty_curve_add(curve, 3, 20 * MIB, FALSE);
    g_assert_true(simulation_run(&basis.simulation, 1).ends);
    unsure = prediction_new(&basis);
    g_assert_false(unsure->result.ends);
    g_assert_cmpuint(unsure->close, ==, CLOSE_EARLY);
    check_near(unsure->result.working_set / MIB, 20, 0.1);
    g_assert_cmpuint(unsure->remedies->len, >=, 1);
    for (guint i = 0; i < unsure->remedies->len; i++) {
        remedy = unsure->remedies->pdata[i];
        g_test_message("%s: %g s", remedy->line, remedy->seconds);
    }
    limits = basis.simulation;
    basis.simulation.limits.downtime_ms = 250; /* 30 MiB */
    helped = prediction_new(&basis);
    g_assert_true(helped->result.ends && !(helped->close & CLOSE_EARLY));
    basis.simulation = limits;
    basis.simulation.dirty.points[0].bytes = 7 * MIB; /* as fast as 20 MiB/s: it was seen */
    sure = prediction_new(&basis);
    g_assert_true(sure->result.ends);
    g_assert_cmpuint(sure->close, ==, 0);
}

/* An end that rests on the guest being slowed by much is not promised. */
static void test_slowed(void)
{
    PredictionBasis basis = {.simulation = basis_of(0.5, 64, 300)};
    g_autoptr(Prediction) prediction = NULL;

    add_writing(&basis.simulation, 200, 100);
    basis.simulation.limits.throttles = TRUE;
    prediction = prediction_new(&basis);
    g_assert_true(prediction->result.ends);
    g_assert_cmpuint(prediction->result.throttle, >, 50);
    g_assert_true(prediction->close & CLOSE_SLOWED);
}

static void test_close(void)
{
    g_autoptr(Prediction) sure = predict(30, 60, 64, 100);
    g_autoptr(Prediction) barely = predict(60, 60, 64, 100);
    g_autoptr(Prediction) hardly = predict(66, 60, 64, 100);
    g_autoptr(Prediction) never = predict(400, 60, 64, 100);

    g_assert_true(sure->result.ends && !(sure->close & CLOSE_WRITING));
    g_assert_true(barely->close & CLOSE_WRITING);
    g_assert_true(hardly->close & CLOSE_WRITING);
    g_assert_true(!never->result.ends && !never->close);
}

static void check_text(const Prediction *prediction, int width, const char *const *parts)
{
    g_autoptr(GString) text = g_string_new(NULL);

    prediction_print(prediction, width, text);
    g_test_message("%s", text->str);
    for (; *parts; parts++) {
        g_assert_nonnull(strstr(text->str, *parts));
    }
}

/* Without a label's room a command stays one line, that can be copied. */
static void check_commands_whole(const Prediction *prediction)
{
    for (int width = 41; width < 120; width++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_auto(GStrv) lines = NULL;

        prediction_print(prediction, width, text);
        lines = g_strsplit(text->str, "\n", -1);
        for (char **line = lines; *line; line++) {
            g_assert_cmpint(g_utf8_strlen(*line, -1), <=, width);
        }
        for (guint i = 0; i < prediction->remedies->len; i++) {
            const PredictionRemedy *remedy = prediction->remedies->pdata[i];

            g_assert_nonnull(strstr(text->str, remedy->line));
        }
        g_assert_nonnull(strstr(text->str, "migrate_set_capability auto-converge on"));
    }
}

static void test_text(void)
{
    static const char *const good[] = {
        "prediction: will converge\n",
        "passes: 3\n",
        "total time: 8.1 s\n",
        "downtime: 23 ms\n",
        "memory: 1 GiB, about 512 MiB of it not all zeros (9 pages were looked at)\n",
        "writing: at least 40 MiB/s, 20 MiB over and over, in the 3 s that were looked at\n",
        "at: 64 MiB/s (the speed's limit), downtime limit 500 ms\n",
        "link: 1 GiB/s, as given\n",
        NULL,
    };
    static const char *const bad[] = {"will not converge: 100 MiB would be",
                                      "  Way out       migrate_set_downtime ",
                                      "\n                migrate_set_speed ",
                                      "\n  May help      migrate_set_capability auto-converge on",
                                      "postcopy-ram",
                                      NULL};
    g_autoptr(Prediction) converges = predict(40, 20, 64, 500);
    g_autoptr(Prediction) hopeless = predict(100, 100, 64, 100);
    g_autoptr(Json) json = prediction_json(converges);
    g_autoptr(Json) other = prediction_json(hopeless);
    Json *remedy;

    check_text(converges, 0, good);
    check_text(hopeless, 80, bad);
    check_commands_whole(hopeless);
    g_assert_cmpint(json_object_get_int(json_get(json, "downtime-ms")), ==, 23);
    g_assert_cmpuint(json_length(json_get(json, "advice")), ==, 0);
    g_assert_cmpuint(json_length(json_get(json, "assumptions")), ==, 4);
    g_assert_false(json_object_get_boolean(json_get(other, "converges")));
    g_assert_null(json_get(other, "total-ms"));
    g_assert_cmpuint(json_length(json_get(other, "advice")), ==, 2);
    remedy = json_object_array_get_idx(json_get(other, "remedies"), 1);
    g_assert_cmpuint(json_length(json_get(other, "remedies")), ==, 2);
    g_assert_true(g_str_has_prefix(json_get_string(remedy, "line"), "migrate_set_speed "));
    g_assert_cmpint(json_object_get_int(json_get(remedy, "total-ms")), >, 2000);
    g_assert_cmpint(json_object_get_int(json_get(remedy, "downtime-ms")), >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prediction/idle", test_idle);
    g_test_add_func("/prediction/small-set", test_small_set);
    g_test_add_func("/prediction/several-passes", test_several_passes);
    g_test_add_func("/prediction/hopeless", test_hopeless);
    g_test_add_func("/prediction/threshold", test_threshold);
    g_test_add_func("/prediction/zeros", test_zeros);
    g_test_add_func("/prediction/without-limit", test_without_limit);
    g_test_add_func("/prediction/throttled", test_throttled);
    g_test_add_func("/prediction/slow", test_slow);
    g_test_add_func("/prediction/edges", test_edges);
    g_test_add_func("/prediction/remedies", test_remedies);
    g_test_add_func("/prediction/early", test_early);
    g_test_add_func("/prediction/slowed", test_slowed);
    g_test_add_func("/prediction/close", test_close);
    g_test_add_func("/prediction/text", test_text);
    return g_test_run();
}
