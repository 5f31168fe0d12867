/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events that have to do with a migration. (What every event means is event_meaning.c's.)
 * Sources: QAPI; the orders were observed on QEMU 7.2, 10.0 and 11.1. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_events[] = {
    {"MIGRATION",
     N_("Each change of the status, at the source and at the destination, with the new one. It "
        "comes only with the capability events, which libvirt sets."),
     NULL,
     N_("'wait migration' and 'wait STATUS' listen to it; 'wait event MIGRATION' waits for the "
        "next."),
     NULL, "events, active, completed, MIGRATION_PASS, wait"},
    {"MIGRATION_PASS",
     N_("At the source, each time that dirty pages are looked for, with the number of the pass. "
        "Only with the capability events. QEMU 11.1 tells a pass when it has ended, so that its "
        "first number is 2 and none comes behind STOP."),
     NULL,
     N_("This is the moment to look at what is left: it is W."),
     NULL, "pass, W, dirty-sync-count, events"},
    {"STOP",
     N_("At the source of a migration it is the beginning of the switch-over, and so of the "
        "downtime; otherwise somebody paused the guest, or a disk's error did."),
     NULL, NULL, NULL, "RESUME, blackout, switch-over, BLOCK_IO_ERROR"},
    {"RESUME",
     N_("At the destination of a migration it is the end of the blackout. At the source it tells "
        "that a migration was cancelled or failed behind STOP, and the guest goes on there."),
     NULL, NULL, NULL, "STOP, blackout, switch-over"},
    {"SHUTDOWN",
     NULL, NULL,
     N_("A source that was migrated by libvirt tells it when libvirt ends it: that is no loss."),
     NULL, "completed, libvirt:stopped"},
    {"RESET",
     N_("A reboot does not end a migration, but the guest then writes to much of its memory: the "
        "next pass is long."),
     NULL, NULL, NULL, "W"},
    {"SUSPEND",
     N_("A guest that sleeps can be migrated. Since QEMU 9.0 it sleeps on at the destination; "
        "before, the switch-over wakes it."),
     NULL, NULL, NULL, "WAKEUP"},
    {"WAKEUP",
     NULL, NULL, NULL, NULL, "SUSPEND"},
    {"GUEST_PANICKED",
     N_("A guest that has crashed and stands still can be migrated, and arrives as it is."),
     NULL, NULL, NULL, "STOP"},
    {"MEMORY_FAILURE",
     N_("A page with such an error cannot be read, so a migration may fail at it."),
     NULL,
     N_("Move the other guests away from that host."),
     NULL, "failed"},
    {"BLOCK_JOB_READY",
     N_("A mirror has caught up: from here on the copy has each write a moment after the disk."),
     NULL,
     N_("When all disks of a migration have told it, memory is sent."),
     NULL, "mirror, BLOCK_JOB_COMPLETED, JOB_STATUS_CHANGE"},
    {"BLOCK_JOB_COMPLETED",
     N_("A mirror that is ended in step tells it at the switch-over. With an error in it the copy "
        "is worthless."),
     NULL, NULL, NULL, "mirror, BLOCK_JOB_READY, BLOCK_JOB_CANCELLED"},
    {"BLOCK_JOB_CANCELLED",
     N_("The copy of a mirror that was cancelled before it was ready is incomplete."),
     NULL, NULL, NULL, "mirror, BLOCK_JOB_COMPLETED"},
    {"BLOCK_JOB_ERROR",
     N_("It comes for each piece that could not be read or written, so there can be very many. A "
        "mirror whose destination is gone tells it before it ends."),
     NULL,
     N_("The guest at the source is unharmed; look at the destination's disk and at the link."),
     NULL, "mirror, BLOCK_JOB_COMPLETED"},
    {"BLOCK_JOB_PENDING",
     NULL, NULL, NULL, NULL, "BLOCK_JOB_READY, JOB_STATUS_CHANGE"},
    {"JOB_STATUS_CHANGE",
     N_("A mirror goes between standby and ready each time that the guest writes, so it comes "
        "often."),
     NULL, NULL, NULL, "BLOCK_JOB_READY, mirror"},
    {"BLOCK_IO_ERROR",
     N_("During a migration the error is taken along: the guest arrives with it, and stands still "
        "there if it was stopped."),
     NULL,
     N_("--abort-on-error ends a managed migration instead, and the guest stays."),
     NULL, "--abort-on-error, STOP"},
    {"BLOCK_IMAGE_CORRUPTED",
     NULL, NULL,
     N_("Do not migrate it: repair the image first."),
     NULL, "BLOCK_IO_ERROR"},
    {"BLOCK_WRITE_THRESHOLD",
     NULL, NULL, NULL, NULL, "BLOCK_IO_ERROR"},
    {"BLOCK_EXPORT_DELETED",
     N_("At the destination of a migration with disks: the NBD server has let go of a disk, and "
        "the guest may have it."),
     NULL, NULL, NULL, "mirror"},
    {"UNPLUG_PRIMARY",
     N_("Before a migration QEMU takes the host's network card of a failover pair from the guest."),
     N_("The guest's network goes by the standby card, slower, until it has arrived."),
     NULL, NULL, "wait-unplug, FAILOVER_NEGOTIATED"},
    {"FAILOVER_NEGOTIATED",
     N_("A guest with such a pair can be migrated although it has a device of the host."),
     NULL, NULL, NULL, "UNPLUG_PRIMARY, wait-unplug"},
    {"VFIO_MIGRATION",
     N_("Each change of the state in which a device of the host is migrated (QEMU 9.1 and later); "
        "only where its property migration-events asks for it."),
     NULL, NULL, NULL, "vfio-transferred"},
    {"COLO_EXIT",
     NULL, NULL,
     N_("The guest that is left runs alone; the other side has to be set up anew."),
     NULL, "colo, x-colo"},
    {"DUMP_COMPLETED",
     N_("A dump and a migration cannot be made at the same time."),
     NULL, NULL, NULL, "libvirt:job-completed"},
    {"MEMORY_DEVICE_SIZE_CHANGE",
     N_("The destination must be started with the size that the guest has now; libvirt sees to "
        "it."),
     NULL, NULL, NULL, "BALLOON_CHANGE"},
    {"BALLOON_CHANGE",
     N_("What the guest has given to the balloon is empty, and costs next to nothing to send: a "
        "smaller guest migrates faster."),
     NULL, NULL, NULL, "zero page, total time"},
    {"MEM_UNPLUG_ERROR",
     NULL, NULL, NULL, NULL, "DEVICE_UNPLUG_GUEST_ERROR"},
    {"DEVICE_UNPLUG_GUEST_ERROR",
     NULL, NULL,
     N_("A device that bars a migration and that the guest keeps can be taken away only when the "
        "guest is shut down."),
     NULL, "DEVICE_DELETED, blocked-reasons"},
    {"DEVICE_DELETED",
     N_("When a device that barred the migration is gone, blocked-reasons has one less."),
     NULL, NULL, NULL, "DEVICE_UNPLUG_GUEST_ERROR, blocked-reasons"},
    {"SPICE_MIGRATE_COMPLETED",
     N_("The viewers of a SPICE display were sent to the destination. libvirt waits for it before "
        "it ends the source."),
     NULL, NULL, NULL, "--graphicsuri"},
    {"libvirt:stopped",
     NULL, NULL,
     N_("After a managed migration it is the good end: the guest runs elsewhere, and 'info "
        "migrate' still shows how it went."),
     NULL, "completed, managed migration"},
    {"libvirt:disconnected",
     NULL, NULL,
     N_("A raw migration goes on, and so does a managed one with --p2p where only the connection "
        "was lost; a libvirtd that was killed cancels it. 'wait migration' finds it again."),
     NULL, "--p2p"},
    {"libvirt:job-completed",
     N_("It comes at the end of a managed migration, when libvirt has cleaned up, behind QEMU's "
        "own completed."),
     NULL, NULL, NULL, "managed migration, completed"},
    {.name = NULL},
};
