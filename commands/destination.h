/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peer as the destination of a migration: whether it waits for one, where it listens for the
 * guest's memory and where it serves its disks. */
#pragma once

#include "commands/migration/storage/mirror.h"
#include "shell/session.h"

/* How URIs begin that a guest can be migrated to; NULL-terminated. */
extern const char *const destination_schemes[];

/* The peer, when it waits for a migration. In the lab one that is gone is started anew. Borrowed;
 * HMPSH_ERROR_NO_GUEST, _LOST or _FAILED. */
Guest *destination_guest(Session *session, GError **error);

/* Whether one host runs both the current guest and @peer. */
gboolean destination_is_here(Session *session, Guest *peer);

/* Lets @peer listen; the URI to migrate to. One that listens already is taken as it is. Free with
 * g_free(). */
char *destination_listen(Session *session, Guest *peer, GError **error);

/* Lets @peer, whose post-copy has lost its link and which knows that, listen anew; the URI to
 * resume at. Free with g_free(). */
char *destination_listen_again(Session *session, Guest *peer, GError **error);

/* Whether @peer is what listens at @uri, as far as can be told: disks copied to one QEMU are of no
 * use to another. Sets @error when not. */
gboolean destination_check_uri(Guest *peer, const char *uri, GError **error);

/* Whether @peer has the capabilities that @guest's migrations need there too; sets @error when not.
 */
gboolean destination_check_capabilities(Guest *guest, Guest *peer, GError **error);

/* Where @peer shall serve its disks to a migration to @uri (NULL: to where destination_listen()
 * lets it listen). */
void destination_disk_address(Session *session, Guest *peer, const char *uri,
                              MirrorAddress *address);
