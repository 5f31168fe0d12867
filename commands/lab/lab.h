/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab: two guests of our own, `source` and `destination`, in libvirt's embedded driver. One lab
 * in a process; nobody else sees it. */
#pragma once

#include "commands/lab/boot.h"
#include "commands/lab/heartbeat.h"
#include "commands/lab/images.h"
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

/* The disk that the guests have, or will have when they are started; at first none. */
LabDisk lab_disk(Lab *lab);
void lab_set_disk(Lab *lab, const LabDisk *disk);

/* What the guests boot, or will when they are started; @boot is taken over and left empty. */
const LabBoot *lab_boot(Lab *lab);
void lab_set_boot(Lab *lab, LabBoot *boot);

/* Starts both guests, with fresh disks, and attaches to them as current guest and peer. */
gboolean lab_start(Lab *lab, Session *session, GError **error);

/* Ends both guests and removes their disks. */
void lab_stop(Lab *lab, Session *session);

gboolean lab_is_running(Lab *lab);

/* A fresh destination, with a fresh disk, instead of one that is gone or no longer waits, for
 * another migration. */
gboolean lab_renew_destination(Lab *lab, Session *session, GError **error);

/* Another destination whose disk is a copy of the source's. It is paused, and does not wait for a
 * migration. The source must not run. */
gboolean lab_copy_to_destination(Lab *lab, Session *session, GError **error);

/* The guest of that side that the session is attached to, current or peer; NULL: neither is. */
Guest *lab_find(Session *session, gboolean destination);

const char *lab_name(gboolean destination);

/* The place of a unix socket for migrations, free to listen at. Free with g_free(). */
char *lab_migration_socket(Lab *lab);

/* What the guest's heartbeat tells: FALSE is the source, TRUE the destination. */
HeartbeatState lab_heartbeat(Lab *lab, gboolean destination);

/* Whether the guest was heard last at the destination: there it runs. */
gboolean lab_guest_is_there(Lab *lab);

/* The heartbeat of that side. */
HeartbeatState lab_guest_heartbeat(Lab *lab);

/* Where orders for the guest go (orders.h). Borrowed; there is one after lab_start(). */
Heartbeat *lab_port(Lab *lab, gboolean destination);
