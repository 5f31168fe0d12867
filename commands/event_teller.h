/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's events, told to somebody at a prompt. */
#pragma once

#include "shell/session.h"

/* Which events are told: "on" (all), "off", "default" (run state, migration, block jobs, devices),
 * or a pattern for the event, with or without its data. HMPSH_ERROR_SYNTAX for one that is wrong.
 * From any thread. */
gboolean event_teller_choose(Session *session, const char *which, GError **error);

/* Tells @event, above the line being typed, when it is one of those. At a terminal a flood of them
 * is folded (event_fold.h). On the main thread. */
void event_teller_tell(Guest *guest, const MonitorEvent *event);

/* The same for an event of the guest called @name, from any thread and unfolded. */
void event_teller_print(Session *session, const char *name, const MonitorEvent *event);

/* Tells what is counted and not yet told: the shell ends. On the main thread. */
void event_teller_end(Session *session);
