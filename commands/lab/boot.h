/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the lab's guests boot: the lab's own program, or a kernel that somebody has brought. */
#pragma once

#include <glib.h>

typedef struct {
    char *kernel; /* absolute path; NULL: the lab's own guest */
    char *initrd; /* absolute path, or NULL */
    char *append; /* the kernel's command line */
} LabBoot;

/* What a kernel is told unless it is told something else: its console is the serial port. */
#define BOOT_APPEND "console=ttyS0 quiet"

void boot_clear(LabBoot *boot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LabBoot, boot_clear)

/* Sets @boot (cleared before) to files as they are named here; @initrd and @append may be NULL.
 * HMPSH_ERROR_FAILED when one cannot be read. */
gboolean boot_set(LabBoot *boot, const char *kernel, const char *initrd, const char *append,
                  GError **error);

/* The elements in the <os> of a domain's XML; @own is the lab's own guest. Free with g_free(). */
char *boot_xml(const LabBoot *boot, const char *own);
