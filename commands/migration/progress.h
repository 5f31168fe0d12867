/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration under way on one line. */
#pragma once

#include "commands/migration/status.h"

/* @status as one line of at most @width columns (0: of any length), without colour or any other
 * control character:
 *     active  [#####-----]  52 %  pass 1  48 MiB left of 256 MiB  64 MiB/s
 *     active  pass 4  3.2 MiB left, switch-over at 1.8 MiB  64 MiB/s
 * What matters least is left out first. Bar and percentage are shown in the first pass only.
 * @downtime_limit_ms (0: not known) makes known at what amount QEMU switches over. Free with
 * g_free(). */
char *migration_progress_line(const MigrationStatus *status, int width, guint64 downtime_limit_ms);
