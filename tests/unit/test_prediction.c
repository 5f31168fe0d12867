/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictions of made-up guests, and what is read from QEMU for them. */
#include <math.h>

#include "commands/migration/prediction/memory_sample.h"
#include "commands/migration/prediction/prediction_text.h"
#include "tests/unit/transcript.h"

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
    g_assert_cmpuint(prediction->remedies->len, ==, 3);
    check_remedy(prediction, 0, "migrate_set_downtime 1.");
    check_remedy(prediction, 1, "migrate_set_speed 1");
    check_remedy(prediction, 2, "migrate_set_capability auto-converge on");
}

static void test_remedy_postcopy(void)
{
    PredictionBasis basis = {.simulation = basis_of(0.5, 64, 100)};
    g_autoptr(Prediction) prediction = NULL;

    add_writing(&basis.simulation, 100, 100);
    basis.simulation.limits.postcopy = TRUE;
    prediction = prediction_new(&basis);
    check_remedy(prediction, prediction->remedies->len - 1, "migrate_start_postcopy");
}

static void test_close(void)
{
    g_autoptr(Prediction) sure = predict(30, 60, 64, 100);
    g_autoptr(Prediction) barely = predict(60, 60, 64, 100);
    g_autoptr(Prediction) hardly = predict(66, 60, 64, 100);
    g_autoptr(Prediction) never = predict(400, 60, 64, 100);

    g_assert_true(sure->result.ends && !sure->close);
    g_assert_true(barely->close);
    g_assert_true(hardly->close);
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
    static const char *const bad[] = {"will not converge: 100 MiB would be", "Way out ",
                                      "migrate_set_speed ", "postcopy-ram", NULL};
    g_autoptr(Prediction) converges = predict(40, 20, 64, 500);
    g_autoptr(Prediction) hopeless = predict(100, 100, 64, 100);
    g_autoptr(Json) json = prediction_json(converges);
    g_autoptr(Json) other = prediction_json(hopeless);

    check_text(converges, 0, good);
    check_text(hopeless, 80, bad);
    g_assert_cmpint(json_object_get_int(json_get(json, "downtime-ms")), ==, 23);
    g_assert_cmpuint(json_length(json_get(json, "advice")), ==, 0);
    g_assert_cmpuint(json_length(json_get(json, "assumptions")), ==, 4);
    g_assert_false(json_object_get_boolean(json_get(other, "converges")));
    g_assert_null(json_get(other, "total-ms"));
    g_assert_cmpuint(json_length(json_get(other, "advice")), ==, 3);
}

/* --- the curve --- */

static void test_curve(void)
{
    DirtyCurve curve = {0};
    double bytes;

    g_assert_cmpfloat(dirty_curve_at(&curve, 5), ==, 0);
    g_assert_true(dirty_curve_span(&curve, &bytes));
    dirty_curve_add(&curve, 1, 50, FALSE);
    dirty_curve_add(&curve, 3, 150, FALSE);
    dirty_curve_settle(&curve);
    g_assert_false(dirty_curve_span(&curve, &bytes));
    check_near(dirty_curve_at(&curve, 0.5), 25, 0.01);
    check_near(dirty_curve_at(&curve, 2), 100, 0.01);
    check_near(dirty_curve_at(&curve, 10), 500, 0.01); /* it does not become less */
    check_near(dirty_curve_rate(&curve), 50, 0.01);
}

static void test_curve_saturates(void)
{
    DirtyCurve curve = {0};

    dirty_curve_add(&curve, 1, 98, FALSE);
    dirty_curve_add(&curve, 3, 99, FALSE);
    dirty_curve_settle(&curve);
    check_near(dirty_curve_at(&curve, 100), 99, 0.01);
    /* 1 - exp(-t), which the last points hardly tell from a straight line */
    curve = (DirtyCurve){0};
    for (int t = 1; t <= 3; t++) {
        dirty_curve_add(&curve, t, 100 * (1 - exp(-t)), FALSE);
    }
    dirty_curve_settle(&curve);
    check_near(dirty_curve_at(&curve, 2.5), 100 * (1 - exp(-2.5)), 1.5);
    check_near(dirty_curve_at(&curve, 20), 100, 1);
}

/* What contradicts itself: the longer measurement counts; few pages bound nothing. */
static void test_curve_settles(void)
{
    DirtyCurve curve = {0};

    dirty_curve_add(&curve, 0.25, 500, TRUE);
    dirty_curve_add(&curve, 1, 40, FALSE);
    dirty_curve_add(&curve, 3, 150, FALSE);
    dirty_curve_settle(&curve);
    check_near(curve.points[2].bytes, 150, 0.01);
    check_near(curve.points[1].bytes, 50, 0.01);
    check_near(curve.points[0].bytes, 50, 0.01);
    curve = (DirtyCurve){0};
    dirty_curve_add(&curve, 1, 40, FALSE);
    dirty_curve_add(&curve, 3, 38, FALSE);
    dirty_curve_settle(&curve);
    check_near(dirty_curve_at(&curve, 9), 40, 0.01);
}

/* --- what QEMU tells of the memory --- */

static void check_ranges(const char *text, guint count, guint64 sum)
{
    g_autoptr(GArray) ranges = memory_ranges_parse(text);
    guint64 bytes = 0;

    for (guint i = 0; i < ranges->len; i++) {
        bytes += g_array_index(ranges, MemoryRange, i).size;
    }
    g_assert_cmpuint(ranges->len, ==, count);
    g_assert_cmpuint(bytes, ==, sum);
}

/* As QEMU 10.0 tells it of a guest run by KVM with more memory than there is below the PCI hole. */
static const char LARGE[] =
    "FlatView #0\r\n AS \"VGA\", root: bus master container\r\n Root memory region: (none)\r\n"
    "  0000000000000000-00000000000fffff (prio 0, ram): not.ours KVM\r\n\r\n"
    "FlatView #1\r\n AS \"memory\", root: system\r\n AS \"cpu-memory-0\", root: system\r\n"
    " Root memory region: system\r\n"
    "  0000000000000000-000000000009ffff (prio 0, ram): pc.ram KVM\r\n"
    "  00000000000a0000-00000000000affff (prio 2, ram): vga.vram KVM\r\n"
    "  00000000000c0000-00000000000c3fff (prio 0, rom): pc.ram @00000000000c0000 KVM\r\n"
    "  0000000000100000-00000000bfffffff (prio 0, ram): pc.ram @0000000000100000 KVM\r\n"
    "  00000000fd000000-00000000fdffffff (prio 1, ramd): 0000:01:00.0 BAR 0 mmaps[0] KVM\r\n"
    "  00000000febd0000-00000000febd0fff (prio 1, i/o): vga.mmio\r\n"
    "  0000000100000000-000000013fffffff (prio 0, ram): pc.ram @00000000c0000000 KVM\r\n\r\n"
    "FlatView #2\r\n AS \"I/O\", root: io\r\n Root memory region: io\r\n"
    "  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan\r\n";

static void test_ranges(void)
{
    g_autofree char *recorded = transcript_text("7.2", "idle.info_mtree_-f.txt");

    check_ranges(recorded, 6, (guint64)(256 * MIB) + 0x40000);
    check_ranges(LARGE, 5, 0xa0000 + 0x10000 + 0x4000 + 0xbff00000 + 0x40000000ull);
    check_ranges("", 0, 0);
    check_ranges("FlatView #0\n AS \"memory\", root: system\n"
                 "  00000000fffc0000-00000000ffffffff (prio 0, romd): system.flash0\n"
                 "  zz-00 (prio 0, ram): pc.ram\n  0000000000100000 (prio 0, ram): pc.ram\n"
                 "  0000000000200000-0000000000100000 (prio 0, ram): pc.ram\n",
                 0, 0);
}

static void check_zero(const char *text, gboolean zero, gboolean readable)
{
    gboolean read;

    g_assert_cmpint(memory_is_zero(text, &read), ==, zero);
    g_assert_cmpint(read, ==, readable);
}

static void test_pages(void)
{
    check_zero("0000000001000000: 0x0000000000000000 0x0000000000000000\n"
               "0000000001000010: 0x0000000000000000 0x0000000000000000\n",
               TRUE, TRUE);
    check_zero("0000000001000000: 0x0000000000000000 0x0000000000000001\r\n", FALSE, TRUE);
    check_zero("0000000001000000: 0x0408060100042021 0x1255994f9dcca8c5\n", FALSE, TRUE);
    check_zero("0000000f00000000: Cannot access memory\n", FALSE, FALSE);
    check_zero("", FALSE, FALSE);
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
    g_test_add_func("/prediction/edges", test_edges);
    g_test_add_func("/prediction/remedies", test_remedies);
    g_test_add_func("/prediction/remedy-postcopy", test_remedy_postcopy);
    g_test_add_func("/prediction/close", test_close);
    g_test_add_func("/prediction/text", test_text);
    g_test_add_func("/prediction/curve", test_curve);
    g_test_add_func("/prediction/curve-saturates", test_curve_saturates);
    g_test_add_func("/prediction/curve-settles", test_curve_settles);
    g_test_add_func("/prediction/ranges", test_ranges);
    g_test_add_func("/prediction/pages", test_pages);
    return g_test_run();
}
