/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What job.c and job_wait.c share. */
#pragma once

#include "commands/migration/job.h"

/* The figures now, added to nothing. As job_query(). */
MigrationStatus *job_look(Guest *guest, GError **error);

/* Whether @guest, or the link to it, is lost as far as is known. */
gboolean job_is_gone(Guest *guest);
