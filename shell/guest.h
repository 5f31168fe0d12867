/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session's guest: opened, told from another one, and found again when it was lost. On the
 * session's thread. */
#pragma once

#include "shell/session.h"

/* @domain (taken over) at @uri (NULL: the default connection). The caller owns the guest.
 * HMPSH_ERROR_LOST or _INTERRUPTED. */
Guest *guest_open(Session *session, virDomainPtr domain, const char *uri, GError **error);

void guest_free(Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guest, guest_free)

/* Asks the guest's QEMU for what tells it from another QEMU (QMP query-cpus-fast, 2.12 and later),
 * unless that is known: what is remembered about a guest outlives its connection only then. */
void guest_recognise(Guest *guest);

/* Looks for a guest that was lost, and opens its monitor anew: it was started again, or its
 * libvirtd was. Where it is surely the same QEMU, its notes, its incarnation and its events stay.
 * With @any another QEMU will do, also that of a guest with another UUID and the same name.
 * HMPSH_ERROR_NO_GUEST when libvirt has no such guest, _INTERRUPTED, else _LOST: it may yet come.
 */
gboolean guest_get_back(Guest *guest, gboolean any, GError **error);
