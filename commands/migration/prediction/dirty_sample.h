/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of its memory a guest writes to, by QEMU's own measurement: QMP calc-dirty-rate by page
 * sampling (6.1 and later). QEMU compares the pages' contents at the beginning and at the end of a
 * time, so that it tells of different pages: D(t) / t. */
#pragma once

#include "commands/migration/prediction/dirty_curve.h"
#include "shell/monitor.h"

/* For how long QEMU measures at the least: since 8.2 a time can be told in milliseconds (QAPI:
 * calc-time-unit). */
double dirty_sample_shortest(guint release);

/* Begins to measure for @seconds (a whole number where dirty_sample_shortest() is 1) in a guest
 * with @memory bytes: 65536 pages are looked at, or as near to that as QEMU allows (128 to 16384 of
 * each GiB). An earlier measurement is waited for, for
 * ten seconds. Errors as dirty_sample_end(), or QEMU's: HMPSH_ERROR_NOT_FOUND when it is too old.
 */
gboolean dirty_sample_begin(Monitor *monitor, Bell *bell, guint release, double seconds,
                            guint64 memory, GError **error);

/* Waits for what was begun, and adds it to @curve. HMPSH_ERROR_INTERRUPTED after Ctrl-C (QEMU then
 * measures to the end, and tells nobody), _TIMEOUT when it takes far too long. */
gboolean dirty_sample_end(Monitor *monitor, Bell *bell, double seconds, DirtyCurve *curve,
                          GError **error);
