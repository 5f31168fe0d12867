/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/dirty_curve.h"

#include <math.h>

/* A rise that is less than that share of the first one is an error of measurement. */
static const double FLAT = 0.05;
/* With no more than that share of the first rise the second one says that the knee was earlier. */
static const double KNEE = 0.25;

void dirty_curve_add(DirtyCurve *curve, double seconds, double bytes, gboolean rough)
{
    g_return_if_fail(curve->count < DIRTY_POINTS);
    curve->points[curve->count++] = (DirtyPoint){seconds, bytes, rough};
}

void dirty_curve_settle(DirtyCurve *curve)
{
    double most = 0;

    for (guint i = 0; i < curve->count; i++) {
        if (!curve->points[i].rough || i == curve->count - 1) {
            most = MAX(most, curve->points[i].bytes);
        }
    }
    for (guint i = curve->count; i > 0; i--) {
        DirtyPoint *point = &curve->points[i - 1];
        const DirtyPoint *next = point + 1;

        if (i == curve->count) {
            point->bytes = most;
        } else {
            point->bytes =
                CLAMP(point->bytes, next->bytes * point->seconds / next->seconds, next->bytes);
        }
    }
}

/* The point before point @i: for the first one the beginning. */
static DirtyPoint before(const DirtyCurve *curve, guint i)
{
    return i > 0 ? curve->points[i - 1] : (DirtyPoint){0, 0, FALSE};
}

/* The rise in front of point @i, in bytes per second. */
static double slope(const DirtyCurve *curve, guint i)
{
    DirtyPoint from = before(curve, i);
    const DirtyPoint *to = &curve->points[i];

    return (to->bytes - from.bytes) / (to->seconds - from.seconds);
}

static double last_slope(const DirtyCurve *curve)
{
    double last = slope(curve, curve->count - 1);

    return last < FLAT * dirty_curve_rate(curve) ? 0 : last;
}

/* When the middle of the rise in front of point @i was. */
static double middle(const DirtyCurve *curve, guint i)
{
    return (curve->points[i].seconds + before(curve, i).seconds) / 2;
}

/* By how much the rise becomes less in each second, as an exponent: that of the last two rises. */
static double decay(const DirtyCurve *curve)
{
    guint last = curve->count - 1;
    double now = last_slope(curve);
    double earlier = last > 0 ? slope(curve, last - 1) : 0;

    return last > 0 && now > 0 && earlier > now
               ? log(earlier / now) / (middle(curve, last) - middle(curve, last - 1))
               : 0;
}

/* What is added within @seconds behind the last point: the rise becomes less as it did before. */
static double beyond(const DirtyCurve *curve, double seconds)
{
    guint last = curve->count - 1;
    double k = decay(curve);
    double rise = last_slope(curve);

    if (k * seconds < 1e-6) {
        return rise * seconds;
    }
    rise *= exp(-k * (curve->points[last].seconds - middle(curve, last)));
    return rise / k * (1 - exp(-k * seconds));
}

/* D in front of point @i. It is at least on the straight line between the points, and at most where
 * the rises before and behind lead: the middle of the two. In front of the first point, the line.
 */
static double between(const DirtyCurve *curve, guint i, double seconds)
{
    DirtyPoint from = before(curve, i);
    const DirtyPoint *to = &curve->points[i];
    double line = from.bytes + slope(curve, i) * (seconds - from.seconds);
    double behind = i + 1 < curve->count ? slope(curve, i + 1) : last_slope(curve);
    double most = to->bytes - behind * (to->seconds - seconds);

    if (i == 0) {
        return line;
    }
    most = MIN(most, from.bytes + slope(curve, i - 1) * (seconds - from.seconds));
    return (line + MAX(most, line)) / 2;
}

double dirty_curve_at(const DirtyCurve *curve, double seconds)
{
    guint last = curve->count;

    if (curve->count == 0 || seconds <= 0) {
        return 0;
    }
    for (guint i = 0; i < last; i++) {
        if (seconds <= curve->points[i].seconds) {
            return MAX(between(curve, i, seconds), curve->at_once);
        }
    }
    return curve->points[last - 1].bytes + beyond(curve, seconds - curve->points[last - 1].seconds);
}

gboolean dirty_curve_early(const DirtyCurve *curve, DirtyCurve *early)
{
    guint sure = 0;

    *early = *curve;
    if (curve->count < 2 || curve->points[0].bytes <= 0 ||
        slope(curve, 1) > KNEE * slope(curve, 0)) {
        return FALSE;
    }
    while (sure < curve->count - 1 && curve->points[sure].rough) {
        sure++;
    }
    early->at_once = curve->points[sure].bytes;
    return TRUE;
}

double dirty_curve_rate(const DirtyCurve *curve)
{
    return curve->count ? slope(curve, 0) : 0;
}

gboolean dirty_curve_span(const DirtyCurve *curve, double *bytes)
{
    *bytes = curve->count ? curve->points[curve->count - 1].bytes : 0;
    return curve->count == 0 || (curve->count > 1 && last_slope(curve) == 0) || *bytes == 0;
}
