/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policy that drives a session's migrations. */
#pragma once

#include "commands/migration/policy/policy.h"
#include "shell/session.h"

/* The one that was chosen; NULL: none was. policy_is_manual() tells whether there is anything to do
 * for it. Borrowed, until another is chosen. */
const Policy *policy_chosen(Session *session);
