/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy would have done to a migration that was recorded: its rules at their own poll
 * times, each poll seeing the newest look that was taken until then. */
#pragma once

#include "commands/migration/course.h"
#include "commands/migration/policy/policy_engine.h"

/* Something that it would have done. What was not known is 0. */
typedef struct {
    double seconds; /* since the migration began */
    guint64 pass;
    guint64 working_set; /* W then, bytes */
    guint64 threshold;   /* what W had to fit into with the limit in force from then on, bytes */
    PolicyAction action;
} ReplayedAction;

typedef struct {
    GPtrArray *actions;        /* of ReplayedAction, in order */
    gboolean switches;         /* W fitted: it would have switched over */
    ReplayedAction switchover; /* there; its action is none, its downtime_ms the limit then */
    double seconds;            /* how long the recorded migration was looked at */
    MigrationState end;        /* what it was in at last */
} PolicyReplay;

/* @course is a whole one. It is followed until W fits, or until what the policy does (abort,
 * post-copy, a pause) makes another migration of it. */
PolicyReplay *policy_replay(const Policy *policy, const MigrationCourse *course);
void policy_replay_free(PolicyReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyReplay, policy_replay_free)
