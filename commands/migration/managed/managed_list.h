/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list behind managed_option.h, to be expanded by it:
 *     FLAG(option, kind, bit, since, help, explanation)
 *     VALUE(option, kind, key, value's name, min, max, choices, since, help, explanation)
 * Sources: libvirt's include/libvirt/libvirt-domain.h and docs/manpages/virsh.rst; since: the
 * header's "Since", of both. An AUTO_CONVERGE percentage is 1 to 99 in QEMU's migration/options.c,
 * a number of connections or threads 1 to 255 there (an uint8). */
#pragma once

#include <glib/gi18n.h>
#include <libvirt/libvirt.h>

/* What the oldest libvirt that is built with does not declare. The daemons may be newer. */
#ifndef VIR_MIGRATE_PARAM_COMPRESSION_ZLIB_LEVEL /* 9.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_ZLIB_LEVEL "compression.zlib.level"
#endif
#ifndef VIR_MIGRATE_PARAM_COMPRESSION_ZSTD_LEVEL /* 9.4 */
#define VIR_MIGRATE_PARAM_COMPRESSION_ZSTD_LEVEL "compression.zstd.level"
#endif
#ifndef VIR_MIGRATE_PARAM_MIGRATE_DISKS_DETECT_ZEROES /* 10.9 */
#define VIR_MIGRATE_PARAM_MIGRATE_DISKS_DETECT_ZEROES "migrate_disks_detect_zeroes"
#endif
#ifndef VIR_MIGRATE_PARAM_BANDWIDTH_AVAIL_SWITCHOVER /* 11.1 */
#define VIR_MIGRATE_PARAM_BANDWIDTH_AVAIL_SWITCHOVER "bandwidth.avail.switchover"
#endif

#define MANAGED_LIST_OF(FLAG, VALUE)                                                               \
    FLAG("live", SET, VIR_MIGRATE_LIVE, "0.3.2", N_("the guest runs on meanwhile; the default"),   \
         N_("The guest stands still only for the switch-over. A guest whose working set (W) does " \
            "not get below the threshold never gets there by itself."))                            \
    FLAG("no-live", CLEAR, VIR_MIGRATE_LIVE, "0.3.2", N_("the guest is paused meanwhile"),         \
         N_("It ends surely and in the shortest time, since nothing is sent twice; but all of "    \
            "that "                                                                                \
            "time is downtime (the downtime that QEMU tells is only that of the switch-over)."))   \
    FLAG("offline", SET, VIR_MIGRATE_OFFLINE, "1.0.1",                                             \
         N_("the definition alone, without memory; needs --persistent"),                           \
         N_("Nothing is started there or stopped here, and no disk is copied, nor what else lies " \
            "in "                                                                                  \
            "files (UEFI variables). Of a guest that is shut off there is nothing else to "        \
            "migrate."))                                                                           \
    FLAG(                                                                                          \
        "p2p", SET, VIR_MIGRATE_PEER2PEER, "0.7.2",                                                \
        N_("the source's libvirt speaks with the destination's"),                                  \
        N_("URI is then read at the source. The migration goes on when this shell ends, and ends " \
           "with it without --p2p."))                                                              \
    FLAG("direct", SET, 0, "0.7.2",                                                                \
         N_("the hypervisors alone, without libvirt there; not with QEMU"),                        \
         N_("No flag of libvirt's: its function for --p2p, called without that flag. URI is the "  \
            "hypervisor's. No hypervisor driver for QEMU has it."))                                \
    FLAG(                                                                                          \
        "tunnelled", SET, VIR_MIGRATE_TUNNELLED, "0.7.2",                                          \
        N_("memory goes through libvirt's own connection; needs --p2p"),                           \
        N_("One port and libvirt's own encryption are enough. Both daemons copy all data once "    \
           "more, which costs throughput and so total time and downtime. No disks, no post-copy, " \
           "one connection."))                                                                     \
    FLAG("persistent", SET, VIR_MIGRATE_PERSIST_DEST, "0.7.3",                                     \
         N_("the guest is defined at the destination too"),                                        \
         N_("Without it the guest is transient there: it is gone once it is shut off."))           \
    FLAG(                                                                                          \
        "undefinesource", SET, VIR_MIGRATE_UNDEFINE_SOURCE, "0.7.3",                               \
        N_("the guest is no longer defined at the source"),                                        \
        N_("Only after success. Without it a persistent guest stays at the source, shut off, and " \
           "could be started there a second time."))                                               \
    FLAG("suspend", SET, VIR_MIGRATE_PAUSED, "0.7.5",                                              \
         N_("the guest stays paused at the destination"),                                          \
         N_("It waits there for virsh resume (or cont); until then it is down."))                  \
    FLAG(                                                                                          \
        "copy-storage-all", SET, VIR_MIGRATE_NON_SHARED_DISK, "0.8.2",                             \
        N_("disks are copied too, all of them"),                                                   \
        N_("All disks are mirrored but those that are read-only, empty or marked <shareable/>, "   \
           "whatever storage the hosts share. Memory is sent when they are in step; the disks "    \
           "mostly decide the total time, and the guest runs on. The images must exist there, or " \
           "lie in a storage pool in which libvirt can make them."))                               \
    FLAG(                                                                                          \
        "copy-storage-inc", SET, VIR_MIGRATE_NON_SHARED_INC, "0.8.2",                              \
        N_("disks are copied too, only what is above the backing file"),                           \
        N_("As --copy-storage-all, but the rest of each disk's chain must be there with the same " \
           "contents. libvirt does not make these images by itself."))                             \
    FLAG("copy-storage-synchronous-writes", SET, VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES,        \
         "8.0.0", N_("a write waits until the copy has it too; with --copy-storage-all or -inc"),  \
         N_("The copying of disks ends surely; until then the guest writes no faster than the "    \
            "copy."))                                                                              \
    FLAG("change-protection", SET, VIR_MIGRATE_CHANGE_PROTECTION, "0.9.4",                         \
         N_("refuse to migrate where the configuration could change meanwhile"),                   \
         N_("libvirt protects the guest's configuration wherever both sides can; given, the "      \
            "migration fails where one cannot."))                                                  \
    FLAG("unsafe", SET, VIR_MIGRATE_UNSAFE, "0.9.11", N_("migrate although disks may suffer"),     \
         N_("libvirt refuses where the destination could see other contents of a disk: storage "   \
            "that it does not find to be shared, and with a QEMU before 4.0 also a cache mode "    \
            "other than none and directsync. This takes that risk."))                              \
    FLAG("compressed", SET, VIR_MIGRATE_COMPRESSED, "1.0.3",                                       \
         N_("memory is compressed; by xbzrle unless --comp-methods"),                              \
         N_("Fewer bytes for more processor time. xbzrle helps only with pages that are sent "     \
            "again "                                                                               \
            "and have changed little; with --parallel a method must be given."))                   \
    FLAG("abort-on-error", SET, VIR_MIGRATE_ABORT_ON_ERROR, "1.1.0",                               \
         N_("an I/O error of the guest ends the migration"),                                       \
         N_("Without it the guest arrives with its error. The guest then stays at the source."))   \
    FLAG("auto-converge", SET, VIR_MIGRATE_AUTO_CONVERGE, "1.2.3",                                 \
         N_("slows down a guest that dirties memory too fast"),                                    \
         N_("The vCPUs get less time, in steps, so that they dirty less in a pass: the migration " \
            "may end, at the guest's cost. A guest whose working set is dirtied within one slice " \
            "cannot be tamed so."))                                                                \
    FLAG("rdma-pin-all", SET, VIR_MIGRATE_RDMA_PIN_ALL, "1.2.9",                                   \
         N_("rdma: all memory is locked beforehand; with --migrateuri rdma://"),                   \
         N_("Registration costs no time later, but the start takes longer and the host can swap "  \
            "none of it. The guest needs a hard_limit that has room for all of it."))              \
    FLAG(                                                                                          \
        "postcopy", SET, VIR_MIGRATE_POSTCOPY, "1.3.3",                                            \
        N_("allows post-copy; migrate_start_postcopy switches to it"),                             \
        N_("It begins as pre-copy. After the switch it ends surely and with little downtime, but " \
           "the guest waits for each page that is missing, and a lost link leaves no whole "       \
           "guest: "                                                                               \
           "see --postcopy-resume."))                                                              \
    FLAG("postcopy-resume", SET, VIR_MIGRATE_POSTCOPY_RESUME, "8.5.0",                             \
         N_("goes on with a post-copy that lost its link; needs --postcopy"),                      \
         N_("With the same options as the first time. QEMU must have seen that the link is gone "  \
            "(migrate_pause makes it)."))                                                          \
    FLAG("tls", SET, VIR_MIGRATE_TLS, "3.2.0", N_("memory and disks go encrypted, by QEMU"),       \
         N_("Both hosts need certificates (qemu.conf). It costs processor time and throughput."))  \
    FLAG("parallel", SET, VIR_MIGRATE_PARALLEL, "5.2.0",                                           \
         N_("memory goes through several connections (multifd)"),                                  \
         N_("Fills a link that is faster than one thread. Shorter total time and downtime."))      \
    FLAG("zerocopy", SET, VIR_MIGRATE_ZEROCOPY, "8.5.0",                                           \
         N_("memory is sent without copying it; needs --parallel"),                                \
         N_("Saves the source's processor time; the pages that wait to be sent are locked."))      \
    VALUE("migrateuri", TEXT, VIR_MIGRATE_PARAM_URI, "uri", 0, 0, managed_memory_uris, "1.1.0",    \
          N_("where memory goes, if not where libvirt would send it; tcp://HOST:PORT"),            \
          N_("For a host with several networks. Also unix:///PATH and rdma://HOST:PORT."))         \
    VALUE("dname", TEXT, VIR_MIGRATE_PARAM_DEST_NAME, "name", 0, 0, NULL, "1.1.0",                 \
          N_("the guest's name at the destination"), N_("Its UUID stays the same."))               \
    VALUE("graphicsuri", TEXT, VIR_MIGRATE_PARAM_GRAPHICS_URI, "uri", 0, 0, managed_viewer_uris,   \
          "1.1.0", N_("where viewers go; spice://HOST:PORT or vnc://HOST:PORT"),                   \
          N_("A viewer that cannot reach the destination under libvirt's name for it is sent "     \
             "here."))                                                                             \
    VALUE("listen-address", TEXT, VIR_MIGRATE_PARAM_LISTEN_ADDRESS, "address", 0, 0, NULL,         \
          "1.1.4", N_("the destination's address to listen at"), N_("Without it all addresses."))  \
    VALUE("xml", FILE, VIR_MIGRATE_PARAM_DEST_XML, "file", 0, 0, NULL, "1.1.0",                    \
          N_("the guest's XML for the destination"),                                               \
          N_("Only what concerns the host may differ (a disk's path), never what the guest sees. " \
             "With --persistent mostly --persistent-xml is needed too."))                          \
    VALUE("persistent-xml", FILE, VIR_MIGRATE_PARAM_PERSIST_XML, "file", 0, 0, NULL, "1.3.4",      \
          N_("the XML that is defined there; needs --persistent"),                                 \
          N_("What the guest is started with the next time, at the destination."))                 \
    VALUE("bandwidth", RATE, VIR_MIGRATE_PARAM_BANDWIDTH, "rate", 0, 0, NULL, "1.1.0",             \
          N_("the most that is sent per second, MiB without a suffix; 0: libvirt's default"),      \
          N_("A limit lengthens the migration, and a guest whose working set (W) is more than "    \
             "that times the downtime limit never gets there. It holds for disks too."))           \
    VALUE("postcopy-bandwidth", RATE, VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, "rate", 0, 0, NULL,    \
          "5.1.0", N_("the same during post-copy; 0: unlimited"),                                  \
          N_("Pages that the guest waits for are not held back by it."))                           \
    VALUE("available-switchover-bandwidth", RATE, VIR_MIGRATE_PARAM_BANDWIDTH_AVAIL_SWITCHOVER,    \
          "rate", 0, 0, NULL, "11.1.0", N_("what the link can do at the switch-over"),             \
          N_("QEMU decides by it when the rest is small enough, instead of by what it measured "   \
             "under a limit. Too high a number makes the downtime longer than allowed."))          \
    VALUE("parallel-connections", NUMBER, VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, "number", 1,     \
          255, NULL, "5.2.0", N_("how many connections, 1 to 255; with --parallel"),               \
          N_("More than the source has processors to spare gain nothing."))                        \
    VALUE("comp-methods", LIST, VIR_MIGRATE_PARAM_COMPRESSION, "methods", 0, 0, managed_methods,   \
          "1.3.4", N_("xbzrle or mt; with --parallel zlib or zstd; with commas between"),          \
          N_("mt is gone since QEMU 9.1, zlib and zstd came with libvirt 9.4."))                   \
    VALUE("comp-mt-level", NUMBER, VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL, "level", 0, 9, NULL,    \
          "1.3.4", N_("mt: 0 none, 1 fastest to 9 smallest"),                                      \
          N_("Higher levels need more threads."))                                                  \
    VALUE("comp-mt-threads", NUMBER, VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS, "number", 1, 255,   \
          NULL, "1.3.4", N_("mt: threads that compress, at the source"),                           \
          N_("They take processor time from the guest."))                                          \
    VALUE("comp-mt-dthreads", NUMBER, VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS, "number", 1, 255, \
          NULL, "1.3.4", N_("mt: threads that decompress, at the destination"),                    \
          N_("A quarter as many as compress are mostly enough."))                                  \
    VALUE("comp-xbzrle-cache", SIZE, VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, "size", 0, 0,     \
          NULL, "1.3.4", N_("xbzrle: the cache, MiB without a suffix; a power of two"),            \
          N_("Pages that are not in it are sent whole: it should hold what is dirtied again and "  \
             "again. virsh takes bytes here."))                                                    \
    VALUE("comp-zlib-level", NUMBER, VIR_MIGRATE_PARAM_COMPRESSION_ZLIB_LEVEL, "level", 0, 9,      \
          NULL, "9.4.0", N_("zlib: 0 none, 1 fastest to 9 smallest"), N_("The default is 1."))     \
    VALUE("comp-zstd-level", NUMBER, VIR_MIGRATE_PARAM_COMPRESSION_ZSTD_LEVEL, "level", 0, 20,     \
          NULL, "9.4.0", N_("zstd: 0 none, 1 fastest to 20 smallest"), N_("The default is 1."))    \
    VALUE("auto-converge-initial", NUMBER, VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL, "percent", 1,  \
          99, NULL, "2.0.0",                                                                       \
          N_("how much the guest is slowed down at first; with --auto-converge"),                  \
          N_("20 unless set. A higher one ends sooner."))                                          \
    VALUE("auto-converge-increment", NUMBER, VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT, "percent", \
          1, 99, NULL, "2.0.0", N_("how much more with each step; with --auto-converge"),          \
          N_("10 unless set. A step comes after two passes that did not gain."))                   \
    VALUE("migrate-disks", DISKS, VIR_MIGRATE_PARAM_MIGRATE_DISKS, "disks", 0, 0, NULL, "1.2.17",  \
          N_("the disks to copy (vda,vdb), if not all; with --copy-storage-all or -inc"),          \
          N_("By the names of their targets. Disks that are named are copied although they are "   \
             "shared or read-only."))                                                              \
    VALUE("migrate-disks-detect-zeroes", DISKS, VIR_MIGRATE_PARAM_MIGRATE_DISKS_DETECT_ZEROES,     \
          "disks", 0, 0, NULL, "10.9.0", N_("disks of which blocks of zeroes are not sent"),       \
          N_("The copy becomes sparse, for processor time; its disk needs discard='unmap'."))      \
    VALUE("disks-port", NUMBER, VIR_MIGRATE_PARAM_DISKS_PORT, "port", 0, 65535, NULL, "1.3.3",     \
          N_("the port that disks are copied to; 0: libvirt chooses"),                             \
          N_("For a firewall: libvirt takes one from 49152 on."))                                  \
    VALUE("disks-uri", TEXT, VIR_MIGRATE_PARAM_DISKS_URI, "uri", 0, 0, managed_disk_uris, "6.8.0", \
          N_("where disks are copied to; tcp://HOST:PORT or unix:///PATH"),                        \
          N_("A unix socket must be reachable from both hosts by the same path."))                 \
    VALUE("tls-destination", TEXT, VIR_MIGRATE_PARAM_TLS_DESTINATION, "name", 0, 0, NULL, "6.0.0", \
          N_("the name in the destination's certificate; with --tls"),                             \
          N_("Where it is not the name by which the host is reached."))
