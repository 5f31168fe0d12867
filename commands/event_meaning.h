/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU's events mean, for a reader who does not know QMP. */
#pragma once

#include "shell/event_log.h"

/* @event in plain words, a clause without a full stop; NULL for an event that a newer QEMU may
 * have. Known are all of QAPI's up to QEMU 10, and what hmpsh itself tells ("libvirt:stopped").
 * Borrowed, kept for ever. */
const char *event_meaning(const MonitorEvent *event);
