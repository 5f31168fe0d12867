/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The courses of the migrations that a session looks at: every look of a command at a guest's
 * migration is added to its course, with the events that have come meanwhile; nothing is asked for
 * that nobody looks at. One course a guest, the newest; of those before, the ends are kept. On the
 * session's thread. */
#pragma once

#include "commands/migration/course.h"
#include "commands/migration/prediction/prediction.h"
#include "commands/migration/summary.h"
#include "shell/session.h"

/* The course of the migration that @guest is in or was in last; empty when there was no look yet.
 * Borrowed. */
MigrationCourse *track_course(Guest *guest);

/* Adds a look at @guest's migration, made now; another migration than that of the last look begins
 * a new course. When it is an end, what the course came to is kept. */
void track_look(Guest *guest, const MigrationStatus *status, const MigrationLimits *limits);

/* That this shell begins a migration of @guest by `migrate` with @typed behind it, which its
 * summary will tell. */
void track_begin(Guest *guest, const char *typed);

/* That @guest's next migration is predicted by @basis (copied): its summary will tell that, as it
 * is with the limits at its beginning. */
void track_predict(Guest *guest, const PredictionBasis *basis);

/* The ends of this session's migrations, oldest first: of MigrationSummary. Borrowed. */
const GPtrArray *track_ends(Session *session);
