/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU's events mean, for a reader who does not know QMP. */
#pragma once

#include "shell/event_log.h"

/* @event in plain words, a clause without a full stop; NULL for an event that a newer QEMU may
 * have. Known are all of QAPI's up to QEMU 10, and what hmpsh itself tells ("libvirt:stopped").
 * Borrowed, kept for ever. */
const char *event_meaning(const MonitorEvent *event);

/* The names of all events that are known, each once; NULL-terminated, static. */
const char *const *event_names(void);

/* What the event @name can mean, in the locale's language: first whatever its data is, then what it
 * means with a certain member ("reason=guest-panic: ..."). NULL when it is not known; free with
 * g_strfreev(). */
char **event_meanings(const char *name);
