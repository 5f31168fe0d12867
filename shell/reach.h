/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session reaches libvirt without being held up by it: a person can stop waiting for a host
 * that does not answer, and a completer does not wait at all. */
#pragma once

#include "shell/session.h"

/* Whether @uri (may be NULL) is libvirt's embedded driver, which is there for this process alone
 * and takes part in no migration of libvirt's. */
gboolean reach_is_embedded(const char *uri);

/* A connection to @uri (NULL: the default one) that nobody else uses; at a prompt Ctrl-C ends the
 * waiting. The embedded driver has one connection for each @purpose that listens to events (one
 * word), and NULL shares that for look-ups. The caller owns it. HMPSH_ERROR_LOST or _INTERRUPTED.
 */
Connection *reach_open(Session *session, const char *uri, const char *purpose, GError **error);

/* One that asks nobody for a password, for a thread that nobody waits for. May block. The caller
 * owns it. */
Connection *reach_silently(const char *uri, GError **error);

/* The connection for look-ups at @uri, opened when it is not. Borrowed. */
Connection *reach_home(Session *session, const char *uri, GError **error);

/* The guests of the current connection, for a completer: waits at most @milliseconds. NULL when
 * they are not known by then; else DomainEntry, owned by the caller. */
GPtrArray *reach_domains(Session *session, int milliseconds);

/* The disks of @guest (domain_disks.h), for a completer, as above. Free with g_strfreev(). */
char **reach_disks(Guest *guest, int milliseconds);
