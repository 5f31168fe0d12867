/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording that was shown last in a session. */
#pragma once

#include "commands/migration/course.h"
#include "shell/session.h"

typedef struct {
    MigrationCourse *course; /* of its last migration */
    char *guest;             /* whose it was */
    gint64 time;             /* when it was shown; monotonic, microseconds */
} Replayed;

/* NULL: none was. Borrowed. */
const Replayed *replay_last(Session *session);
