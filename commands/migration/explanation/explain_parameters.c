/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration parameters. Sources: QAPI MigrationParameters; migration/migration.c, ram.c and
 * options.c, net/announce.c; what is told of speeds and sizes was measured with QEMU 7.2. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

const Explanation explained_parameters[] = {
    {.name = "max-bandwidth",
     .what = N_("It bounds what the source sends until the switch-over, and is divided into "
                "tenths of a second: 1 to 9 bytes per second count as no limit."),
     .effect = N_("The first pass takes at least the memory in use divided by this speed. A "
                  "guest whose working set W is larger than this speed times the downtime limit "
                  "is never switched over. At the switch-over QEMU sends as fast as it can, so "
                  "the downtime can be far below the expected one."),
     .when = N_("Raise it when a migration does not converge on a link that can carry more; "
                "lower it to leave room for others. A managed migration sets it anew, from "
                "--bandwidth."),
     .told = N_("A number without a suffix is MiB here and in migrate_set_speed, but bytes in "
                "QMP. The default is 128 MiB/s only since QEMU 5.2; the 32 MiB/s in QEMU's own "
                "examples are left over from before."),
     .see = "throughput, W, migrate_set_speed, --bandwidth, max-postcopy-bandwidth"},
    {.name = "downtime-limit",
     .effect = N_("QEMU stops the guest as soon as what is left can be sent in this time "
                  "(throughput times limit: the threshold). A higher limit ends a migration "
                  "earlier, with a longer downtime. A limit that W never fits into lets the "
                  "migration go on for ever."),
     .when = N_("Raise it step by step when a migration does not converge and the guest can bear "
                "the pause; W divided by the throughput is what it must be. It takes effect at "
                "once."),
     .told = N_("The default is 300 ms, not 2000: 2000 s is the most that it takes. It is "
                "compared with an estimate and promises nothing: starting at the destination "
                "comes on top, and a speed limit does not hold at the switch-over. "
                "migrate_set_downtime takes seconds, this takes milliseconds."),
     .see = "downtime, threshold, W, expected-downtime, migrate_set_downtime, blackout"},
    {.name = "avail-switchover-bandwidth",
     .what = N_("QEMU decides with it, instead of with the measured throughput, whether the rest "
                "is small enough."),
     .effect = N_("Under a speed limit the measured throughput is too low, and the switch-over "
                  "comes later than it could. The right speed ends the migration earlier within "
                  "the same downtime; too high a speed makes the downtime longer than the limit."),
     .when = N_("Where max-bandwidth is far below what the link can do at the switch-over. A "
                "past migration tells what that is: downtime-bytes by downtime."),
     .told = N_("It is no limit: it neither slows anything down nor reserves bandwidth."),
     .see = "downtime-bytes, threshold, max-bandwidth, --available-switchover-bandwidth"},
    {.name = "max-postcopy-bandwidth",
     .effect = N_("Post-copy takes longer in total, and the guest at the destination waits for "
                  "more pages, each of them for the time of a round trip."),
     .when = N_("Where post-copy must not fill the link. Until it ends, a lost link stops the "
                "guest, and a limit makes that time longer."),
     .told = N_("max-bandwidth does not hold in post-copy: this does. And a number without a "
                "suffix is not MiB here, but bytes."),
     .see = "post-copy, max-bandwidth, --postcopy-bandwidth"},
    {.name = "throttle-trigger-threshold",
     .what = N_("At the end of a pass, but not within a second of the last time, QEMU compares "
                "what the guest dirtied with what was sent meanwhile. Each second time that it "
                "is more than this share, auto-converge takes a step."),
     .effect = N_("A lower one slows down guests that would have converged; a higher one starts "
                  "later."),
     .when = N_("Hardly ever: a guest that does not converge dirties all that was sent again, so "
                "its share is near 100, whatever its rate is."),
     .told = N_("It is no share of a processor and no number of bytes, and it throttles nothing "
                "unless auto-converge or dirty-limit is on."),
     .see = "auto-converge, dirty-limit, dirty-pages-rate, W"},
    {.name = "cpu-throttle-initial",
     .what = N_("A vCPU runs for 10 ms and then sleeps until it has slept for this share of the "
                "time: at 20 for 2.5 ms, at 99 for 990 ms."),
     .effect = N_("All vCPUs are slowed down alike, those that dirty nothing too. It changes "
                  "neither the downtime nor the throughput."),
     .when = N_("Higher for a guest that is known not to converge: the lower steps then only "
                "cost time."),
     .see = "auto-converge, cpu-throttle-increment, max-cpu-throttle, --auto-converge-initial"},
    {.name = "cpu-throttle-increment",
     .effect = N_("Larger steps come to an end sooner and slow the guest more than would have "
                  "been needed. From 20 to 99 there are 8 steps of 10, with two passes each."),
     .when = N_("Raise it where passes are long: each step costs two of them."),
     .told = N_("The default is 10, not 20; 20 is that of cpu-throttle-initial."),
     .see = "cpu-throttle-initial, cpu-throttle-tailslow, cpu-throttle-percentage, "
            "--auto-converge-increment"},
    {.name = "cpu-throttle-tailslow",
     .what = N_("QEMU computes how much of its time the guest may keep so that it dirties just "
                "what is allowed, and takes the smaller step of that and cpu-throttle-increment."),
     .effect = N_("The guest is slowed down less near the end, and the migration takes longer."),
     .when = N_("For guests that can do little with the last few percent."),
     .see = "cpu-throttle-increment, auto-converge"},
    {.name = "max-cpu-throttle",
     .effect = N_("A lower one keeps the guest usable, and may be too little for the migration "
                  "ever to end."),
     .when = N_("Set it together with a way out that ends the migration then: a higher downtime "
                "limit, or post-copy."),
     .told = N_("99 is no promise that the migration ends: a small working set can be dirtied as "
                "a whole in a slice of 10 ms, at 99 percent too."),
     .see = "auto-converge, cpu-throttle-initial, downtime-limit, post-copy"},
    {.name = "x-vcpu-dirty-limit-period",
     .effect = N_("A shorter one lets dirty-limit react sooner, and measure less exactly."),
     .when = N_("Leave it; it is experimental."),
     .see = "dirty-limit, vcpu-dirty-limit"},
    {.name = "vcpu-dirty-limit",
     .effect = N_("A vCPU that dirties more sleeps each time its dirty ring is full; vCPUs that "
                  "only read are not slowed down."),
     .when = N_("The migration ends when this times the number of writing vCPUs is well below "
                "the throughput. The default of 1 is hard on a writing guest."),
     .told = N_("It is a rate for each vCPU, not for the guest."),
     .see = "dirty-limit, dirty ring, set_vcpu_dirty_limit"},
    {.name = "xbzrle-cache-size",
     .what = N_("It is memory of the source's host, taken when the migration starts. QEMU 2.10 "
                "and before, with migrate_set_cache_size, rounded it down to a power of two."),
     .effect = N_("A page that is not in the cache is sent whole. A cache that holds W makes the "
                  "passes from the third on very short where pages change little: 32 MiB of "
                  "pages with one changed word each became 41 KiB."),
     .when = N_("Make it at least as large as W; raise it while the migration runs when "
                "xbzrle-cache-miss-rate stays high."),
     .see = "xbzrle, W, xbzrle-cache-miss-rate, --comp-xbzrle-cache"},
    {.name = "multifd-channels",
     .effect = N_("Each channel is a thread at both ends: more of them fill a link that one "
                  "thread cannot, which shortens the total time and the downtime. They take "
                  "processor time from the guest."),
     .when = N_("Raise it until the throughput does not grow any more; with compression to the "
                "number of idle processors."),
     .told = N_("It does nothing unless the capability multifd is on. Devices still go through "
                "the first connection, except VFIO's since QEMU 10.0."),
     .see = "multifd, --parallel-connections"},
    {.name = "multifd-compression",
     .effect = N_("Fewer bytes for processor time on both sides. It shortens the migration only "
                  "where the link is slower than the threads compress."),
     .when = N_("On slow links with processors to spare; zstd is mostly faster than zlib, at the "
                "same size. qatzip, qpl and uadk need their hardware."),
     .told = N_("The default is none. QEMU compares what is left, not compressed, with what it "
                "sends compressed: with compression it may not see that it could switch over, "
                "and needs a higher downtime limit than it will use."),
     .see = "multifd, multifd-zlib-level, multifd-zstd-level, --comp-methods"},
    {.name = "multifd-zlib-level",
     .effect = N_("A higher level takes much more processor time for few bytes less; with 1 the "
                  "migration is mostly the fastest."),
     .when = N_("Only where the link is so slow that the threads wait for it."),
     .see = "multifd-compression, --comp-zlib-level"},
    {.name = "multifd-zstd-level",
     .effect = N_("Low levels cost little; high ones compress more slowly than most links send."),
     .when = N_("Where the link is the bottleneck and processors are idle."),
     .see = "multifd-compression, --comp-zstd-level"},
    {.name = "multifd-qatzip-level",
     .effect = N_("The work is the accelerator's, not the processor's, as long as there is one; "
                  "else it is done in software."),
     .when = N_("Leave it at 1 unless the link is the bottleneck."),
     .see = "multifd-compression"},
    {.name = "zero-page-detection",
     .effect = N_("A page of zeroes costs a few bytes instead of 4096, so an empty guest arrives "
                  "at once. To look for them costs processor time; with none all pages are sent "
                  "whole."),
     .when = N_("none only where hardly any page is empty and the source's processors are the "
                "bottleneck."),
     .told = N_("The default does not need the capability multifd: without it multifd is the "
                "same as legacy, which is what machine types of 8.2 and before have unless set."),
     .see = "zero page, duplicate, multifd"},
    {.name = "tls-creds",
     .what = N_("The object is made with object_add; its endpoint is client at the source and "
                "server at the destination."),
     .effect = N_("Memory goes encrypted, which costs processor time on both sides and "
                  "throughput."),
     .when = N_("On both sides before the migration starts: given at the source only, the "
                "destination's QEMU ends, as it takes what comes for no migration at all."),
     .told = N_("It is the id of an object, not a file or a certificate; an id that does not "
                "exist is refused only by the migration."),
     .see = "tls, tls-hostname, tls-authz, --tls"},
    {.name = "tls-hostname",
     .what = N_("It is set at the source."),
     .when = N_("Where the URI names the host otherwise than its certificate does, or has no "
                "host (fd:, unix:). A name that differs fails the migration, and the guest runs "
                "on."),
     .told = N_("It is only compared with the certificate: it is neither a credential nor where "
                "the source connects to."),
     .see = "tls, tls-creds, --tls-destination"},
    {.name = "tls-authz",
     .what = N_("The object (authz-simple, authz-list and others) compares the name in the "
                "source's certificate. It is looked up when a source connects, so it can be "
                "replaced meanwhile."),
     .when = N_("Where not everybody with a certificate of the same authority may send a guest."),
     .told = N_("It is no certificate and no key, but the id of an authorisation object."),
     .see = "tls, tls-creds"},
    {.name = "announce-initial",
     .what = N_("After the migration the destination sends RARP packets with the guest's "
                "addresses, so that switches learn where it is now."),
     .effect = N_("Until a switch has seen one, packets to the guest go to the source's port: "
                  "the guest runs, but is not reached."),
     .when = N_("Where a guest cannot be reached for a while after the blackout."),
     .see = "announce-rounds, announce-step, announce-max, announce_self, blackout"},
    {.name = "announce-max",
     .what = N_("Each wait is announce-step longer than the one before, but no longer than this. "
                "With the defaults it is never reached: the waits are 50, 150, 250 and 350 ms."),
     .when = N_("Only together with more rounds."),
     .see = "announce-initial, announce-step, announce-rounds"},
    {.name = "announce-rounds",
     .effect = N_("More announcements help where the network loses the first ones, as a port "
                  "that comes up slowly does. They do not slow down the guest."),
     .when = N_("Raise it for slow switches; 1 sends one, 0 none."),
     .see = "announce-initial, announce-max, announce_self"},
    {.name = "announce-step",
     .when = N_("Raise it with announce-max to spread the announcements over a longer time."),
     .see = "announce-initial, announce-max, announce-rounds"},
    {.name = "mode",
     .what = N_("cpr-reboot saves the guest to a file, for a new QEMU after an update or a "
                "reboot of the host. cpr-transfer and cpr-exec hand open files and memory that "
                "can be shared (memfd) over to a new QEMU on the same host."),
     .effect = N_("No memory is copied with cpr-transfer and cpr-exec, so neither the size of "
                  "the guest nor its working set counts; the guest stands still until the new "
                  "QEMU has loaded the devices."),
     .when = N_("To update QEMU without moving the guest, where nothing else manages it: libvirt "
                "does not know these modes."),
     .see = "cpr-exec-command, x-ignore-shared, downtime"},
    {.name = "cpr-exec-command",
     .what = N_("Its first word is the program. The process becomes that QEMU and keeps its "
                "process id."),
     .when = N_("With mode cpr-exec only, before migrate."),
     .see = "mode"},
    {.name = "direct-io",
     .effect = N_("The host's page cache is not filled with a guest's memory that nobody will "
                  "read soon, and other guests are not slowed down."),
     .when = N_("For migrations to a file of large guests. The file system must support "
                "O_DIRECT."),
     .see = "mapped-ram, multifd"},
    {.name = "x-rdma-chunk-size",
     .what = N_("Memory is registered with the network card in pieces of this size."),
     .effect = N_("Larger pieces take fewer registrations; a piece that has any page to send is "
                  "registered as a whole."),
     .when = N_("Leave it, unless measurements with rdma: say otherwise."),
     .see = "rdma-pin-all"},
    {.name = "block-bitmap-mapping",
     .what = N_("Without it a node's bitmaps go to the node of the same name; with it only those "
                "that it lists go, and the rest stays behind."),
     .when = N_("Where the nodes are called differently there. libvirt sets it itself when it "
                "copies disks that have checkpoints."),
     .see = "dirty-bitmaps, dirty bitmap"},
    {.name = "x-checkpoint-delay",
     .effect = N_("The guest stands still at each checkpoint; a longer wait means fewer of them, "
                  "and more that is to be sent at each."),
     .when = N_("With COLO only."),
     .told = N_("The default is 20000 ms, not 200: that was it before QEMU 3.1."),
     .see = "x-colo"},
    {.name = "compress-level",
     .effect = N_("Higher levels send fewer bytes and need more threads for the same throughput."),
     .when = N_("1, unless the link is so slow that the threads wait for it."),
     .see = "compress, compress-threads, multifd-zlib-level, --comp-mt-level"},
    {.name = "compress-threads",
     .effect = N_("They take processor time from the guest; too few make the migration slower "
                  "than without compression."),
     .when = N_("As many as the source has idle processors."),
     .told = N_("The name ends in s, as that of decompress-threads; compress-thread is unknown "
                "to QEMU."),
     .see = "compress, compression-busy, --comp-mt-threads"},
    {.name = "compress-wait-thread",
     .effect = N_("off keeps the link full when the threads are too slow; more bytes are sent "
                  "then."),
     .when = N_("off where the processors are the bottleneck."),
     .told = N_("It chooses what happens to a page while all threads are busy, not whether pages "
                "are compressed at all. QEMU before 3.1 always waits."),
     .see = "compress, compress-threads, compression-busy"},
    {.name = "decompress-threads",
     .effect = N_("Too few make the source wait, as the destination reads more slowly."),
     .when = N_("A quarter of compress-threads is mostly enough: decompression is about four "
                "times faster."),
     .see = "compress, compress-threads, --comp-mt-dthreads"},
    {.name = "block-incremental",
     .effect = N_("on sends much less, but the destination must have the rest of each disk's "
                  "chain with the same contents; else its disks are wrong."),
     .when = N_("With the capability block only. Today: --copy-storage-inc, or migrate -i in "
                "this shell, which works with every QEMU."),
     .told = N_("The default is off, not on: the whole disk is copied unless it is set."),
     .see = "block, --copy-storage-inc, backing file, migrate"},
    {.name = "x-cpu-throttle-initial",
     .what = N_("The experimental name of cpu-throttle-initial, which says the rest."),
     .see = "cpu-throttle-initial"},
    {.name = "x-cpu-throttle-increment",
     .what = N_("The experimental name of cpu-throttle-increment, which says the rest."),
     .see = "cpu-throttle-increment"},
    {.name = "x-multifd-channels",
     .what = N_("The experimental name of multifd-channels, which says the rest."),
     .see = "multifd-channels"},
    {.name = "x-multifd-page-count",
     .effect = N_("Larger packets cost less for each page, and spread small amounts over the "
                  "channels less evenly."),
     .when = N_("Nothing takes its place: multifd chooses the size itself since 4.0."),
     .see = "multifd"},
    {.name = NULL},
};
