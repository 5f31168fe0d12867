/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of migrations when the shell is left: QEMU's own and those between two libvirts go
 * on, those that this process drives (with disks, or libvirt's without --p2p) end with it. */
#pragma once

#include "commands/migration/status.h"
#include "shell/session.h"

/* That a migration of @guest was begun in this session; and that it need not be thought of when
 * @status says that it is over. */
void leaving_remember(Guest *guest);
void leaving_forget_if_over(Guest *guest, const MigrationStatus *status);

/* Whether one of @guest was begun here and not seen to end. */
gboolean leaving_remembers(Guest *guest);

/* All guests of which that is so ("'web01', 'web02'"), or NULL. Free with g_free(). */
char *leaving_goes_on(Session *session);

/* Whether this process drives a migration now. */
gboolean leaving_drives(Session *session);

/* Whether the shell may be left: FALSE, with @error saying what to do, the first time that somebody
 * at a prompt tries it while this shell drives a migration. */
gboolean leaving_is_allowed(Session *session, GError **error);

/* The end of a script, or of the only command: a migration that was begun with -d and that only
 * this process can bring to its end is waited for. FALSE when it failed. */
gboolean leaving_see_through(Session *session, GError **error);

/* The program ends: what it drives is cancelled, within some seconds. What became of each, as a
 * sentence. Free with g_strfreev(). */
char **leaving_end(Session *session);
