/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a migration will go, told before it begins. */
#pragma once

#include "commands/migration/prediction/simulation.h"
#include "shell/json.h"

/* Where the speed comes from at which is sent what no limit slows. */
typedef enum {
    LINK_ASSUMED,   /* a network of 10 Gbit/s */
    LINK_SAME_HOST, /* assumed: source and destination are on one */
    LINK_SEEN,      /* an earlier migration of this guest */
    LINK_GIVEN,     /* by the user */
} LinkSource;

/* All that a prediction is made of. A plain value. */
typedef struct {
    SimulationBasis simulation;
    LinkSource link_source;
    guint pages;           /* so many were looked at */
    double seconds;        /* for so long its writing was looked at; 0: it could not be */
    gboolean other_format; /* what is sent is compressed, or by several connections: xbzrle,
                            * compress, multifd */
} PredictionBasis;

/* What would end a migration that does not end by itself, with a quarter more writing, too: a
 * command line, and what then comes. */
typedef struct {
    char *line;
    double seconds, downtime;
} PredictionRemedy;

/* Why another end than the predicted one is near. */
typedef enum {
    CLOSE_WRITING =
        1 << 0,            /* with a quarter more writing it would not end, or with less it would */
    CLOSE_EARLY = 1 << 1,  /* it ends unless the guest wrote its span sooner than could be seen */
    CLOSE_SLOWED = 1 << 2, /* it ends only with the guest slowed by more than half */
    CLOSE_SPREAD = 1 << 3, /* how long it takes hangs on a little: by a factor of 1.5 and more */
} PredictionClose;

/* Where what was seen of the writing leaves a doubt (dirty_curve_early()), the worse counts. */
typedef struct {
    PredictionBasis basis;
    Simulation result;
    guint close;            /* of PredictionClose; 0: it is sure */
    double least_s, most_s; /* how long it takes, with a little more or less speed */
    GPtrArray *remedies;    /* of PredictionRemedy; empty where it ends */
} Prediction;

/* Sets the speeds of @basis: @link (bytes per second) of pages that the destination has already,
 * and what is slower of it and @fresh (0: as is assumed) of those that it has not. */
void prediction_set_link(PredictionBasis *basis, LinkSource source, guint64 link, guint64 fresh);

/* What is assumed of a link of which nothing is known, in bytes per second. */
guint64 prediction_assumed_link(LinkSource source);

/* The prediction by @basis (copied). Never NULL. */
Prediction *prediction_new(const PredictionBasis *basis);
void prediction_free(Prediction *prediction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Prediction, prediction_free)

/* Total time and downtime in ms. */
gint64 prediction_total_ms(const Prediction *prediction);
gint64 prediction_downtime_ms(const Prediction *prediction);
