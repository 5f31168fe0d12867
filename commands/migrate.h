/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "commands/migration/status.h"
#include "shell/session.h"

/* Forgets it when @status says that it is over. */
void migrate_forget_if_over(Session *session, const MigrationStatus *status);

/* The end of a script, or of the only command: a migration with disks that was begun with -d and
 * that only this process can bring to its end is waited for. FALSE when it failed. */
gboolean migrate_see_through(Session *session, GError **error);

/* Of which guest a migration was started here and not seen to end, or NULL. Borrowed. */
const char *migrate_under_way(Session *session);
