/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/prediction.h"

#include <math.h>
#include <stdlib.h>

#include "commands/migration/advice.h"

static const double MORE = 1.25; /* what a guest may write more, or less, than it did */
static const double STEP = 1.12;
static const double SPREAD = 1.5; /* of the times, from which on one figure would be too few */
static const guint SLOWED = 50; /* percent; QEMU hardly slows a guest by more, whatever it tells */
static const guint64 MIB = 1 << 20;
enum { STEPS = 48 };

/* Seen with QEMU 7.2 within one host; the network is one of 10 Gbit/s. A page that the destination
 * does not have yet costs it a page fault, too. */
static const guint64 NETWORK_MIB = 1024;
static const guint64 HOST_MIB = 2560;
static const guint64 FRESH_MIB = 700;

guint64 prediction_assumed_link(LinkSource source)
{
    return (source == LINK_SAME_HOST ? HOST_MIB : NETWORK_MIB) * MIB;
}

void prediction_set_link(PredictionBasis *basis, LinkSource source, guint64 link, guint64 fresh)
{
    if (fresh == 0) {
        fresh = FRESH_MIB * MIB;
    }
    basis->link_source = source;
    basis->simulation.link = MAX(link, 1);
    basis->simulation.fresh = MIN(MAX(fresh, 1), basis->simulation.link);
}

/* --- the figures --- */

static int by_size(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static double median(double *values, guint count)
{
    qsort(values, count, sizeof(*values), by_size);
    return values[count / 2];
}

/* What a migration comes to at slightly different speeds. */
typedef struct {
    Simulation result;
    double least_s, most_s;
} Steady;

/* simulation_run(), with times that do not hang on a moment: whether a slice of QEMU's ends before
 * or after the last pages of a pass may change the downtime by much. They are in the middle of
 * those of slightly different speeds. */
static Steady run_steadily(const SimulationBasis *basis)
{
    static const double speeds[] = {0.85, 0.92, 1.08, 1.15};
    Simulation result = simulation_run(basis, 1);
    double seconds[G_N_ELEMENTS(speeds) + 1] = {result.seconds};
    double downtimes[G_N_ELEMENTS(speeds) + 1] = {result.downtime};
    guint count = 1;

    for (guint i = 0; result.ends && i < G_N_ELEMENTS(speeds); i++) {
        SimulationBasis other = *basis;
        Simulation run;

        other.link = (guint64)((double)basis->link * speeds[i]);
        other.fresh = (guint64)((double)basis->fresh * speeds[i]);
        run = simulation_run(&other, 1);
        if (run.ends) {
            seconds[count] = run.seconds;
            downtimes[count++] = run.downtime;
        }
    }
    result.seconds = median(seconds, count);
    result.downtime = median(downtimes, count);
    return (Steady){result, seconds[0], seconds[count - 1]};
}

/* @basis where its guest writes to its whole span at once; FALSE where that cannot be. */
static gboolean worst_of(const SimulationBasis *basis, SimulationBasis *worst)
{
    *worst = *basis;
    return dirty_curve_early(&basis->dirty, &worst->dirty);
}

/* The verdict, with what could turn it. */
static void judge(Prediction *self)
{
    const SimulationBasis *basis = &self->basis.simulation;
    SimulationBasis worst;
    gboolean doubt = worst_of(basis, &worst);
    Steady likely = run_steadily(basis);
    Steady steady = doubt ? run_steadily(&worst) : likely;
    gboolean ends = steady.result.ends;

    self->result = steady.result;
    self->least_s = MIN(steady.least_s, likely.least_s);
    self->most_s = MAX(steady.most_s, likely.most_s);
    if (likely.result.ends != ends) {
        self->close |= CLOSE_EARLY;
    } else if (ends && self->most_s > SPREAD * self->least_s) {
        self->close |= CLOSE_SPREAD;
    }
    if (simulation_run(&worst, ends ? MORE : 1 / MORE).ends != ends) {
        self->close |= CLOSE_WRITING;
    }
    if (ends && self->result.throttle > SLOWED) {
        self->close |= CLOSE_SLOWED;
    }
}

/* --- what would help --- */

static void remedy_free(gpointer data)
{
    PredictionRemedy *remedy = data;

    g_free(remedy->line);
    g_free(remedy);
}

/* Takes @line over. */
static void add_remedy(Prediction *self, char *line, const Simulation *result)
{
    PredictionRemedy *remedy = g_new0(PredictionRemedy, 1);

    remedy->line = line;
    remedy->seconds = result->seconds;
    remedy->downtime = result->downtime;
    g_ptr_array_add(self->remedies, remedy);
}

static gboolean ends_unslowed(const Simulation *result)
{
    return result->ends && result->throttle <= SLOWED;
}

/* Whether the migration of @basis ends with something to spare, however the guest came to what was
 * seen of its writing. @result: the worst of it. */
static gboolean ends_surely(const SimulationBasis *basis, Simulation *result)
{
    SimulationBasis worst;
    Simulation run = simulation_run(basis, MORE);

    if (!ends_unslowed(&run)) {
        return FALSE;
    }
    if (worst_of(basis, &worst)) {
        run = simulation_run(&worst, MORE);
    }
    *result = run_steadily(&worst).result;
    return ends_unslowed(&run) && ends_unslowed(result);
}

/* The least downtime limit, in steps, with which it ends. */
static void try_downtime(Prediction *self)
{
    SimulationBasis basis = self->basis.simulation;
    double seconds = MAX(self->result.working_set / MAX(self->result.throughput, 1), 0.01);
    Simulation result;

    for (int i = 0; i < STEPS && seconds <= ADVICE_DOWNTIME_MAX_S; i++) {
        basis.limits.known_downtime = TRUE;
        basis.limits.downtime_ms = (guint64)ceil(seconds * 1000);
        if (ends_surely(&basis, &result)) {
            add_remedy(self, advice_downtime((double)basis.limits.downtime_ms / 1000), &result);
            return;
        }
        seconds *= STEP;
    }
}

/* The same of the speed; what the link cannot carry would not help. */
static void try_speed(Prediction *self)
{
    SimulationBasis basis = self->basis.simulation;
    double speed = basis.limits.bandwidth ? (double)MAX(basis.limits.bandwidth, MIB) : 0;
    Simulation result;

    for (int i = 0; i < STEPS && speed > 0 && speed * STEP < (double)basis.fresh; i++) {
        speed *= STEP;
        basis.limits.bandwidth = (guint64)ceil(speed / (double)MIB) * MIB;
        if (ends_surely(&basis, &result)) {
            add_remedy(self, advice_speed((double)basis.limits.bandwidth), &result);
            return;
        }
    }
}

/* --- all --- */

Prediction *prediction_new(const PredictionBasis *basis)
{
    Prediction *self = g_new0(Prediction, 1);

    self->basis = *basis;
    self->remedies = g_ptr_array_new_with_free_func(remedy_free);
    judge(self);
    if (!self->result.ends) {
        try_downtime(self);
        try_speed(self);
    }
    return self;
}

void prediction_free(Prediction *prediction)
{
    if (prediction) {
        g_ptr_array_unref(prediction->remedies);
        g_free(prediction);
    }
}

gint64 prediction_total_ms(const Prediction *prediction)
{
    return (gint64)round(prediction->result.seconds * 1000);
}

gint64 prediction_downtime_ms(const Prediction *prediction)
{
    return (gint64)round(prediction->result.downtime * 1000);
}
