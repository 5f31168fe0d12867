/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a migration came to, told where its end was waited for. */
#pragma once

#include "commands/migration/summary.h"
#include "shell/session.h"

/* Listens to the session's other guest from now on: when it is the destination, its RESUME tells
 * the end of the blackout. */
void outcome_expect(Guest *guest);

/* The summary of @guest's newest migration, once that has been seen to end; else NULL. What is only
 * known after the end is waited for, a third of a second at most: the destination's RESUME, and in
 * the lab the guest's first beat there. Borrowed from track_ends(). */
const MigrationSummary *outcome_of(Guest *guest);

/* Tells a person at the prompt what @guest's newest migration came to, when it is completed (of
 * another one the command's error tells). */
void outcome_tell(Guest *guest, Reply *reply);
