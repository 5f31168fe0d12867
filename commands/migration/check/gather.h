/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a guest, and the libvirt of a host, for what a migration depends on. Nothing is changed. */
#pragma once

#include "commands/migration/check/facts.h"
#include "shell/session.h"

/* What @guest's QEMU and libvirt tell; what they do not have is left out.
 * check_guest_clear() in both cases. HMPSH_ERROR_LOST, _INTERRUPTED, _TIMEOUT or _PENDING. */
gboolean gather_guest(CheckGuest *facts, Guest *guest, GError **error);

/* The same of a destination, which may be silent: it is waited for 10 s at most. */
gboolean gather_peer(CheckGuest *facts, Guest *peer, GError **error);

/* A connection to the libvirt at @uri, waited for 10 s at most (by somebody who may have to type a
 * password, a minute). The caller owns it. HMPSH_ERROR_LOST, _TIMEOUT or _INTERRUPTED. */
Connection *gather_connect(Session *session, const char *uri, GError **error);

/* host_answers() of the host behind @connection, waited for as long. The caller owns them. The same
 * errors. */
Json *gather_host(Session *session, Connection *connection, Json *questions, GError **error);

/* address_look_up() of @name, waited for as long. The caller owns it. HMPSH_ERROR_TIMEOUT or
 * _INTERRUPTED. */
Json *gather_name(Session *session, const char *name, GError **error);
