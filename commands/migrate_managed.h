/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate to a libvirt URI: what the command does with a migration that libvirt manages. */
#pragma once

#include "commands/migration/check/facts.h"
#include "commands/migration/status.h"
#include "shell/session.h"

/* Begins the migration of @guest to the libvirt at @uri as migrate's @arguments say. Refused before
 * anything is touched: options that cannot go together, or that a side lacks. */
gboolean migrate_managed_begin(Guest *guest, const Arguments *arguments, const char *uri,
                               GError **error);

/* What migrate's @arguments, with a URI of libvirt's, want of the migration, for a look at it.
 * Refused are options that cannot go together, or that this side lacks. */
gboolean migrate_managed_wish(Guest *guest, const Arguments *arguments, CheckWish *wish,
                              GError **error);

/* Tells how it ended, or that it stands still. FALSE unless it is completed. */
gboolean migrate_managed_report(Guest *guest, const MigrationStatus *status, Reply *reply,
                                GError **error);
