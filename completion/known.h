/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a live guest's QEMU knows, for completion: asked when it is first wanted, and remembered
 * with the guest. */
#pragma once

#include "shell/session.h"

enum { KNOWN_PATIENCE_MS = 300 }; /* Tab waits no longer than that */

typedef enum {
    KNOWN_HMP_COMMANDS,
    KNOWN_INFO_TOPICS,
    KNOWN_QMP_COMMANDS,
    KNOWN_CAPABILITIES,
    KNOWN_PARAMETERS,
} Known;

/* Those names; NULL-terminated, borrowed from @guest. NULL when there is no guest (NULL) or no
 * answer in time. */
const char *const *known_list(Guest *guest, Known what);

/* The tags of the guest's snapshots, which change: asked for every time. NULL as above; free with
 * g_strfreev(). */
char **known_snapshots(Guest *guest);
