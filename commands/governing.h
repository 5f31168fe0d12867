/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chosen policy (migrate_policy.h) and the migrations that `migrate` begins. */
#pragma once

#include "commands/migration/policy/governor.h"
#include "commands/migration/managed/managed_call.h"

/* Gets the chosen policy ready for a raw migration of @guest that is about to begin, @disks: with
 * its disks; *@governor stays NULL when none is chosen, and is left as it is when there is one.
 * @peer: where it goes to, NULL when that is not known. The caller owns it, and gives it to
 * governor_begin(). */
gboolean governing_prepare(Guest *guest, Guest *peer, gboolean disks, Governor **governor,
                           GError **error);

/* The same for one that libvirt will drive by @call, to which is added what the policy wants and
 * the caller did not say. */
gboolean governing_prepare_managed(Guest *guest, ManagedCall *call, Governor **governor,
                                   GError **error);

/* The flags (virDomainMigrateFlags) that the chosen policy wants. */
unsigned governing_flags(Session *session);

/* The shell ends: of each migration that goes on without its policy a sentence that tells it. Free
 * with g_strfreev(). */
char **governing_leave(Session *session);
