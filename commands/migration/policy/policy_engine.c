/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/policy_engine.h"

#include "commands/migration/policy/policy_internal.h"

static const double PVE_HURRY_S = 0.1;

/* The rules of each family. */
static const struct {
    double interval; /* between two polls, in seconds; 0: a key tells */
    void (*start)(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);
    void (*begin)(PolicyRun *run, const PolicyGuest *guest); /* NULL: it begins with zeros */
    void (*poll)(PolicyRun *run, const PolicyLook *look);
} RULES[N_FAMILIES] = {
    [FAMILY_MANUAL] = {.interval = 1},
    [FAMILY_NOVA] = {0.5, nova_start, nova_begin, nova_poll},
    [FAMILY_NOVA_TRAIN] = {0.5, nova_start, nova_begin, nova_poll},
    [FAMILY_VDSM] = {0, vdsm_start, NULL, vdsm_poll},
    [FAMILY_PVE] = {1, pve_start, pve_begin, pve_poll},
    [FAMILY_KUBEVIRT] = {0.4, kubevirt_start, kubevirt_begin, kubevirt_poll},
};

void policy_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start)
{
    *start = (PolicyStart){0};
    if (!policy_is_manual(policy)) {
        RULES[policy_family(policy)].start(policy, guest, start);
    }
}

double policy_interval(const Policy *policy)
{
    double interval = RULES[policy_family(policy)].interval;

    return interval > 0 ? interval : policy_number(policy, "monitor_interval");
}

static gboolean is_nova(const Policy *policy)
{
    return policy_family(policy) == FAMILY_NOVA || policy_family(policy) == FAMILY_NOVA_TRAIN;
}

double policy_first_poll(const Policy *policy)
{
    return is_nova(policy) ? 0 : policy_interval(policy);
}

PolicyRun *policy_run_new(const Policy *policy, const PolicyGuest *guest)
{
    PolicyRun *run = g_new0(PolicyRun, 1);

    run->policy = policy_copy(policy);
    run->decided = -1;
    g_queue_init(&run->actions);
    if (RULES[policy_family(policy)].begin) {
        RULES[policy_family(policy)].begin(run, guest);
    }
    return run;
}

void policy_run_free(PolicyRun *run)
{
    PolicyAction action;

    if (!run) {
        return;
    }
    while (policy_take(run, &action)) {
        policy_action_clear(&action);
    }
    if (is_nova(run->policy)) {
        g_array_unref(run->nova.steps);
    }
    policy_free(run->policy);
    g_free(run);
}

double policy_run_interval(const PolicyRun *run)
{
    gboolean hurries = policy_family(run->policy) == FAMILY_PVE && run->pve.hurries;

    return hurries ? PVE_HURRY_S : policy_interval(run->policy);
}

/* What is in post-copy is nobody's business any more: only VDSM and KubeVirt say so, but a downtime
 * limit is without effect then, and Nova's time-out leaves it alone. */
static gboolean is_concerned(const PolicyRun *run, const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return !policy_is_manual(run->policy) && !run->finished && migration_state_is_running(state) &&
           !migration_state_is_postcopy(state);
}

void policy_poll(PolicyRun *run, double elapsed, const MigrationStatus *status,
                 gboolean can_postcopy, PolicyAction *action)
{
    PolicyLook look = {elapsed, status, can_postcopy};

    if (policy_take(run, action) || elapsed <= run->decided) {
        return;
    }
    run->decided = elapsed;
    if (is_concerned(run, status)) {
        RULES[policy_family(run->policy)].poll(run, &look);
        policy_take(run, action);
    }
}
