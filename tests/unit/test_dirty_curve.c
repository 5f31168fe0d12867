/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a guest writes to with time, by a few points. */
#include "commands/migration/prediction/dirty_curve.h"

#include <math.h>

static void check_near(double value, double expected, double tolerance)
{
    g_test_message("%g, expected %g", value, expected);
    g_assert_cmpfloat_with_epsilon(value, expected, tolerance);
}

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

/* What may be behind a curve that is flat behind its first point: all of it at once. */
static void test_early(void)
{
    DirtyCurve curve = {0};
    DirtyCurve early;

    g_assert_false(dirty_curve_early(&curve, &early));
    dirty_curve_add(&curve, 0.3, 90, TRUE);
    g_assert_false(dirty_curve_early(&curve, &early)); /* nobody knows how it goes on */
    dirty_curve_add(&curve, 1, 100, FALSE);
    dirty_curve_add(&curve, 3, 110, FALSE);
    g_assert_true(dirty_curve_early(&curve, &early));
    check_near(dirty_curve_at(&early, 0), 0, 0.01);
    check_near(dirty_curve_at(&early, 0.01), 100, 0.01); /* the first point is rough */
    check_near(dirty_curve_at(&early, 1), 100, 0.01);
    check_near(dirty_curve_at(&early, 3), 110, 0.01);
    check_near(dirty_curve_at(&early, 9), dirty_curve_at(&curve, 9), 0.01);
    curve.points[0].bytes = 50; /* the second rise is less than half of the first: it was seen */
    g_assert_false(dirty_curve_early(&curve, &early));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dirty-curve/line", test_curve);
    g_test_add_func("/dirty-curve/saturates", test_curve_saturates);
    g_test_add_func("/dirty-curve/settles", test_curve_settles);
    g_test_add_func("/dirty-curve/early", test_early);
    return g_test_run();
}
