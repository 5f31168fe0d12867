/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where something is, outside the guest: files, hosts, URIs. */
#pragma once

#include "completion/offers.h"

/* The files whose path begins as @typed; a directory goes on with a slash, a hidden file is offered
 * when its dot was typed. */
void places_add_files(Offers *offers, const char *typed);

/* What goes on behind the scheme of the migration URI @typed: for tcp: and rdma: the hosts that ssh
 * knows, for unix: and file: files, for libvirt's (qemu+ssh://) its URIs on those hosts. */
void places_add_migration_uris(Offers *offers, const char *typed);

/* libvirt's connection URIs for QEMU: on this host, and by ssh to the hosts that ssh knows. */
void places_add_connection_uris(Offers *offers);
