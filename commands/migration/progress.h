/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration under way on one line. */
#pragma once

#include "commands/migration/forecast.h"

/* @status as one line of at most @width columns (0: of any length), without colour or any other
 * control character:
 *     active  [#####-----]  52 %  pass 1  48 MiB left of 256 MiB  64 MiB/s of 128 MiB/s  1.2 s to
 * go active  pass 4  3.2 MiB left, switch-over at 1.8 MiB  64 MiB/s of 64 MiB/s  will not converge
 * What matters least is left out first, and where there is little room the verdict is one word:
 *     active  pass 4  3.2 MiB left  not converging
 * Bar and percentage are shown in the first pass only. The migration's @forecast (NULL: none) adds
 * the verdict, the percentage that never falls, and the amount at which QEMU switches over. Free
 * with g_free(). */
char *migration_progress_line(const MigrationStatus *status, const Forecast *forecast,
                              const MigrationLimits *limits, int width);
