/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libvirt's statistics of a job (virDomainGetJobStats(), and its event at the end) as the figures
 * of a migration. They come as typed_parameters.h makes them, with a member "type", a
 * virDomainJobType, where they were asked for. */
#pragma once

#include "commands/migration/status.h"

/* Whether @stats (may be NULL) are those of a migration of the guest to another host: one that goes
 * on, or one that is completed. */
gboolean job_stats_go_out(Json *stats);
gboolean job_stats_went_out(Json *stats);

/* Whether they are those of a guest that has arrived. */
gboolean job_stats_came_in(Json *stats);

/* Whether QEMU's part of the job has begun: libvirt prepares the destination and copies disks
 * before. */
gboolean job_stats_have_memory(Json *stats);

/* The figures of a completed migration. The caller owns them. */
MigrationStatus *job_stats_end(Json *stats);

/* Adds what QEMU does not know of a migration that goes on: the disks, and the time since libvirt
 * began. */
void job_stats_add(Json *stats, MigrationStatus *status);
