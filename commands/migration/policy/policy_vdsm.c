/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oVirt: VDSM's convergence schedules (lib/vdsm/virt/migration.py) as the engine's policies fill
 * them in (0000_config.sql). What they call stalling are passes that were counted. */
#include <string.h>

#include "commands/migration/policy/policy_internal.h"

static const guint64 MIB = 1 << 20;

enum { MOST_STAGES = 8 };

/* Taken at a new pass, when more than @limit passes have begun since the first poll. */
typedef struct {
    int limit;
    PolicyDeed deed; /* DEED_NONE: there are no more */
    guint64 downtime_ms;
} Stage;

typedef struct {
    const char *name;
    guint64 downtime_ms; /* at the beginning */
    Stage stages[MOST_STAGES];
} Schedule;

static const Schedule SCHEDULES[] = {
    {"vdsm-minimal-downtime",
     100,
     {{1, DEED_DOWNTIME, 150},
      {2, DEED_DOWNTIME, 200},
      {3, DEED_DOWNTIME, 300},
      {4, DEED_DOWNTIME, 400},
      {6, DEED_DOWNTIME, 500},
      {-1, DEED_ABORT, 0}}},
    {"vdsm-suspend",
     100,
     {{1, DEED_DOWNTIME, 150},
      {2, DEED_DOWNTIME, 200},
      {3, DEED_DOWNTIME, 300},
      {4, DEED_DOWNTIME, 400},
      {6, DEED_DOWNTIME, 500},
      {-1, DEED_DOWNTIME, 5000},
      {-1, DEED_ABORT, 0}}},
    {"vdsm-postcopy",
     100,
     {{1, DEED_DOWNTIME, 150},
      {2, DEED_DOWNTIME, 200},
      {-1, DEED_POSTCOPY, 0},
      {-1, DEED_ABORT, 0}}},
    {"vdsm-very-large",
     300,
     {{1, DEED_DOWNTIME, 400},
      {2, DEED_DOWNTIME, 500},
      {3, DEED_DOWNTIME, 700},
      {4, DEED_DOWNTIME, 1000},
      {6, DEED_DOWNTIME, 1500},
      {-1, DEED_DOWNTIME, 5000},
      {-1, DEED_ABORT, 0}}},
};

static const Schedule *schedule_of(const Policy *policy)
{
    gsize i = 0;

    while (strcmp(SCHEDULES[i].name, policy_name(policy)) != 0) {
        i++;
        g_assert(i < G_N_ELEMENTS(SCHEDULES));
    }
    return &SCHEDULES[i];
}

guint vdsm_stages(const Policy *policy)
{
    const Schedule *schedule = schedule_of(policy);
    guint count = 0;

    while (schedule->stages[count].deed != DEED_NONE) {
        count++;
    }
    return count;
}

void vdsm_start(const Policy *policy, const PolicyGuest *guest G_GNUC_UNUSED, PolicyStart *start)
{
    const Schedule *schedule = schedule_of(policy);

    start->bandwidth = (guint64)policy_number(policy, "max_bandwidth") * MIB;
    start->sets_bandwidth = start->bandwidth > 0;
    start->sets_downtime = TRUE;
    start->downtime_ms = schedule->downtime_ms;
    start->auto_converge = policy_number(policy, "autoConverge") != 0;
    start->xbzrle = policy_number(policy, "compressed") != 0;
    start->zero_copy = policy_number(policy, "zerocopy") != 0;
    for (guint i = 0; schedule->stages[i].deed != DEED_NONE; i++) {
        start->postcopy = start->postcopy || schedule->stages[i].deed == DEED_POSTCOPY;
    }
}

/* A post-copy that fails is left at that: the next stage is taken at the next pass. */
static void take_stage(PolicyRun *run, const Stage *stage, gboolean can_postcopy)
{
    run->vdsm.stage++;
    if (stage->deed == DEED_DOWNTIME) {
        policy_act(run, DEED_DOWNTIME, stage->downtime_ms, "Setting downtime to %" G_GUINT64_FORMAT,
                   stage->downtime_ms);
    } else if (stage->deed == DEED_ABORT) {
        policy_act(run, DEED_ABORT, 0, "Aborting migration");
        run->finished = TRUE;
    } else {
        policy_act(run, can_postcopy ? DEED_POSTCOPY : DEED_NOTE, 0, "%s",
                   can_postcopy ? "Switching to post-copy migration"
                                : "Failed to switch to post-copy migration");
    }
}

void vdsm_poll(PolicyRun *run, const PolicyLook *look)
{
    VdsmState *state = &run->vdsm;
    guint64 pass = migration_status_number(look->status, FIELD_RAM_DIRTY_SYNC_COUNT);
    const Stage *head = &schedule_of(run->policy)->stages[state->stage];

    if (!migration_status_has(look->status, FIELD_RAM_DIRTY_SYNC_COUNT)) {
        return;
    }
    if (!state->seen) {
        state->seen = TRUE;
        state->first = pass;
        state->last = pass;
    }
    if (pass <= state->last) {
        return;
    }
    state->last = pass;
    if (head->deed != DEED_NONE && head->limit < (gint64)(pass - state->first)) {
        take_stage(run, head, look->can_postcopy);
    }
}
