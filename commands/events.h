/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's events, told to somebody at a prompt. */
#pragma once

#include "shell/session.h"

/* Prints @event as one line, above the line being typed, when it is one that a person debugging a
 * guest wants to see: run state, migration, block jobs, devices. On the main thread. */
void events_tell(Guest *guest, const MonitorEvent *event);
