/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at one guest's migrations, whoever began them and whoever drives them: QEMU alone (raw), or
 * libvirt (managed), which also knows what QEMU does not: that it prepares a migration or copies
 * disks before QEMU's begins, and what it came to when QEMU has ended with it. */
#pragma once

#include "commands/migration/status.h"
#include "shell/domain_call.h"
#include "shell/monitor.h"

typedef struct MigrationObserver MigrationObserver;

typedef enum { DRIVER_NONE, DRIVER_RAW, DRIVER_MANAGED } MigrationDriver;

/* How libvirt is asked about the guest: domain_call(), or for who has a connection and no Guest
 * domain_call_at(). */
typedef gboolean (*ObserverCall)(gpointer data, DomainCall *call, GError **error);

MigrationObserver *observer_new(ObserverCall call, gpointer data);
void observer_free(MigrationObserver *observer);

/* This shell is about to begin a migration that @driver drives; DRIVER_NONE: it did not after all.
 * What the guest behind @monitor has begun so far is none of it. */
void observer_expect(MigrationObserver *observer, Monitor *monitor, MigrationDriver driver);

/* What was expected came before @time (monotonic, microseconds), or never will. */
void observer_expect_until(MigrationObserver *observer, gint64 time);

/* The figures now, with "driver" and "begun-by". As raw_query(), and of a migration that libvirt
 * manages: `setup` while it prepares, `active` with the figures of the disks while it copies them,
 * `device`, `failing` or `cancelling` while it finishes what QEMU has ended; of a guest that is
 * gone because its migration was completed: that. HMPSH_ERROR_LOST for one that is gone otherwise.
 * @monitor is the guest's: the same, or one that goes on with its events (monitor_continue()). The
 * caller owns the figures. */
MigrationStatus *observer_look(MigrationObserver *observer, Monitor *monitor, GError **error);

/* How many migrations QEMU has begun since its events were first read. */
guint observer_heard(const MigrationObserver *observer);

/* Whether libvirt drives the migration that was looked at last, and goes on with it. */
gboolean observer_sees_job(const MigrationObserver *observer);
