/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disks in a guest's XML, as libvirt names them. */
#pragma once

#include <glib.h>

/* The targets ("vda") of the disks in @xml, a domain's as libvirt gives it, in its order; cdroms
 * and floppies are none. Empty when @xml cannot be read. Free with g_strfreev(). */
char **domain_disks(const char *xml);
