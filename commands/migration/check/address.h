/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names and addresses that a migration goes to, looked at from this host without connecting. */
#pragma once

#include "shell/json.h"

/* The host in "tcp:HOST:PORT", without an IPv6 address's brackets; NULL when there is none. Free
 * with g_free(). */
char *address_host(const char *uri);

/* What @name is here: {address, loopback, own (an address of this host)}, or {error}. May block.
 * The caller owns it. */
Json *address_look_up(const char *name);

/* Whether anybody listens at this host's TCP port @port, at whatever address (Linux:
 * /proc/net/tcp); TRUE also where that cannot be told. */
gboolean address_is_listened_at(guint port);
