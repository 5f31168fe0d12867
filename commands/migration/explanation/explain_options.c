/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flags and typed parameters of libvirt, by the options of virsh: what their own table
 * (managed_list.h) does not say already. Sources: libvirt-domain.h, docs/manpages/virsh.rst,
 * src/qemu/qemu_migration.c. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

const Explanation explained_options[] = {
    {.name = "live",
     .when = N_("It needs not be given. virsh needs --live; without it virsh pauses the guest as "
                "--no-live does here."),
     .see = "--no-live, pre-copy, convergence"},
    {.name = "no-live",
     .when = N_("For guests whose users do not mind, and as the last way out of a migration that "
                "does not converge."),
     .see = "--live, downtime, blackout, total time"},
    {.name = "offline", .see = "--persistent, --undefinesource"},
    {.name = "p2p",
     .when = N_("Where this machine reaches the source only, or may go away meanwhile; "
                "--tunnelled and most cloud systems go this way."),
     .told = N_("It says who speaks with whom, not where memory goes: memory goes from QEMU to "
                "QEMU all the same, unless --tunnelled."),
     .see = "--tunnelled, --migrateuri, managed migration"},
    {.name = "direct",
     .told = N_("It is not the fastest way of migrating: memory goes straight from QEMU to QEMU "
                "without it too."),
     .see = "--p2p, raw migration"},
    {.name = "tunnelled",
     .when = N_("Where a firewall lets only libvirt's port through. For encryption --tls is "
                "faster."),
     .see = "--p2p, --tls, throughput"},
    {.name = "persistent",
     .when = N_("With --undefinesource for a guest that moves for good. Without either a "
                "persistent guest is defined at the source and transient at the destination."),
     .see = "--undefinesource, --persistent-xml"},
    {.name = "undefinesource",
     .told = N_("It does not delete disks, nor does it stop anything: the guest already runs at "
                "the destination."),
     .see = "--persistent, split brain"},
    {.name = "suspend",
     .told = N_("It pauses the guest at the destination only. Until the switch-over it runs at "
                "the source as ever."),
     .see = "cont, downtime"},
    {.name = "copy-storage-all",
     .when = N_("Where the hosts share no storage. --bandwidth limits the copying of disks as "
                "well."),
     .told = N_("libvirt does not look whether both hosts see the same storage: it leaves out "
                "only what is read-only, empty or marked <shareable/>. Where some disks lie on "
                "shared storage, name the others with --migrate-disks."),
     .see = "--copy-storage-inc, --migrate-disks, mirror"},
    {.name = "copy-storage-inc",
     .when = N_("Where the guests of many hosts share a base image that lies on each of them."),
     .see = "--copy-storage-all, backing file, mirror"},
    {.name = "copy-storage-synchronous-writes",
     .when = N_("For a guest that writes as fast as its disks are copied."),
     .see = "mirror, disk-remaining, --copy-storage-all"},
    {.name = "change-protection",
     .told = N_("It does not switch protection on, which is on anyway: it only makes the lack of "
                "it an error."),
     .see = "managed migration"},
    {.name = "unsafe",
     .when = N_("Where the hosts do share the disks, in a way that libvirt does not know. With a "
                "QEMU before 4.0 set the disk's cache to none instead."),
     .told = N_("It does not make the migration safe: it only leaves out libvirt's look at the "
                "disks."),
     .see = "migrate_check, --copy-storage-all"},
    {.name = "compressed",
     .told = N_("For QEMU it is not compression but xbzrle, unless --comp-methods says "
                "otherwise: the first pass sends as much as ever."),
     .see = "xbzrle, --comp-methods, compress"},
    {.name = "abort-on-error",
     .when = N_("Where a guest that lost a disk is easier to mend at the source."),
     .see = "--copy-storage-all"},
    {.name = "auto-converge",
     .when = N_("Before the migration starts: neither libvirt nor QEMU turns it on later."),
     .told = N_("It promises no end: see the capability of that name."),
     .see = "auto-converge, --auto-converge-initial, --auto-converge-increment, convergence"},
    {.name = "rdma-pin-all", .see = "rdma-pin-all, --migrateuri"},
    {.name = "postcopy",
     .when = N_("For guests that do not converge. It must be given at the start, even where "
                "post-copy is only a way out for later."),
     .told = N_("It does not begin post-copy, it only allows it."),
     .see = "post-copy, postcopy-ram, migrate_start_postcopy, --postcopy-resume"},
    {.name = "postcopy-resume", .see = "recovery, postcopy-paused, migrate_pause, --postcopy"},
    {.name = "tls",
     .told = N_("It encrypts what QEMU sends. libvirt's own connection is encrypted by its URI "
                "(qemu+tls, qemu+ssh), with this flag or without."),
     .see = "tls, tls-creds, --tls-destination"},
    {.name = "parallel",
     .when = N_("On links that one connection does not fill. With --postcopy only since QEMU "
                "10.1, and never with xbzrle."),
     .see = "multifd, --parallel-connections, --zerocopy"},
    {.name = "zerocopy", .see = "zero-copy-send, multifd, dirty-sync-missed-zero-copy"},
    {.name = "migrateuri",
     .told = N_("It is not the destination's libvirt (URI, as qemu+ssh://HOST/system), and must "
                "be reached from the source, not from here."),
     .see = "--listen-address, --p2p, --disks-uri"},
    {.name = "dname",
     .when = N_("Where a guest of that name is there already; libvirt refuses a second guest "
                "with the same UUID all the same."),
     .see = "--xml"},
    {.name = "graphicsuri",
     .told = N_("Only SPICE viewers follow by themselves: QEMU cannot move a VNC viewer, which "
                "must be connected anew."),
     .see = "client_migrate_info"},
    {.name = "listen-address",
     .when = N_("Where memory must go through one network only; --migrateuri with a host of that "
                "network does so as well."),
     .see = "--migrateuri"},
    {.name = "xml",
     .when = N_("Take virsh dumpxml --migratable, and change paths or bridges in it."),
     .see = "--persistent-xml, --dname"},
    {.name = "persistent-xml", .see = "--xml, --persistent"},
    {.name = "bandwidth",
     .when = N_("The parameter max-bandwidth (migrate_set_speed) changes it while the migration "
                "runs."),
     .told = N_("It is bytes, not bits: 1 Gbit/s is 119 MiB/s. The speed with which virsh "
                "migrate-setspeed was called is its default."),
     .see = "max-bandwidth, migrate_set_speed, throughput"},
    {.name = "postcopy-bandwidth", .see = "max-postcopy-bandwidth, post-copy"},
    {.name = "available-switchover-bandwidth",
     .see = "avail-switchover-bandwidth, threshold, downtime"},
    {.name = "parallel-connections", .see = "multifd-channels, --parallel"},
    {.name = "comp-methods",
     .told = N_("mt is the capability compress; zlib and zstd are methods of multifd and do "
                "nothing without --parallel."),
     .see = "--compressed, multifd-compression, xbzrle, compress"},
    {.name = "comp-mt-level", .see = "compress-level, --comp-methods"},
    {.name = "comp-mt-threads", .see = "compress-threads, --comp-mt-dthreads"},
    {.name = "comp-mt-dthreads", .see = "decompress-threads, --comp-mt-threads"},
    {.name = "comp-xbzrle-cache",
     .see = "xbzrle-cache-size, migrate_set_cache_size, --comp-methods"},
    {.name = "comp-zlib-level", .see = "multifd-zlib-level, --comp-methods"},
    {.name = "comp-zstd-level", .see = "multifd-zstd-level, --comp-methods"},
    {.name = "auto-converge-initial", .see = "cpu-throttle-initial, --auto-converge"},
    {.name = "auto-converge-increment",
     .told = N_("It is 10 by default, as the parameter, not 20."),
     .see = "cpu-throttle-increment, --auto-converge"},
    {.name = "migrate-disks",
     .told = N_("It takes the names that the guest's XML has as targets, not files and not the "
                "names inside the guest."),
     .see = "--copy-storage-all, mirror"},
    {.name = "migrate-disks-detect-zeroes", .see = "--copy-storage-all, zero-blocks"},
    {.name = "disks-port", .see = "--disks-uri, mirror"},
    {.name = "disks-uri", .see = "--disks-port, --migrateuri"},
    {.name = "tls-destination", .see = "tls-hostname, --tls"},
    {.name = NULL},
};
