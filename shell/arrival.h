/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest that libvirt is receiving: a migration that it manages goes to it. Until it has arrived,
 * libvirt lets nobody ask its QEMU, and who does is held up for 30 s. (A destination that libvirt
 * does not know to be one, `-incoming defer`, can be asked.) */
#pragma once

#include "shell/session.h"

/* FALSE with HMPSH_ERROR_FAILED when @guest is being received. Asks libvirt, not QEMU; where that
 * does not answer the guest is taken to be there. */
gboolean arrival_check(Guest *guest, GError **error);

/* Whether libvirt receives @domain, the reason why it cannot be asked; asks libvirt's daemon. */
gboolean arrival_is_awaited(virDomainPtr domain);

/* The sentence about guest @name. Free with g_free(). */
char *arrival_sentence(const char *name);
