/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which disks a migration without shared storage copies, from which block node to which: read from
 * query-block of both guests (QAPI: BlockInfo, BlockDeviceInfo, ImageInfo) and compared before
 * anything is started. */
#pragma once

#include "shell/json.h"

/* A writable disk of the source and its counterpart at the destination. */
typedef struct {
    char *name; /* the device: "ide0-0-0"; the drive where there is no device id */
    char *node; /* the disk's top node at the source, and at the destination */
    char *peer_node;
    char *file; /* its image, as QEMU names it (a path, a URI, or json:) */
    char *peer_file;
    char *backing; /* the image below it; NULL: none */
    char *peer_backing;
    guint64 size;    /* bytes the guest sees */
    gboolean shared; /* both have the same image: nothing to copy */
    gboolean top;    /* only what is above the backing file is copied */
} StorageDisk;

/* What the two guests are called in messages, and whether one host runs both: the same path is then
 * the same image. */
typedef struct {
    const char *source;
    const char *destination;
    gboolean one_host;
} StorageSides;

/* Pairs the disks of @source with those of @destination (both query-block's "return", borrowed) by
 * their device. @incremental: only the top layer of a disk that has a backing file. Every writable
 * disk with a medium is in the plan; it may have none. HMPSH_ERROR_FAILED names the disk that has
 * no counterpart, or one of another size or chain: a mirror of it would fail, or QEMU 4.2 to 11.1
 * would only find out after the job was started. Free with g_ptr_array_unref(). */
GPtrArray *storage_plan_new(Json *source, Json *destination, const StorageSides *sides,
                            gboolean incremental, GError **error);

/* How many disks of @plan are copied. */
guint storage_plan_copies(const GPtrArray *plan);

/* Appends @plan as a table for a reader, @width columns wide (table_print()). */
void storage_plan_print(const GPtrArray *plan, int width, GString *out);

/* Whether all writable disks in @blocks (query-block's "return") are the command line's -drive,
 * which QEMU's own block migration can copy; it ends the destination for any other (4.2 to 8.2:
 * "Error unknown block device"). */
gboolean storage_has_only_drives(Json *blocks);
