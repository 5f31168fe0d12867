/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a migration's course tells of its end: whether it comes by itself, when, and if not, what
 * would bring it.
 *
 * A pass sends what was dirty when it began (W, the working set); what the guest dirties meanwhile
 * is the next pass's. QEMU switches over when no more is left than it can send within the downtime
 * limit (throughput x limit: the threshold). So a migration ends if W falls below the threshold,
 * and otherwise never. QEMU's dirty rate does not decide: once the link is the bottleneck it is W
 * by the time of a pass, which is the throughput again. */
#pragma once

#include "commands/migration/course.h"

typedef enum {
    VERDICT_NONE,       /* no migration */
    VERDICT_STARTING,   /* connecting, setting up */
    VERDICT_DISKS,      /* disks are copied, the memory follows */
    VERDICT_COPYING,    /* the first pass: nothing can be said yet about the end */
    VERDICT_CONVERGING, /* W is below the threshold, or on its way there */
    VERDICT_THROTTLED,  /* QEMU slows the guest until it converges */
    VERDICT_STALLED,    /* nothing has been sent for some seconds */
    VERDICT_HOPELESS,   /* W is above the threshold and does not shrink */
    VERDICT_WAITING,    /* until somebody acts: pre-switchover, postcopy-paused */
    VERDICT_SWITCHING,  /* the guest stands still */
    VERDICT_POSTCOPY,   /* the guest runs at the destination */
    VERDICT_ENDING,     /* cancelling, failing */
    VERDICT_COMPLETED,
    VERDICT_FAILED,
    VERDICT_CANCELLED,
} Verdict;

/* What has no meaning now is 0 or NULL, with its flag FALSE. */
typedef struct {
    Verdict verdict;
    char *reason; /* one sentence */
    gboolean has_percent;
    int percent;  /* of the first pass, or of the disks: 0 to 100, never falling in one course */
    guint64 pass; /* 0: none */
    gboolean has_left;
    guint64 left;        /* bytes: of memory, or of the disks while these are copied */
    guint64 threshold;   /* bytes at which QEMU switches over; 0: not known */
    guint64 working_set; /* W of the newest pass, bytes; 0: not known */
    double trend;        /* W by the W of the pass before; 0: not known */
    gboolean has_eta;
    double eta;      /* seconds to the end that eta_means tells, never negative */
    char *eta_means; /* "to the end of the first pass", "if the guest dirties no more than now" */
    char **advice;   /* command lines that would end it; NULL-terminated, never NULL */
} Forecast;

/* The forecast at the newest look of @course. Never NULL. */
Forecast *forecast_new(const MigrationCourse *course);
void forecast_free(Forecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forecast, forecast_free)

/* "will not converge"; "" for VERDICT_NONE. Static. */
const char *verdict_word(Verdict verdict);

/* The same in the reader's language. */
const char *verdict_shown(Verdict verdict);

/* Adds verdict, reason, advice, pass, left, threshold, working-set and eta to @object, each where
 * it has a meaning. */
void forecast_add_json(const Forecast *forecast, Json *object);
