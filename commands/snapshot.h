/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "shell/session.h"

/* What QEMU was told to do with a snapshot and was not seen to end ("'savevm t' of 'web01'"), or
 * NULL. Borrowed. */
const char *snapshot_under_way(Session *session);
