/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who holds a guest: libvirt lets one call at a time to a guest's QEMU, and after 30 s refuses the
 * others (qemuDomainObjBeginJob: QEMU_JOB_WAIT_TIME). */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>

/* Whether libvirt receives @domain: a migration that it manages goes to it, and until it has
 * arrived nobody may ask its QEMU. (A destination that libvirt does not know to be one, `-incoming
 * defer`, can be asked.) Asks libvirt's daemon. */
gboolean holder_is_receiving(virDomainPtr domain);

/* The sentence about such a guest. Free with g_free(). */
char *holder_receiving_sentence(const char *name);

/* When libvirt's last error on this thread is such a refusal for @domain: what that means, in one
 * sentence with libvirt's own words, which name the holder. Else NULL. Asks libvirt's daemon, not
 * QEMU. Free with g_free(). */
char *holder_sentence(virDomainPtr domain);
