/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a migration: what the statistics really mean. Sources: QAPI MigrationInfo and
 * MigrationStats; migration/migration.c and ram.c; what is told of speeds and sizes was measured
 * with QEMU 7.2. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

const Explanation explained_figures[] = {
    {.name = "status",
     .what = N_("Of a source it is absent before the first migration (here: none). A destination "
                "that listens tells setup since QEMU 8.2 only, and nothing before."),
     .told = N_("completed at the source means that all was sent; that the destination has the "
                "guest it means only with return-path."),
     .see = "completed, active, return-path, verdict"},
    {.name = "total-time",
     .what = N_("It counts from QEMU's migrate, with setup and downtime. Disks that were "
                "mirrored before are not in it, nor a failed or cancelled migration."),
     .see = "total time, setup-time, real-time"},
    {.name = "setup-time",
     .what = N_("The first look at all memory's dirty bitmaps, the list of memory blocks, the "
                "locking for rdma-pin-all; not the time to connect."),
     .when = N_("Seconds here mean that memory was locked, or that a failover device had to be "
                "unplugged first."),
     .see = "rdma-pin-all, wait-unplug"},
    {.name = "expected-downtime",
     .what = N_("At the end of a pass, what is dirty then by the throughput: W divided by the "
                "throughput."),
     .told = N_("During the first pass it is no estimate but the downtime limit: QEMU begins "
                "with that. Under a speed limit it is far too long, as the limit does not hold "
                "at the switch-over: 800 ms expected, 32 ms measured. QEMU 11.1 may tell "
                "9223372036854775807, which means nothing."),
     .see = "downtime-limit, W, threshold, avail-switchover-bandwidth"},
    {.name = "downtime",
     .what = N_("By the source's clock, from its stop. Without return-path until the last byte is "
                "sent; with it until the destination answers that it has loaded the guest. With "
                "post-copy until the source has told the destination to run."),
     .when = N_("When it is longer than the limit: more was left than the estimate said, the "
                "link was slower, or devices were large (VFIO)."),
     .told = N_("The guest may have stood still for longer than it tells: without return-path it "
                "lacks what the destination takes to load, in a managed migration what libvirt "
                "takes to let the guest go on, and with --no-live most. Look at blackout."),
     .see = "downtime-limit, blackout, silence, downtime-bytes"},
    {.name = "remaining-all",
     .what = N_("Devices that send much (VFIO) are in it, unlike in remaining; since QEMU 11.1."),
     .see = "remaining, left"},
    {.name = "error-desc",
     .what = N_("With failed since QEMU 2.7, with any status since 8.2, at the destination since "
                "9.1. It is a text for readers; its words change."),
     .when = N_("The other side mostly knows the reason: look there too, and in its QEMU's log."),
     .see = "failed, postcopy-paused, status"},
    {.name = "blocked-reasons",
     .what = N_("A device that cannot be migrated, a host processor feature that other hosts "
                "lack, a background job on a disk."),
     .when = N_("Take away the device or end the job; migrate_check tells the rest of what could "
                "fail."),
     .see = "migrate_check, failed"},
    {.name = "socket-address",
     .when = N_("When the destination was told port 0, so that the system chooses a free one: "
                "this is the one to send to."),
     .see = "migrate_incoming, peer"},
    {.name = "transferred",
     .what = N_("All bytes on the link with their headers, so it counts a page as often as it is "
                "sent, and a page of zeroes as a few bytes."),
     .told = N_("Divided by total it is no percentage: 283 percent were seen, and a guest of "
                "mostly zeroes ends at a few percent."),
     .see = "percent, left, normal-bytes"},
    {.name = "mbps",
     .what = N_("Over the last tenth of a second; after the end over the whole migration."),
     .told = N_("It is megabits, of 1000000: 168 Mbit/s are 20 MiB/s. The average of a guest of "
                "zeroes is far below what the link can do."),
     .see = "throughput, max-bandwidth, pages-per-second"},
    {.name = "remaining",
     .what = N_("What is still to be sent of the pages that are known to be dirty; those dirtied "
                "since the pass began come on top with the next pass."),
     .told = N_(
         "It goes up and down like a saw, down to the threshold and up to W: a new low is "
         "no progress and a rise is no fault. W at the beginning of each pass tells which it is."),
     .see = "left, W, working-set, pass"},
    {.name = "total",
     .what = N_("With video memory and firmware, so a little more than the guest's own. It stays "
                "the same while memory is sent again and again."),
     .see = "transferred, percent"},
    {.name = "duplicate",
     .told = N_("Nothing is compared with other pages: only pages of zeroes count, each of them "
                "again in every pass in which it was written to."),
     .see = "zero page, zero-page-detection, normal"},
    {.name = "skipped",
     .told = N_("It does not count pages that were left out or lost; no QEMU since 1.6 has ever "
                "set it."),
     .see = "normal, duplicate"},
    {.name = "normal",
     .what = N_("The same page counts each time it is sent. Those that XBZRLE sends as "
                "differences are not among them."),
     .see = "duplicate, xbzrle-pages, normal-bytes"},
    {.name = "normal-bytes",
     .what = N_("Before compression and without headers: normal times page-size."),
     .see = "transferred, multifd-compression"},
    {.name = "dirty-sync-count",
     .what = N_("The switch-over adds one, for what is left then."),
     .told = N_("It is not always the number of passes: from QEMU 9.2 on auto-converge looks for "
                "dirty pages within long ones too, and each look counts."),
     .see = "pass, passes, MIGRATION_PASS"},
    {.name = "page-size",
     .what = N_("The size by which dirty pages are counted and sent: 4 KiB on x86, whatever the "
                "guest uses."),
     .told = N_("Huge pages do not change it; they make post-copy wait for 2 MiB or 1 GiB at "
                "once."),
     .see = "huge pages, dirty-pages-rate"},
    {.name = "multifd-bytes",
     .what = N_("They are part of transferred; what devices send through the first connection is "
                "not among them."),
     .see = "multifd, transferred"},
    {.name = "pages-per-second",
     .told = N_("It is no measure of the link: pages of zeroes count, so it can be many times "
                "what the link carries, and falls without the link getting slower."),
     .see = "throughput, zero page"},
    {.name = "dirty-pages-rate",
     .what = N_("Pages that became dirty between two looks (at least a second apart), by the "
                "time between them. Before the second look it is 0."),
     .when = N_("calc_dirty_rate measures the guest itself, whatever is sent. A page counts once "
                "in its time there too, so over a longer time the rate of a guest that rewrites "
                "the same memory is lower."),
     .told = N_("It does not tell whether the migration converges. A page counts once in a pass "
                "however often it is written, so on a full link it is W by the time of a pass, "
                "which is the throughput again: a guest that wrote 15360 pages/s showed 5113, at "
                "5120 sent. Compare W with the threshold instead."),
     .see = "dirty rate, W, threshold, calc_dirty_rate, throttle-trigger-threshold"},
    {.name = "postcopy-requests",
     .what = N_("Each stands for a vCPU, or another thread, that waited for a round trip."),
     .when = N_("Many of them with a slow guest: the working set was still at the source. Switch "
                "to post-copy later, after a whole pass."),
     .see = "post-copy, postcopy-latency, postcopy-ram"},
    {.name = "precopy-bytes",
     .what = N_("All that was sent before the guest was stopped."),
     .see = "pre-copy, transferred"},
    {.name = "downtime-bytes",
     .what = N_("Memory and devices. By the downtime it tells what the link can do when nothing "
                "limits it: 16 MiB in 32 ms."),
     .told = N_("All counts that was sent since the guest stood still. Where it was paused before "
                "the switch-over (stop, --no-live) the downtime is a small part of that time: do "
                "not divide then."),
     .see = "downtime, avail-switchover-bandwidth, threshold"},
    {.name = "postcopy-bytes",
     .what = N_("Pages that were asked for and pages that were pushed."),
     .see = "post-copy, postcopy-requests, max-postcopy-bandwidth"},
    {.name = "dirty-sync-missed-zero-copy",
     .what = N_("At most one for each channel and look at the dirty pages."),
     .when = N_("Where it grows with every pass, zero-copy-send gains nothing there: turn it "
                "off."),
     .see = "zero-copy-send, multifd-channels"},
    {.name = "disk-transferred",
     .what = N_("What the guest writes meanwhile is sent again and counts again."),
     .see = "disk-remaining, mirror, --copy-storage-all"},
    {.name = "disk-remaining",
     .what = N_("It is 0 once the copies are the same as the disks; each later write raises it "
                "until that is copied too."),
     .when = N_("When it does not fall, the guest writes as fast as the disks are copied: raise "
                "the speed, or --copy-storage-synchronous-writes."),
     .see = "mirror, disk-mbps, --copy-storage-synchronous-writes"},
    {.name = "disk-total",
     .told = N_("It is not the size of the images alone, so a share of it may fall while all "
                "goes well."),
     .see = "disk-remaining, percent"},
    {.name = "disk-mbps",
     .when = N_("Below what the link can do: the slower of the two disks decides."),
     .see = "disk-remaining, --bandwidth, mirror"},
    {.name = "xbzrle-cache-size",
     .when = N_("Compare it with W: a cache that does not hold the working set misses most of "
                "it."),
     .see = "xbzrle, W, xbzrle-cache-miss-rate"},
    {.name = "xbzrle-bytes",
     .what = N_("Without headers. Pages that were too different count whole."),
     .see = "xbzrle-pages, xbzrle-encoding-rate"},
    {.name = "xbzrle-pages",
     .told = N_("Since QEMU 5.1 it counts each page that was found in the cache, also one that "
                "had not changed or was too different."),
     .see = "xbzrle-overflow, xbzrle-cache-miss, normal"},
    {.name = "xbzrle-cache-miss",
     .told = N_("In the second pass every page is one: the cache is filled by it. Only what is "
                "added later tells that the cache is too small."),
     .see = "xbzrle-cache-size, xbzrle-cache-miss-rate"},
    {.name = "xbzrle-cache-miss-rate",
     .when = N_("Near 1 from the third pass on: raise xbzrle-cache-size, or turn xbzrle off."),
     .see = "xbzrle-cache-size, xbzrle"},
    {.name = "xbzrle-encoding-rate",
     .what = N_("Of the last pass only; 0 where none was found in the cache."),
     .when = N_("Below about 2 xbzrle costs more than it gains."),
     .see = "xbzrle, xbzrle-bytes"},
    {.name = "xbzrle-overflow",
     .when = N_("Where most pages are among them, the guest changes whole pages: xbzrle does not "
                "help it."),
     .see = "xbzrle, multifd-compression"},
    {.name = "compression-pages",
     .what = N_("Gone with compress in QEMU 9.1."),
     .see = "compress, normal"},
    {.name = "compression-busy",
     .when = N_("Where it grows: more compress-threads, a lower compress-level, or "
                "compress-wait-thread off."),
     .see = "compress-threads, compress-level, compress-wait-thread"},
    {.name = "compression-busy-rate",
     .when = N_("Near 1 the threads are slower than the link."),
     .see = "compression-busy, compress-threads"},
    {.name = "compression-bytes",
     .what = N_("Without headers, and without pages of zeroes."),
     .see = "compression-rate, transferred"},
    {.name = "compression-rate",
     .what = N_("Of the last pass only."),
     .when = N_("Near 1 the guest's memory cannot be compressed: turn compress off."),
     .see = "compression-bytes, compress"},
    {.name = "cpu-throttle-percentage",
     .what = N_("The share of time that each vCPU sleeps; absent while nothing is throttled. It "
                "begins at cpu-throttle-initial and ends with the migration."),
     .when = N_("Where it grows and W does not shrink, it will not help: a higher downtime "
                "limit, more speed or post-copy will."),
     .see = "auto-converge, W, max-cpu-throttle"},
    {.name = "dirty-limit-throttle-time",
     .what = N_("The longest among the vCPUs, for one filling of the dirty ring."),
     .see = "dirty-limit, vcpu-dirty-limit, dirty ring"},
    {.name = "dirty-limit-ring-full-time",
     .what = N_("The ring's size by the average dirty rate of a vCPU. 0 means that the guest "
                "dirties nothing."),
     .see = "dirty-limit, dirty ring, dirty rate"},
    {.name = "postcopy-blocktime",
     .what = N_("With postcopy-blocktime on, at the destination. Of a guest with several vCPUs the "
                "time in which one waits and another runs is not in it."),
     .when = N_("Add it to the downtime to compare post-copy with pre-copy."),
     .see = "postcopy-vcpu-blocktime, downtime, post-copy"},
    {.name = "postcopy-vcpu-blocktime",
     .what = N_("At the destination, in the order of the vCPUs."),
     .see = "postcopy-blocktime, postcopy-latency"},
    {.name = "postcopy-latency",
     .what = N_("Since QEMU 10.1, at the destination. Only faults for which a page was asked of "
                "the source count, so the average over all faults is lower."),
     .when = N_("Far above the link's round trip: postcopy-preempt helps."),
     .see = "postcopy-preempt, postcopy-latency-dist, postcopy-requests"},
    {.name = "postcopy-latency-dist",
     .what = N_("Since QEMU 10.1, at the destination; each number stands for twice the time of "
                "the one before."),
     .when = N_("A few very slow pages among many quick ones: these queued behind pushed ones, "
                "or huge pages."),
     .see = "postcopy-latency, postcopy-preempt, huge pages"},
    {.name = "postcopy-vcpu-latency",
     .what = N_("Since QEMU 10.1, at the destination, in the order of the vCPUs, on average."),
     .see = "postcopy-latency, postcopy-vcpu-blocktime"},
    {.name = "postcopy-non-vcpu-latency",
     .what = N_("Since QEMU 10.1, at the destination. Devices that QEMU emulates and vhost "
                "threads wait for pages too."),
     .see = "postcopy-latency"},
    {.name = "vfio-transferred",
     .what = N_("It is not part of transferred's memory pages; a graphics card may have GiB of "
                "state."),
     .when = N_("Where the downtime is long although little memory was left."),
     .see = "switchover-ack, downtime, remaining-all"},
    {.name = "driver",
     .what = N_("libvirt knows of a managed migration and not of a raw one: what may be done "
                "meanwhile, and who gives up, differs."),
     .see = "raw migration, managed migration"},
    {.name = "begun-by",
     .what = N_("A migration that somebody else began can be watched and steered here all the "
                "same."),
     .see = "driver, managed migration"},
    {.name = "role",
     .what = N_("Most figures are known at the source only; the destination tells its status, "
                "and what post-copy cost."),
     .see = "source, destination, peer"},
    {.name = "passes",
     .what = N_("QEMU's dirty-sync-count while the migration runs; after the end, those that "
                "were counted."),
     .when = N_("Many short passes: the migration is close to its end. Many long ones of the "
                "same length: it does not converge."),
     .see = "pass, dirty-sync-count, convergence"},
    {.name = "pass",
     .what = N_("The first is over all memory, each later one over what was dirtied during the "
                "one before."),
     .see = "passes, W, dirty-sync-count"},
    {.name = "percent",
     .what = N_("Of the first pass, or of the disks before it. It never falls, and afterwards "
                "there is none."),
     .told = N_("A percentage over all passes, as other tools show it, goes backwards and over "
                "100, as memory is sent again."),
     .see = "left, pass, eta"},
    {.name = "left",
     .what = N_("Of this pass, or of the disks. When it has come down to the threshold, QEMU looks "
                "anew for dirty pages; the migration switches over if they fit too, or else the "
                "next pass begins."),
     .see = "threshold, remaining, pass"},
    {.name = "threshold",
     .what = N_("The throughput times the downtime limit, with avail-switchover-bandwidth in "
                "place of the throughput where it is set."),
     .when = N_("A migration whose W does not come below it does not end: raise downtime-limit "
                "or max-bandwidth, or make W smaller."),
     .see = "W, downtime-limit, throughput, switch-over"},
    {.name = "working-set",
     .what = N_("What was dirty when the newest pass began: what that pass has to send. A guest "
                "that writes to the same memory again and again has one that stays the same at "
                "any throughput, as soon as a pass takes long enough to dirty it all."),
     .when = N_("Divided by the throughput it is the downtime limit that would end the "
                "migration; divided by the downtime limit, the speed that would."),
     .see = "W, threshold, trend, convergence"},
    {.name = "trend",
     .what = N_("Over the last passes on average. Below 1 W shrinks, and each pass is shorter "
                "than the one before; near 1 it stays."),
     .see = "working-set, convergence, verdict"},
    {.name = "eta",
     .what = N_("To the end of the disks or of the first pass; later to the end of the "
                "migration, if the guest goes on as it does. There is none where no end is in "
                "sight."),
     .see = "ETA, verdict, percent"},
    {.name = "verdict",
     .what = N_("Whether the end comes by itself: by W and the threshold, not by the dirty rate."),
     .when = N_("will not converge comes with the command lines that would end it."),
     .see = "convergence, W, threshold, trend"},
    {.name = "throughput",
     .what = N_("Bytes per second as QEMU tells them; after the end the average of the whole "
                "migration."),
     .when = N_("Well below max-bandwidth it is the link, or one thread, that limits: multifd "
                "helps with the latter."),
     .see = "mbps, max-bandwidth, multifd"},
    {.name = "real-time",
     .what = N_("By this machine's clock, from when hmpsh first saw the migration; with the "
                "disks."),
     .see = "total-time, total time"},
    {.name = "blackout",
     .what = N_("From the source's STOP to the destination's RESUME, each by its own host's "
                "clock, so the difference of two hosts' clocks is in it."),
     .when = N_("Compare it with downtime: what it is longer came after QEMU's reckoning: without "
                "return-path the loading at the destination, managed libvirt's leave to go on."),
     .told = N_("It is this, not downtime, that the guest's users notice."),
     .see = "downtime, silence, STOP, RESUME"},
    {.name = "silence",
     .what = N_("In the lab only: from the guest's last heartbeat at the source to its first at "
                "the destination, as this machine saw them. It is some 20 ms longer than the "
                "blackout, by the time between two beats."),
     .see = "blackout, downtime, lab"},
    {.name = NULL},
};
