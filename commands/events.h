/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QEMU's events, told to somebody at a prompt. */
#pragma once

#include "shell/session.h"

/* @event on one line, as it is told: "MIGRATION status=active". Free with g_free(). */
char *events_text(const MonitorEvent *event);

/* Prints @event as one line, above the line being typed, when it is one that a person debugging a
 * guest wants to see: run state, migration, block jobs, devices. On the main thread. */
void events_tell(Guest *guest, const MonitorEvent *event);

/* The same for an event of the guest called @name, from any thread. */
void events_print(Output *output, const char *name, const MonitorEvent *event);
