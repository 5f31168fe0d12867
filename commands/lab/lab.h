/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab: two guests of our own, `source` and `destination`, in libvirt's embedded driver. One lab
 * in a process; nobody else sees it. */
#pragma once

#include "commands/lab/heartbeat.h"
#include "shell/session.h"

typedef struct Lab Lab;

/* Prepares the lab's directory (@dir, or a private one that is removed at the end) and its guard.
 * Before any thread exists, and before libvirt is used. HMPSH_ERROR_FAILED. */
Lab *lab_new(const char *dir, GError **error);

/* Ends the lab's QEMUs, and returns when none is left; the program ends next, so that nothing else
 * is freed: a command may still be using it. */
void lab_end(Lab *lab);

/* The connection's URI. Borrowed. */
const char *lab_uri(Lab *lab);

/* The lab of @session; HMPSH_ERROR_FAILED when it was started without one. */
Lab *lab_of(Session *session, GError **error);
void lab_join(Lab *lab, Session *session);

/* Starts both guests and attaches to them as current guest and peer. */
gboolean lab_start(Lab *lab, Session *session, GError **error);

/* Ends both guests. */
void lab_stop(Lab *lab, Session *session);

gboolean lab_is_running(Lab *lab);

/* A fresh destination instead of one that is gone or no longer waits, for another migration. */
gboolean lab_renew_destination(Lab *lab, Session *session, GError **error);

/* The place of a unix socket for migrations, free to listen at. Free with g_free(). */
char *lab_migration_socket(Lab *lab);

/* What the guest's heartbeat tells: FALSE is the source, TRUE the destination. */
HeartbeatState lab_heartbeat(Lab *lab, gboolean destination);

/* The same for the side where the guest was heard last: there it runs. */
HeartbeatState lab_guest_heartbeat(Lab *lab);

/* Tells the guest, wherever it runs, to write @rate bytes a second to @span bytes of its memory,
 * and waits until its heartbeat confirms. */
gboolean lab_dirty(Lab *lab, Session *session, guint64 rate, guint64 span, GError **error);

/* Waits until the guest has been heard (it boots in a fraction of a second). */
gboolean lab_wait_for_beat(Lab *lab, Session *session, GError **error);
