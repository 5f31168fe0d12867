/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A monitor that answers from recorded replies: what tests run against, and what lets a recorded
 * guest be looked at again without one. */
#pragma once

#include "shell/monitor.h"

/* A monitor that answers by @text, the recording: blocks of
 *
 *     > COMMAND             an HMP line, or QMP as JSON, as it is sent
 *     the reply, line by line
 *
 * Blocks with the same command are answered in turn, the last one for ever; a line `! NAME DATA`
 * after a reply is an event that comes right after it was given. A command that was not recorded
 * gets what QEMU says to an unknown one. The bell as for passthrough_open(). */
Monitor *replay_new(const char *text, const char *name, Bell *bell);

/* The commands that were sent so far, one a line, in order. Free with g_free(). */
char *replay_sent(Monitor *monitor);
