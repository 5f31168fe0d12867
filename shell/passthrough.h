/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to a real QEMU: libvirt-qemu's monitor passthrough. */
#pragma once

#include <libvirt/libvirt.h>

#include "shell/connection.h"
#include "shell/monitor.h"

/* The monitor of @domain (taken over). Calls go through @calls; events, once somebody listens, come
 * by @events, which may be the same connection (both are referenced). */
Monitor *passthrough_open(Connection *calls, Connection *events, virDomainPtr domain, Bell *bell);
