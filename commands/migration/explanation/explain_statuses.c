/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statuses of a migration: what goes on, what the guest does, what comes next. Sources: QAPI
 * MigrationStatus, migration/migration.c; the orders were observed on QEMU 7.2, 10.0 and 11.1. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_statuses[] = {
    {"none",
     N_("No migration was started on this side. A QEMU that waits for one shows it too, up to "
        "7.2 without any word."),
     NULL, NULL, NULL, "setup"},
    {"setup",
     N_("The connection is made and both sides prepare; since QEMU 8.2 a destination that listens "
        "is in it too. Next is active, or failed where nobody answers."),
     N_("The guest runs."),
     N_("If it lasts, look at the address, the firewall and the destination."),
     NULL, "active, failed, setup-time"},
    {"active",
     N_("Pre-copy: memory is sent, pass after pass. Next is device (QEMU 10.0 and later), "
        "pre-switchover, post-copy's statuses, or completed."),
     N_("The guest runs, slowed only by auto-converge or dirty-limit."),
     N_("Look at the verdict of 'info migrate': it tells whether this ends."),
     NULL, "pre-copy, pass, convergence, device"},
    {"pre-switchover",
     N_("The guest is stopped, and QEMU waits for migrate_continue; with the capability "
        "pause-before-switchover only. Disks still belong to the source. Next is device."),
     N_("The guest stands still for as long as nobody acts: all of it is downtime."),
     N_("libvirt and migrate -b use it to end the copying of disks. By hand: migrate_continue "
        "pre-switchover, or migrate_cancel, and the guest runs on. When the destination dies "
        "now there is no event: the source waits until one of the two commands is given."),
     NULL, "pause-before-switchover, migrate_continue, switch-over, mirror"},
    {"device",
     N_("The switch-over: the rest of memory and the state of the devices are sent. Since QEMU "
        "10.0 every migration tells it; before, only one with pause-before-switchover. Next is "
        "completed, or postcopy-active."),
     N_("The guest stands still: this is the downtime."),
     N_("If it lasts, the destination does not answer (return-path waits for it): migrate_cancel "
        "lets the guest run on."),
     NULL, "switch-over, downtime, return-path"},
    {"wait-unplug",
     N_("QEMU waits until the guest lets go of a network card of the host that has a standby "
        "(failover). Next is active."),
     N_("The guest runs, with its standby card."),
     N_("If it lasts, the guest's driver does not answer; migrate_cancel ends it."),
     NULL, "UNPLUG_PRIMARY, FAILOVER_NEGOTIATED"},
    {"postcopy-device",
     N_("Post-copy was begun, and the destination still loads the devices (QEMU 10.2 and later). "
        "Next is postcopy-active."),
     N_("The guest stands still."),
     N_("Up to here a failure leaves the guest at the source; from postcopy-active on there is no "
        "way back."),
     NULL, "post-copy, postcopy-active"},
    {"postcopy-active",
     N_("The guest runs at the destination, and the rest of its memory follows. Next is completed, "
        "or postcopy-paused where the link is lost."),
     N_("The guest waits for each page that it needs and that has not come."),
     N_("Do not cancel: the guest is in two halves. migrate_pause breaks the link on purpose."),
     NULL, "post-copy, page fault, postcopy-paused, postcopy-requests"},
    {"postcopy-paused",
     N_("Post-copy has lost its link; both sides wait. Next is postcopy-recover (since QEMU 9.1 by "
        "postcopy-recover-setup)."),
     N_("The guest stands still as soon as it needs a missing page."),
     N_("migrate_recover at the destination, then migrate -r at the source; managed: migrate -r "
        "with the options of the first time."),
     NULL, "recovery, migrate_recover, migrate, --postcopy-resume"},
    {"postcopy-recover-setup",
     N_("The source connects again (QEMU 9.1 and later). Next is postcopy-recover, or "
        "postcopy-paused again where that fails; it may be tried again."),
     NULL, NULL, NULL, "recovery, postcopy-recover"},
    {"postcopy-recover",
     N_("Both sides compare which pages have come. Next is postcopy-active."),
     N_("The guest still waits for its missing pages."),
     NULL, NULL, "recovery, postcopy-active"},
    {"colo",
     N_("Two guests run in step, and the second takes over when the first fails (COLO). It lasts "
        "until one of them is lost or it is ended."),
     NULL, NULL, NULL, "x-colo, x-checkpoint-delay, COLO_EXIT"},
    {"cancelling",
     N_("It was cancelled and is being undone. Next is cancelled."),
     N_("The guest runs; one that had been stopped for the switch-over runs again."),
     N_("With QEMU 7.2 a connection that is still being made holds it here until that gives up."),
     NULL, "cancelled, migrate_cancel"},
    {"failing",
     N_("An error was met and is cleaned up (QEMU 11.0 and later). Next is failed."),
     NULL, NULL, NULL, "failed, error-desc"},
    {"cancelled",
     N_("An end: it was given up. The destination's QEMU has no guest and ends."),
     N_("The guest runs at the source as before."),
     NULL, NULL, "migrate_cancel, cancelling"},
    {"completed",
     N_("An end: all of the guest has been sent. The source stands still (postmigrate)."),
     N_("The guest runs at the destination, unless it was paused before or late-block-activate "
        "holds it."),
     N_("Never 'cont' the source now."),
     N_("Without return-path it only means that all was sent, not that anybody has got it."),
     "return-path, split brain, downtime, total-time"},
    {"failed",
     N_("An end: it failed, and 'info migrate' (error-desc) may tell why."),
     N_("The guest runs on at the source if it ran before; not after post-copy had begun."),
     N_("The reason is often at the other side: look at the destination's log too. Then start it "
        "again, to a destination that waits anew."),
     NULL, "error-desc, migrate_check, failing"},
    {.name = NULL},
};
