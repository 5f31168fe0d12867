/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenStack Nova (nova/virt/libvirt/migration.py, and the monitor in driver.py). */
#include "commands/migration/policy/policy_internal.h"

static const guint64 MIB = 1 << 20;

void nova_start(const Policy *policy, const PolicyGuest *guest G_GNUC_UNUSED, PolicyStart *start)
{
    start->bandwidth = (guint64)policy_number(policy, "bandwidth") * MIB;
    start->sets_bandwidth = start->bandwidth > 0;
    start->postcopy = policy_number(policy, "permit_post_copy") != 0;
    start->auto_converge = !start->postcopy && policy_number(policy, "permit_auto_converge") != 0;
}

/* The limit of step @i: from Ussuri on in real numbers, cut off at the end; before, under Python 2,
 * in whole ones from the beginning. */
static guint64 limit_of(const Policy *policy, guint i)
{
    double downtime = policy_number(policy, "downtime");
    double steps = policy_number(policy, "downtime_steps");
    double base = downtime / steps;
    double offset = (downtime - base) / steps;
    guint64 whole_base = (guint64)base;

    if (policy_family(policy) == FAMILY_NOVA_TRAIN) {
        return whole_base + ((guint64)downtime - whole_base) / (guint64)steps * i;
    }
    return (guint64)(base + offset * i);
}

void nova_begin(PolicyRun *run, const PolicyGuest *guest)
{
    const Policy *policy = run->policy;
    double gb = policy_data_gb(policy, guest);
    gint64 delay = (gint64)(policy_number(policy, "downtime_delay") * gb);

    run->nova.timeout = (gint64)(policy_number(policy, "completion_timeout") * gb);
    run->nova.steps = g_array_new(FALSE, FALSE, sizeof(NovaStep));
    for (guint i = 0; i <= (guint)policy_number(policy, "downtime_steps"); i++) {
        NovaStep step = {delay * i, limit_of(policy, i)};

        g_array_append_val(run->nova.steps, step);
    }
}

/* Once: Nova tries again at each poll, but one that succeeded needs no second. */
static void time_out(PolicyRun *run, const PolicyLook *look)
{
    const Policy *policy = run->policy;
    gboolean forces = policy_number(policy, "timeout_action") != 0;
    gboolean postcopy = look->can_postcopy && policy_number(policy, "permit_post_copy") != 0;

    run->nova.timed_out = TRUE;
    policy_act(run, forces ? postcopy ? DEED_POSTCOPY : DEED_PAUSE : DEED_ABORT, 0,
               "Live migration not completed after %" G_GINT64_FORMAT " sec%s", run->nova.timeout,
               forces && postcopy ? ": Switching to post-copy migration mode" : "");
    run->finished = !forces;
}

/* The last step whose time is over, by whatever much: those that were missed stay so. */
static const NovaStep *step_at(const PolicyRun *run, double elapsed)
{
    const NovaStep *due = NULL;

    for (guint i = 0; i < run->nova.steps->len; i++) {
        const NovaStep *step = &g_array_index(run->nova.steps, NovaStep, i);

        if (elapsed > (double)step->seconds) {
            due = step;
        }
    }
    return due;
}

void nova_poll(PolicyRun *run, const PolicyLook *look)
{
    const NovaStep *step = step_at(run, look->elapsed);

    if (run->nova.timeout > 0 && !run->nova.timed_out &&
        look->elapsed > (double)run->nova.timeout) {
        time_out(run, look);
    }
    if (step && !run->nova.timed_out && step->downtime_ms != run->nova.downtime) {
        run->nova.downtime = step->downtime_ms;
        policy_act(run, DEED_DOWNTIME, step->downtime_ms,
                   "Increasing downtime to %" G_GUINT64_FORMAT " ms after %" G_GINT64_FORMAT
                   " sec elapsed time",
                   step->downtime_ms, step->seconds);
    }
}
