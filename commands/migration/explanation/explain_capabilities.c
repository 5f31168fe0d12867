/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration capabilities. Sources: QAPI MigrationCapability; migration/migration.c, ram.c,
 * cpu-throttle.c and options.c; what is told of speeds and sizes was measured with QEMU 7.2. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

const Explanation explained_capabilities[] = {
    {.name = "auto-converge",
     .what = N_("At the end of a pass QEMU compares what was dirtied with what was sent "
                "(throttle-trigger-threshold), and makes all vCPUs sleep for a larger share of "
                "the time in every second pass that did not gain. From QEMU 9.2 on it also looks "
                "every 5 s within a pass, from the second pass on."),
     .effect = N_("A migration may end that otherwise would not; the guest gets slower, down to a "
                  "hundredth of its speed. The downtime limit stays as it is."),
     .when = N_("For guests that may become slow and must not use post-copy. Where nothing needs "
                "slowing down, it does nothing."),
     .told = N_("It slows processors, not writes: a small working set is still dirtied as a "
                "whole in each pass. In a test 32 MiB at a limit of 20 MiB/s stayed 32 MiB from "
                "20 to 90 percent."),
     .see = "throttle-trigger-threshold, cpu-throttle-initial, cpu-throttle-percentage, "
            "dirty-limit, --auto-converge"},
    {.name = "dirty-limit",
     .what = N_("Each vCPU is held to vcpu-dirty-limit by its dirty ring, once "
                "throttle-trigger-threshold says so."),
     .effect = N_("vCPUs that read keep their speed, so a guest that mostly reads feels less of "
                  "it than of auto-converge."),
     .when = N_("In place of auto-converge, where QEMU was started with a dirty ring (accel kvm, "
                "dirty-ring-size)."),
     .see = "vcpu-dirty-limit, dirty ring, auto-converge, set_vcpu_dirty_limit"},
    {.name = "postcopy-ram",
     .what = N_("Nothing changes until migrate_start_postcopy; without it the migration stays "
                "pre-copy."),
     .effect = N_("After the switch each page is sent once more at most, so the end is sure and "
                  "near, with the downtime that the devices need; the guest waits for each page "
                  "that it needs and that is missing."),
     .when = N_("For guests that do not converge, on a link that can be relied on. Set it at the "
                "destination first: it alone knows whether its host allows userfaultfd."),
     .told = N_("It does not begin post-copy. Once post-copy has begun there is no way back: "
                "neither side has the whole guest, and migrate_cancel loses it (QEMU before "
                "10.0) or is refused."),
     .see = "post-copy, migrate_start_postcopy, userfaultfd, recovery, --postcopy"},
    {.name = "postcopy-preempt",
     .effect = N_("A page that the guest waits for does not queue behind those that are pushed: "
                  "the wait gets shorter, most of all with huge pages."),
     .when = N_("Together with postcopy-ram, on both sides. After a lost link both connections "
                "are made anew."),
     .see = "post-copy, postcopy-ram, postcopy-latency, huge pages"},
    {.name = "postcopy-blocktime",
     .effect = N_("It costs a little time at each page fault, and changes nothing else."),
     .when = N_("To learn what post-copy cost the guest; it is to be set before the migration, "
                "and read at the destination."),
     .see = "postcopy-vcpu-blocktime, postcopy-latency, post-copy"},
    {.name = "release-ram",
     .effect = N_("Both hosts together need little more memory than the guest has, as soon as "
                  "post-copy runs."),
     .when = N_("Where the source is short of memory. It takes no way back that post-copy had "
                "left."),
     .see = "post-copy, postcopy-ram"},
    {.name = "multifd",
     .what = N_("Each channel has a thread at both ends. Both QEMUs compare their UUIDs and "
                "refuse when they differ."),
     .effect = N_("One thread cannot fill a fast link; several do, and both the total time and "
                  "the downtime get shorter."),
     .when = N_("On links of 10 Gbit/s and more. At the destination set it before "
                "migrate_incoming."),
     .told = N_("It does not make a slow link faster, unless multifd-compression is set too."),
     .see = "multifd-channels, multifd-compression, zero-copy-send, --parallel"},
    {.name = "zero-copy-send",
     .effect = N_("It saves the source the processor time of copying each page into the kernel. "
                  "All memory that waits to be sent is locked, so the host cannot swap it."),
     .when = N_("With multifd on fast network cards. QEMU must be allowed to lock memory; "
                "libvirt allows it by itself."),
     .told = N_("On one host and with cards that do not support it the kernel copies all the "
                "same: dirty-sync-missed-zero-copy tells."),
     .see = "multifd, dirty-sync-missed-zero-copy, --zerocopy"},
    {.name = "xbzrle",
     .what = N_("The first pass fills nothing, the second fills the cache, and from the third on "
                "a page that is in it is sent as what changed."),
     .effect = N_("A working set of which little changes gets nearly free, so a guest may "
                  "converge that would not otherwise. It costs processor time at the source, and "
                  "the cache's memory."),
     .when = N_("For slow links and guests that change few bytes of many pages (databases, heaps "
                "with counters)."),
     .told = N_("It is no compression: memory that is sent for the first time, or all of which "
                "changes, does not get smaller."),
     .see = "xbzrle-cache-size, xbzrle-cache-miss-rate, xbzrle-overflow, W, --compressed"},
    {.name = "return-path",
     .effect = N_("The migration ends when the destination has loaded the guest and says so, and "
                  "QEMU's downtime counts up to there. When the destination does not answer, the "
                  "source waits with its guest stopped, and migrate_cancel brings the guest back."),
     .when = N_("Always in a raw migration: hmpsh turns it on ('set return-path'). libvirt sets it "
                "in its own, but for tunnelled ones."),
     .told = N_("Without it completed means that all was sent, not that somebody has it: a port "
                "that takes anything is enough."),
     .see = "completed, switchover-ack, migrate_cancel"},
    {.name = "switchover-ack",
     .effect = N_("It shortens the downtime of guests with devices that load much first (VFIO): "
                  "the switch-over waits until they are ready. Other guests notice nothing."),
     .when = N_("Where VFIO devices are migrated."),
     .see = "return-path, switch-over, downtime"},
    {.name = "pause-before-switchover",
     .effect = N_("The wait is downtime: the guest stands still from pre-switchover until "
                  "migrate_continue."),
     .when = N_("Where something must happen while the guest stands still, as the last of a "
                "mirrored disk. libvirt sets it in its own migrations, hmpsh where it copies "
                "disks."),
     .see = "pre-switchover, migrate_continue, mirror"},
    {.name = "late-block-activate",
     .effect = N_("Until cont the source could still take its guest back without two hosts "
                  "writing to the same disk."),
     .when = N_("At the destination, with a QEMU that is started with -S. libvirt sets it."),
     .see = "split brain, mirror"},
    {.name = "dirty-bitmaps",
     .effect = N_("An incremental backup goes on at the destination; without it the next backup "
                  "is a full one."),
     .when = N_("Where such bitmaps exist, which only backup programs make."),
     .told = N_("These are of disks. The bitmap of dirty memory pages has nothing to do with it."),
     .see = "block-bitmap-mapping, dirty bitmap"},
    {.name = "events",
     .when = N_("Leave it on: without it neither MIGRATION nor MIGRATION_PASS is sent, and all "
                "that is left is asking again and again."),
     .see = "MIGRATION, MIGRATION_PASS, status"},
    {.name = "validate-uuid",
     .when = N_("To be sure that a raw migration goes to the guest that it is meant for. Two "
                "guests of one libvirt differ in their UUIDs, so between those it must stay off."),
     .see = "raw migration, multifd"},
    {.name = "mapped-ram",
     .effect = N_("The file gets as large as the guest, however often pages are sent again, and "
                  "can be written and read by several threads at once."),
     .when = N_("To save a guest to file:, together with multifd."),
     .see = "direct-io, multifd"},
    {.name = "background-snapshot",
     .what = N_("The guest may read all memory; a page that it wants to write is saved first."),
     .effect = N_("It needs one pass, whatever the guest does, and stops the guest only for the "
                  "devices; each first write to a page waits until the page is saved."),
     .when = N_("To save the state of a guest that writes too much for a usual migration to a "
                "file."),
     .told = N_("The guest stays where it is: it is no migration to another host."),
     .see = "savevm, userfaultfd, pass"},
    {.name = "x-ignore-shared",
     .what = N_("Memory that only the source has mapped as shared is left out too: the "
                "destination then has a guest without it."),
     .effect = N_("Nearly nothing is left to be sent, so it is over in the time that the devices "
                  "need."),
     .when = N_("For a new QEMU on the same host, with the guest's memory in a file that both "
                "map with share=on."),
     .see = "mode"},
    {.name = "rdma-pin-all",
     .effect = N_("The start takes as long as locking all memory does, seconds for tens of GiB; "
                  "later no time is lost in registering. Pages of zeroes are sent whole."),
     .when = N_("For guests that use most of their memory. Without it unused memory is not "
                "allocated at the destination."),
     .see = "setup-time, x-rdma-chunk-size, --rdma-pin-all"},
    {.name = "x-colo",
     .what = N_("The migration does not end: the guest runs on both hosts, and the second takes "
                "over when the first is lost."),
     .effect = N_("At each checkpoint the guest stands still until the other side has what "
                  "changed; packets leave only when both sides agree."),
     .when = N_("For trials: it is experimental, and needs its own proxy and disk replication."),
     .see = "x-checkpoint-delay"},
    {.name = "zero-blocks",
     .effect = N_("Empty parts of disks cost nothing to send."),
     .when = N_("With migrate -b of QEMU's own only, which is gone: "
                "--migrate-disks-detect-zeroes does that today."),
     .see = "block, --migrate-disks-detect-zeroes"},
    {.name = "compress",
     .effect = N_("Fewer bytes for processor time on both sides; mostly it was slower than "
                  "without, as one thread hands out the pages."),
     .when = N_("Not any more: multifd with multifd-compression replaces it."),
     .see = "compress-threads, multifd-compression, --comp-methods"},
    {.name = "block",
     .effect = N_("All disks are sent through the migration's connection before memory is, and "
                  "what the guest writes meanwhile again."),
     .when = N_("Not with libvirt's guests: their disks have no name in that stream, and the "
                "destination's QEMU ends. migrate -b of this shell copies them by mirrors."),
     .see = "mirror, migrate, block-incremental, --copy-storage-all"},
    {.name = "x-postcopy-ram",
     .what = N_("The experimental name of postcopy-ram, which says the rest."),
     .see = "postcopy-ram"},
    {.name = "x-multifd",
     .what = N_("The experimental name of multifd, which says the rest."),
     .see = "multifd"},
    {.name = NULL},
};
