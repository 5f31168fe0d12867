/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/prediction/simulation.h"

#include <math.h>

static const double SLICE_S = 0.1;               /* QEMU: migration.c, BUFFER_DELAY */
static const double AT_ONCE_S = 0.05;            /* QEMU: ram.c, MAX_WAIT */
static const double ZERO_BYTES = 9.0 / 4096;     /* sent for a byte of a page of zeros */
static const double ZERO_RATE = 8.0 * (1 << 30); /* looked at on both sides, seen */
static const double DEVICES_S = 0.003; /* stop, devices' state, start: as seen of a small guest */
static const double OVERLAP = 2;       /* how seldom a page that is left was written to; seen */
static const double SHRINKS = 0.97;
static const double NEAR_SLICES =
    4; /* from the threshold: from there on each slice is gone through */
static const double OLD_BANDWIDTH = 32 << 20; /* QEMU's default limits where it does not tell */
static const double DEFAULT_DOWNTIME_S = 0.3;
enum {
    WATCHED_PASSES = 8, /* the working set must shrink within so many */
    MOST_PASSES = 500,
    THROTTLE_INITIAL = 20, /* the defaults of cpu-throttle-initial, -increment, max-cpu-throttle */
    THROTTLE_INCREMENT = 10,
    THROTTLE_MAX = 99,
};

typedef struct {
    const SimulationBasis *basis;
    double writing;
    double bandwidth; /* INFINITY: no limit */
    double limit_s;
    /* what is left */
    guint part;       /* of the memory that was not sent yet */
    double part_left; /* bytes of that part */
    double again;     /* bytes that were written to meanwhile */
    /* where it is */
    double now, slice_began, slice_sent, sent;
    double threshold;
    double throughput;
    double synced;               /* when */
    double sets[WATCHED_PASSES]; /* of the newest passes */
    double least_before;         /* the least set of those before */
    guint syncs;
    /* throttling */
    double period_began, period_sent, period_dirtied;
    guint high, throttle;
} Runner;

double simulation_filled(const SimulationBasis *basis)
{
    double sum = 0;

    for (guint i = 0; i < MEMORY_PARTS; i++) {
        sum += basis->filled[i];
    }
    return sum / MEMORY_PARTS * (double)basis->memory;
}

static double part_size(const Runner *self)
{
    return (double)self->basis->memory / MEMORY_PARTS;
}

static double unsent(const Runner *self)
{
    return self->part < MEMORY_PARTS
               ? self->part_left + (MEMORY_PARTS - 1 - self->part) * part_size(self)
               : 0;
}

static double left(const Runner *self)
{
    return self->again + unsent(self);
}

/* What the guest has written to within @seconds. */
static double dirtied(const Runner *self, double seconds)
{
    double runs = seconds * (100 - self->throttle) / 100;
    double bytes = dirty_curve_at(&self->basis->dirty, runs) * self->writing;

    return MIN(bytes, (double)self->basis->memory);
}

/* What it takes to send a byte of memory, of what is sent next. */
typedef struct {
    double wire; /* bytes that are sent for it */
    double time; /* seconds, where no limit slows it */
} Rate;

static Rate rate_of(const Runner *self)
{
    gboolean first = self->part < MEMORY_PARTS;
    double share = first ? self->basis->filled[self->part] : 1;
    double speed = (double)(first ? self->basis->fresh : self->basis->link);

    return (Rate){share + (1 - share) * ZERO_BYTES,
                  share / speed + (first ? (1 - share) / ZERO_RATE : 0)};
}

/* Sends for @seconds at most, or until @budget bytes have gone. */
static void send_some(Runner *self, double seconds, double budget)
{
    double end = self->now + seconds;

    while (left(self) > 0 && self->now < end && budget > 0) {
        gboolean first = self->part < MEMORY_PARTS;
        Rate rate = rate_of(self);
        double most = MIN((end - self->now) / rate.time, budget / rate.wire);
        double *source = first ? &self->part_left : &self->again;
        double amount = MIN(most, *source);

        *source -= amount;
        budget -= amount * rate.wire;
        self->now += amount * rate.time;
        self->sent += amount * rate.wire;
        self->slice_sent += amount * rate.wire;
        if (amount < most && first) {
            self->part++;
            self->part_left = part_size(self);
        }
        if (amount >= most) {
            break;
        }
    }
}

/* QEMU: ram.c, migration_trigger_throttle(), once a second at most: slower when for the second time
 * more than half of what was sent was written to. */
static void watch_throttle(Runner *self, double bytes)
{
    self->period_dirtied += bytes;
    if (self->now < self->period_began + 1) {
        return;
    }
    if (self->basis->limits.throttles &&
        self->period_dirtied > (self->sent - self->period_sent) / 2 && ++self->high >= 2) {
        self->high = 0;
        self->throttle = self->throttle ? MIN(self->throttle + THROTTLE_INCREMENT, THROTTLE_MAX)
                                        : THROTTLE_INITIAL;
    }
    self->period_began = self->now;
    self->period_sent = self->sent;
    self->period_dirtied = 0;
}

/* A pass begins: what was written to is added. Of what is left some is written to again. */
static void sync_dirty(Runner *self)
{
    double bytes = dirtied(self, self->now - self->synced);
    double span = MAX(MAX(dirtied(self, self->now), bytes), self->again);
    guint slot = self->syncs % WATCHED_PASSES;

    self->again += bytes - (span > 0 ? self->again * pow(bytes / span, OVERLAP) : 0);
    watch_throttle(self, bytes);
    self->synced = self->now;
    self->sets[slot] = left(self);
    self->syncs++;
}

static void end_slice(Runner *self)
{
    double took = self->now - self->slice_began;

    self->throughput = self->slice_sent / took;
    self->threshold = self->throughput * self->limit_s;
    self->slice_began = self->now;
    self->slice_sent = 0;
}

/* Slices that are alike, of which many lie before the threshold, are gone through in one step: at a
 * slow speed there may be millions. */
static void skip_slices(Runner *self)
{
    gboolean first = self->part < MEMORY_PARTS;
    double *source = first ? &self->part_left : &self->again;
    Rate rate = rate_of(self);
    double bytes = MIN(self->bandwidth * SLICE_S, rate.wire / rate.time * SLICE_S);
    double threshold = bytes / SLICE_S * self->limit_s;
    double amount = MIN(*source, left(self) - MAX(threshold, self->threshold));
    double count = floor(amount * rate.wire / bytes - NEAR_SLICES);

    if (count < NEAR_SLICES) {
        return;
    }
    *source -= count * bytes / rate.wire;
    self->sent += count * bytes;
    self->now += count * SLICE_S;
    self->slice_began = self->now;
    self->throughput = bytes / SLICE_S;
    self->threshold = threshold;
}

/* Whether it goes on for ever: looked at whenever as many passes more were done. */
static gboolean is_hopeless(Runner *self)
{
    double least = INFINITY;
    gboolean stands;

    if (self->syncs > MOST_PASSES) {
        return TRUE;
    }
    if (self->syncs == 0 || self->syncs % WATCHED_PASSES) {
        return FALSE;
    }
    for (guint i = 0; i < WATCHED_PASSES; i++) {
        least = MIN(least, self->sets[i]);
    }
    stands = self->least_before > 0 && least > SHRINKS * self->least_before;
    self->least_before = least;
    return stands && (!self->basis->limits.throttles || self->throttle >= THROTTLE_MAX);
}

/* One turn of QEMU's loop. TRUE when the guest may be stopped. */
static gboolean turn(Runner *self, gboolean *hopeless)
{
    double budget = self->bandwidth * SLICE_S - self->slice_sent;

    if (left(self) < self->threshold) {
        sync_dirty(self);
        *hopeless = is_hopeless(self);
    }
    if (left(self) <= 0 || left(self) < self->threshold) {
        return TRUE;
    }
    send_some(self, AT_ONCE_S, budget);
    if (self->bandwidth * SLICE_S - self->slice_sent <= 1) { /* it rests */
        self->now = MAX(self->now, self->slice_began + SLICE_S);
    }
    if (self->now >= self->slice_began + SLICE_S) {
        end_slice(self);
        skip_slices(self);
    }
    *hopeless = *hopeless || self->now > SIMULATION_LONGEST_S;
    return FALSE;
}

/* The guest stands still, and there is no limit. */
static void stop_and_send(Runner *self, Simulation *result)
{
    double began = self->now;

    if (self->now > self->synced) { /* nothing was left, with no threshold known yet */
        sync_dirty(self);
    } else {
        self->syncs++;
    }
    send_some(self, INFINITY, INFINITY);
    self->now += DEVICES_S;
    result->downtime = self->now - began;
}

Simulation simulation_run(const SimulationBasis *basis, double writing)
{
    const MigrationLimits *limits = &basis->limits;
    Simulation result = {0};
    Runner self = {
        .basis = basis,
        .writing = writing,
        .bandwidth = !limits->known_bandwidth ? OLD_BANDWIDTH
                     : limits->bandwidth      ? (double)limits->bandwidth
                                              : INFINITY,
        .limit_s = limits->known_downtime ? (double)limits->downtime_ms / 1000 : DEFAULT_DOWNTIME_S,
    };
    gboolean hopeless = FALSE;

    self.part_left = part_size(&self);
    while (!result.ends && !hopeless) {
        result.ends = turn(&self, &hopeless);
    }
    result.throughput = self.throughput > 0 ? self.throughput : self.sent / MAX(self.now, 1e-3);
    for (guint i = 0; i < MIN(self.syncs, WATCHED_PASSES); i++) {
        result.working_set = MAX(result.working_set, self.sets[i]);
    }
    if (result.ends) {
        stop_and_send(&self, &result);
    }
    result.passes = self.syncs + 1;
    result.seconds = self.now;
    result.bytes = self.sent;
    result.throttle = self.throttle;
    return result;
}
