/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration's progress, shown while something waits for it: on a terminal one live line,
 * elsewhere one line a pass on standard error, and with --json or --quiet nothing. */
#pragma once

#include "commands/migration/forecast.h"
#include "commands/migration/job.h"
#include "shell/output.h"

typedef struct ProgressView ProgressView;

/* @output must outlive it. */
ProgressView *view_new(Output *output);

/* Shows a look at the migration (migration_progress_line()); call it with each. */
void view_show(ProgressView *view, const MigrationStatus *status, const Forecast *forecast,
               const MigrationLimits *limits);

/* Leaves the last live line standing, so that something else can be printed, and frees the view. */
void view_end(ProgressView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProgressView, view_end)

/* job_wait() with each look shown; `seen` and `lively` of @wait are set here. At the prompt the
 * live line of a migration that has ended goes without a trace: what it came to is told in its
 * place (outcome.h, or the command's error). */
MigrationStatus *view_wait(Guest *guest, const MigrationWait *wait, GError **error);
