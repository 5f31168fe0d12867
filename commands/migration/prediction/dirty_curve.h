/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of its memory a guest makes dirty in a time: D(t), the bytes of different pages that it
 * writes to within t seconds. It rises, ever more slowly: pages that are written again count once.
 * Known at a few times; what is between follows from that. */
#pragma once

#include <glib.h>

enum { DIRTY_POINTS = 4 };

typedef struct {
    double seconds;
    double bytes;
    gboolean rough; /* of few pages: bounded by the others, and bounds none of them */
} DirtyPoint;

/* All 0: a guest that does not write. */
typedef struct {
    guint count;
    DirtyPoint points[DIRTY_POINTS]; /* by time */
    double at_once;                  /* bytes that are written to as soon as the guest runs */
} DirtyCurve;

/* Adds a point, later than those before; at most DIRTY_POINTS. */
void dirty_curve_add(DirtyCurve *curve, double seconds, double bytes, gboolean rough);

/* Makes what was measured, with its errors, a curve that rises ever more slowly: of two points that
 * contradict each other the later one counts, since it was measured longer. */
void dirty_curve_settle(DirtyCurve *curve);

/* D(@seconds) in bytes; behind the last point it rises on, by as much less as it did before. */
double dirty_curve_at(const DirtyCurve *curve, double seconds);

/* Where the curve is nearly flat behind its first point, the guest came to an end of its span
 * somewhere before that; nobody saw when. *@early gets @curve with all of it written to at once:
 * the worst that may be behind what was measured. FALSE where the points leave no such doubt. */
gboolean dirty_curve_early(const DirtyCurve *curve, DirtyCurve *early);

/* How fast the guest writes, in bytes per second, at the least: what it writes to twice within the
 * first point's time is not seen. */
double dirty_curve_rate(const DirtyCurve *curve);

/* Whether the curve has come to an end: the guest writes to the same pages over and over. @bytes
 * gets these, else what was seen so far. */
gboolean dirty_curve_span(const DirtyCurve *curve, double *bytes);
