/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate -b and -i: whether and how the guest's disks are copied. */
#pragma once

#include "shell/session.h"

typedef enum {
    DISKS_FAILED,
    DISKS_MIRRORED, /* the migration is under way (commands/migration/job.h) */
    DISKS_NATIVE,   /* to be left to QEMU's own block migration */
    DISKS_NONE,     /* nothing to copy: memory alone */
} DisksOutcome;

/* Begins the migration of @guest with its disks to @uri, or to the peer for "peer"; @incremental:
 * only the top layers. What is copied where is said before. */
DisksOutcome disks_migrate(Session *session, Guest *guest, const char *uri, gboolean incremental,
                           GError **error);

/* Warns when memory alone is about to be migrated to @peer, whose disks are other images. */
void disks_warn(Session *session, Guest *guest, Guest *peer);

/* Whether the shell may be left: FALSE, with @error saying what to do, the first time that somebody
 * at a prompt tries it while this shell copies a guest's disks. */
gboolean disks_may_leave(Session *session, GError **error);

/* The program ends: a migration with disks that is under way is cancelled, within some seconds.
 * What became of it, as a sentence, or NULL when there was none. Free with g_free(). */
char *disks_leave(Session *session);
