/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The internal snapshots of a guest: its state and its disks, kept in its disks' images. What is
 * known of them is read from query-block (QAPI: BlockInfo, SnapshotInfo), by QEMU's own rules
 * (QEMU: block/snapshot.c, 2.0 to 10.0). One thing query-block does not show: nodes that were added
 * by hand and that no device uses; QEMU counts them as disks. */
#pragma once

#include "shell/monitor.h"

/* Whether an image of a format can keep snapshots. */
typedef enum {
    SNAPSHOT_FIT_NO,
    SNAPSHOT_FIT_YES,
    SNAPSHOT_FIT_UNKNOWN, /* a filter, or a format that depends on what is below it */
} SnapshotFit;

/* A disk that takes part: one with a medium that can be written to. Read-only and empty ones are
 * passed over, as QEMU does. */
typedef struct {
    char *name;   /* what QEMU's messages call it: the drive, or without one its node */
    char *label;  /* what a reader knows it by: its device's id, or else the name */
    char *file;   /* its image */
    char *format; /* "qcow2" */
    SnapshotFit fit;
} SnapshotDisk;

typedef struct {
    char *tag;
    char *id;                   /* on the first of its disks */
    GPtrArray *disks;           /* SnapshotDisk, borrowed: where it is */
    gboolean everywhere;        /* on all disks, so that it can be loaded */
    const SnapshotDisk *memory; /* which of them has the guest's state; NULL: none has */
    gboolean loadable;          /* everywhere, and the state is where QEMU looks: on the first */
    guint64 state_bytes;        /* of the guest's state; 0: none */
    gint64 date_s;              /* when it was made: seconds since 1970 */
    gint64 date_ns;             /* and what is more */
    guint64 clock_ns;           /* the guest's clock then */
    gboolean counts;            /* whether instructions were counted (-icount) */
    guint64 icount;             /* how many */
} Snapshot;

typedef struct {
    GPtrArray *disks;     /* SnapshotDisk, in QEMU's order */
    GPtrArray *snapshots; /* Snapshot, in the order in which the disks have them */
} SnapshotList;

/* From query-block's reply. The caller owns it. */
SnapshotList *snapshot_list_from_qmp(Json *block);

/* Asks for them. */
SnapshotList *snapshot_list_query(Monitor *monitor, GError **error);

void snapshot_list_free(SnapshotList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SnapshotList, snapshot_list_free)

/* The snapshot called @tag, or with NULL the one that was made last; NULL when there is none. */
const Snapshot *snapshot_list_find(const SnapshotList *list, const char *tag);

/* The disk that QEMU calls @name (as long as @length), or NULL. */
const SnapshotDisk *snapshot_list_disk(const SnapshotList *list, const char *name, gsize length);

/* The labels of the snapshot's disks: "virtio-disk0, virtio-disk1". Free with g_free(). */
char *snapshot_where(const Snapshot *snapshot);

/* An object: "tag", "vm-state-size" (bytes), "date" (ISO 8601, UTC), "vm-clock" (seconds), "icount"
 * where instructions were counted, and "only-on", a list of names, where a disk lacks it. The
 * caller owns it. */
Json *snapshot_to_json(const Snapshot *snapshot);

/* Appends a table of all of them for a reader, @width columns wide (table_print()). */
void snapshot_list_print(const SnapshotList *list, int width, GString *out);
