/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that are the disks of the lab's guests, in `images` below the lab's directory: sparse
 * and raw, one for each guest; or, with a base, a qcow2 overlay for each on one raw base that both
 * only read. FALSE is the source, TRUE the destination. Errors are HMPSH_ERROR_FAILED. */
#pragma once

#include <glib.h>

/* What disk the guests have. */
typedef struct {
    guint64 size; /* bytes, a multiple of IMAGES_UNIT; 0: none */
    gboolean base;
} LabDisk;

#define IMAGES_UNIT 4096

/* Whether there is what it takes to make them: qemu-img, for those on a base. */
gboolean images_can_make(const LabDisk *disk, GError **error);

/* Makes a fresh image for one guest, and the base where it is not there yet. */
gboolean images_make(const char *dir, const LabDisk *disk, gboolean destination, GError **error);

/* Makes the destination's image the same as the source's, byte for byte, what savevm left in it
 * included. */
gboolean images_copy(const char *dir, const LabDisk *disk, GError **error);

/* Removes all of them, whatever disk they were made for; those that are not there do not matter. No
 * QEMU may use them. Uses only what may be used after fork() and GLib's strings. */
void images_remove(const char *dir);

/* The <disk> of a domain's XML, "" for none. Free with g_free(). */
char *images_xml(const char *dir, const LabDisk *disk, gboolean destination);
