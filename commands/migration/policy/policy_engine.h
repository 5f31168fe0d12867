/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy does about a migration: given what is seen at each of its polls, what it does then.
 * No clock, no guest and no thread: the same for a migration that runs, one that was recorded, and
 * one that is only thought of. */
#pragma once

#include "commands/migration/limits.h"
#include "commands/migration/policy/policy.h"
#include "commands/migration/status.h"

/* What it wants set before the migration begins; what is not wanted is left as it is. */
typedef struct {
    gboolean sets_bandwidth;
    guint64 bandwidth; /* bytes per second */
    gboolean sets_downtime;
    guint64 downtime_ms;
    gboolean sets_cache;
    guint64 cache;                                       /* xbzrle-cache-size, bytes */
    gboolean auto_converge, xbzrle, postcopy, zero_copy; /* capabilities to be switched on */
} PolicyStart;

/* Nothing of a manual policy; NULL is that too. */
void policy_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);

typedef enum {
    DEED_NONE,
    DEED_DOWNTIME, /* set the downtime limit */
    DEED_POSTCOPY, /* switch to post-copy */
    DEED_PAUSE,    /* pause the guest, which then ends the pre-copy */
    DEED_ABORT,
    DEED_NOTE, /* only something to say */
} PolicyDeed;

typedef struct {
    PolicyDeed deed;
    guint64 downtime_ms;
    char *text; /* one line, as the original's log says it */
} PolicyAction;

void policy_action_clear(PolicyAction *action);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PolicyAction, policy_action_clear)

/* A policy at work on one migration. */
typedef struct PolicyRun PolicyRun;

PolicyRun *policy_run_new(const Policy *policy, const PolicyGuest *guest);
void policy_run_free(PolicyRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyRun, policy_run_free)

/* Seconds between two polls. */
double policy_interval(const Policy *policy);

/* The seconds until the first one: Nova polls at once, the others wait before they do. */
double policy_first_poll(const Policy *policy);

/* As policy_interval(), but behind the newest poll: some poll more often near the end. */
double policy_run_interval(const PolicyRun *run);

/* A poll, @elapsed seconds after the migration began, that saw @status: what the policy does now.
 * DEED_NONE when nothing. Called again at the same poll until it gives DEED_NONE. @can_postcopy:
 * the migration could be switched to post-copy (the capability is on). */
void policy_poll(PolicyRun *run, double elapsed, const MigrationStatus *status,
                 gboolean can_postcopy, PolicyAction *action);

/* --- beforehand --- */

/* A line of the plan. */
typedef struct {
    char *when;     /* "after 300 s", "pass 3, or at 20 s at the earliest" */
    char *what;     /* "downtime limit 1326 ms", "abort" */
    double seconds; /* from the beginning, at the earliest; negative: not a matter of time */
    guint64 pass;   /* as @when counts them; 0: not a matter of passes */
    PolicyDeed deed;
    guint64 downtime_ms;
} PolicyLine;

/* The whole plan for @guest: of PolicyLine, in order; the caller's. */
GPtrArray *policy_plan(const Policy *policy, const PolicyGuest *guest);

/* The seconds until a migration that never ends by itself is aborted, at the earliest; negative:
 * none is. @lines is a plan. */
double policy_plan_abort(const GPtrArray *lines);

/* "downtime-limit 100 ms, auto-converge on"; "" when nothing is set. Free with g_free(). */
char *policy_start_words(const PolicyStart *start);
