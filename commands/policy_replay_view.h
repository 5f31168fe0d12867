/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy would have done to a recorded migration, shown. */
#pragma once

#include "commands/migration/policy/policy.h"
#include "shell/session.h"

/* Reads the recording @path, whose last migration counts, and adds what @policy would have done to
 * @reply. */
gboolean policy_replay_show(Session *session, const Policy *policy, const char *path, Reply *reply,
                            GError **error);
