/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bell: one lock and one condition for everything that a waiting command listens to (a reply,
 * an event of QEMU, a lost guest, Ctrl-C). Whoever changes such a thing does it under the bell's
 * lock and rings. */
#pragma once

#include <glib.h>

#include "shell/error.h"

typedef struct Bell Bell;

Bell *bell_new(void);
void bell_free(Bell *bell);

void bell_lock(Bell *bell);
void bell_unlock(Bell *bell);

/* Wakes everybody who waits. The caller holds the lock. */
void bell_ring(Bell *bell);

/* Waits, giving the lock up meanwhile, until somebody rings or until @end (monotonic time in
 * microseconds; G_MAXINT64 is for ever). FALSE when @end has come. The caller holds the lock and
 * looks again at what it waits for: a ring says only that something changed. */
gboolean bell_wait(Bell *bell, gint64 end);

/* Ctrl-C: what waits now gives up, until bell_rearm(). From any thread, without the lock. */
void bell_interrupt(Bell *bell);

/* Whether bell_interrupt() came since the last bell_rearm(). The caller holds the lock. */
gboolean bell_interrupted(Bell *bell);

/* The same without the lock: TRUE with HMPSH_ERROR_INTERRUPTED set. */
gboolean bell_check_interrupted(Bell *bell, GError **error);

/* Forgets an earlier interrupt: a new command begins. Without the lock. */
void bell_rearm(Bell *bell);

/* Sleeps until @end (monotonic, microseconds). FALSE with HMPSH_ERROR_INTERRUPTED after Ctrl-C.
 * Without the lock. */
gboolean bell_sleep(Bell *bell, gint64 end, GError **error);

/* The end of a wait of @seconds from now, for bell_wait(); 0 or less is for ever. */
gint64 bell_end(double seconds);
