/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was changed at one QEMU for one migration, to be put back after it. On one thread at a time.
 */
#pragma once

#include "shell/monitor.h"

typedef struct Changes Changes;

Changes *changes_new(void);
void changes_free(Changes *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Changes, changes_free)

/* Asks the QEMU behind @monitor for the migration parameter @name, a number that may be set later;
 * one that it does not tell cannot be put back. */
void changes_remember(Changes *changes, Monitor *monitor, const char *name);

/* That it is about to be set to @value, by whatever way. */
void changes_expect(Changes *changes, Monitor *monitor, const char *name, guint64 value);

/* changes_expect(), and sets it. FALSE as QEMU refuses it. */
gboolean changes_set(Changes *changes, Monitor *monitor, const char *name, guint64 value,
                     GError **error);

/* Switches the capability @name on, unless it is. HMPSH_ERROR_FAILED as QEMU refuses it. */
gboolean changes_switch_on(Changes *changes, Monitor *monitor, const char *name, GError **error);

/* Puts everything back that is still as it was set: what somebody else has changed since is his.
 * What was put back in words, "downtime-limit 300 ms, auto-converge off"; NULL: nothing. Free with
 * g_free(). */
char *changes_put_back(Changes *changes, Monitor *monitor);

/* What there was before, in the same words; NULL: nothing is remembered. Free with g_free(). */
char *changes_before(const Changes *changes);
