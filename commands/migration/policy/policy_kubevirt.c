/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KubeVirt (pkg/virt-launcher/virtwrap: the migration monitor without stall detection, with the
 * downtime tuning of VEP 291). */
#include <math.h>

#include "commands/migration/policy/policy_internal.h"

static const double GB = 1e9;
static const guint64 UNTUNED_MS = 300; /* what it takes QEMU's limit for before it sets one */
static const double JITTER_S = 1e-6;   /* of times that are kept in seconds */

void kubevirt_start(const Policy *policy, const PolicyGuest *guest G_GNUC_UNUSED,
                    PolicyStart *start)
{
    start->bandwidth = (guint64)policy_number(policy, "bandwidthPerMigration");
    start->sets_bandwidth = start->bandwidth > 0;
    start->auto_converge = policy_number(policy, "allowAutoConverge") != 0;
    start->postcopy = policy_number(policy, "allowPostCopy") != 0;
}

/* The time-out is "per GiB", but the size is in units of 10^9, rounded up
 * (getVMIMigrationDataSize()). */
void kubevirt_begin(PolicyRun *run, const PolicyGuest *guest)
{
    double bytes = (double)policy_memory(run->policy, guest);

    for (gsize i = 0; i < guest->n_disks; i++) {
        bytes += (double)guest->disks[i];
    }
    run->kubevirt.timeout =
        (gint64)(policy_number(run->policy, "completionTimeoutPerGiB") * ceil(bytes / GB));
    run->kubevirt.downtime = UNTUNED_MS;
}

static void set_limit(PolicyRun *run, double elapsed, guint64 limit, guint64 most)
{
    policy_act(run, DEED_DOWNTIME, limit,
               "downtime tuning: max_downtime %" G_GUINT64_FORMAT "ms -> %" G_GUINT64_FORMAT
               "ms (ceiling=%" G_GUINT64_FORMAT "ms)",
               run->kubevirt.downtime, limit, most);
    run->kubevirt.downtime = limit;
    run->kubevirt.tuned = TRUE;
    run->kubevirt.tuned_at = elapsed;
}

static void tune(PolicyRun *run, const PolicyLook *look)
{
    const Policy *policy = run->policy;
    KubevirtState *state = &run->kubevirt;
    guint64 most = (guint64)policy_number(policy, "maxDowntimeMs");
    guint64 initial = MIN((guint64)policy_number(policy, "initialMs"), most);
    guint64 step = MAX((most - initial) / (guint64)policy_number(policy, "steps"), 1);
    guint64 limit = MIN(state->downtime + step, most);

    if (!state->tuned) {
        set_limit(run, look->elapsed, initial, most);
        return;
    }
    if (limit > state->downtime && migration_status_has(look->status, FIELD_RAM_DIRTY_SYNC_COUNT) &&
        (double)migration_status_number(look->status, FIELD_RAM_DIRTY_SYNC_COUNT) >=
            policy_number(policy, "startAfterIteration") &&
        look->elapsed - state->tuned_at >= policy_number(policy, "cooldownSeconds") - JITTER_S) {
        set_limit(run, look->elapsed, limit, most);
    }
}

/* What it does rather than give up. */
static void assist(PolicyRun *run, gboolean can_postcopy)
{
    KubevirtState *state = &run->kubevirt;

    if (can_postcopy && policy_number(run->policy, "allowPostCopy") != 0) {
        policy_act(run, DEED_POSTCOPY, 0, "Starting post copy mode for migration");
        run->finished = TRUE; /* what is in post-copy is left alone */
        return;
    }
    policy_act(run, DEED_PAUSE, 0, "Pausing the guest to allow migration to complete");
    state->paused = TRUE;
    state->timeout *= 2;
}

static void give_up(PolicyRun *run, const char *why, gint64 seconds)
{
    policy_act(run, DEED_ABORT, 0, "Aborting migration: %s %" G_GINT64_FORMAT " seconds", why,
               seconds);
    run->finished = TRUE;
}

/* Progress is any poll that saw less left than the one before it: any dip of the saw-tooth. */
static void note_progress(KubevirtState *state, const PolicyLook *look)
{
    guint64 remaining = migration_status_number(look->status, FIELD_RAM_REMAINING_BYTES) +
                        migration_status_number(look->status, FIELD_DISK_REMAINING_BYTES);

    if (state->remaining == 0 || remaining < state->remaining) {
        state->progress = look->elapsed;
    }
    state->remaining = remaining;
}

void kubevirt_poll(PolicyRun *run, const PolicyLook *look)
{
    const Policy *policy = run->policy;
    KubevirtState *state = &run->kubevirt;
    gint64 stuck;
    gboolean late = state->timeout > 0 && (gint64)look->elapsed > state->timeout;
    gint64 patience = (gint64)policy_number(policy, "progressTimeout");

    note_progress(state, look);
    stuck = (gint64)(look->elapsed - state->progress + JITTER_S);
    if (policy_number(policy, "downtimeTuning") != 0) {
        tune(run, look);
    }
    if (late && !state->paused && policy_number(policy, "allowWorkloadDisruption") != 0) {
        assist(run, look->can_postcopy);
    } else if (patience > 0 && stuck > patience) {
        give_up(run, "stuck for", stuck);
    } else if (late) {
        give_up(run, "not completed after", state->timeout);
    }
}
