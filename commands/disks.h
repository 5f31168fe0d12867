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
