/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling the lab's guest what to do, wherever it runs, and waiting until it does. */
#pragma once

#include "commands/lab/lab.h"

/* Waits until the guest has been heard (it boots in a fraction of a second). */
gboolean lab_wait_for_beat(Lab *lab, Session *session, GError **error);

/* Tells the guest, wherever it runs, to write @rate bytes a second to @span bytes of its memory,
 * and waits until its heartbeat confirms. */
gboolean lab_dirty(Lab *lab, Session *session, guint64 rate, guint64 span, GError **error);

/* The same for the first @span bytes of its disk. */
gboolean lab_write(Lab *lab, Session *session, guint64 rate, guint64 span, GError **error);

/* Lets the guest compare all that it has written to its disk, and waits for the end; @result is
 * what it tells then. HMPSH_ERROR_TIMEOUT when it does not begin, or gets no further; HMPSH_ERROR_
 * INTERRUPTED. What it finds is no error. */
gboolean lab_check(Lab *lab, Session *session, HeartbeatDisk *result, GError **error);
