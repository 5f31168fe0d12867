/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `info migrate` as QEMU 7.2 prints it, whatever the QEMU: for scripts and for readers of older
 * books. What differs, on purpose:
 * - the block "globals:" at the top is left out: it is QEMU's own, and QMP does not have it
 *   (`hmp info migrate` prints QEMU's);
 * - lines end with a newline, not CRLF;
 * - a figure that this QEMU does not give has no line ("skipped" from 9.1 on, an expected downtime
 *   that QEMU 11.1 does not know), except "total time", which QEMU prints as 0;
 * - the block times of several vCPUs are in the vCPUs' order; QEMU sorts and merges them. */
#pragma once

#include "commands/migration/status.h"

/* Appends the lines of @status to @out; nothing when there has been no migration. */
void migration_classic(const MigrationStatus *status, GString *out);
