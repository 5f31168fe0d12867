/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The look before a migration, for migrate_check and migrate -n. */
#pragma once

#include "commands/migration/check/facts.h"
#include "shell/session.h"

/* Looks at @guest, and at where @wish leads; its .way is found out here. Fills @reply with a row
 * for each thing that was looked at. FALSE with HMPSH_ERROR_FAILED when there is a blocker, or when
 * the guest itself could not be asked. Nothing is changed. */
gboolean migrate_check(Session *session, Guest *guest, const CheckWish *wish, Reply *reply,
                       GError **error);
