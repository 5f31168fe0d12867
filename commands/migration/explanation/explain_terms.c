/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of live migration that are no name of QEMU's. Sources: docs/devel/migration (QEMU),
 * migration/ram.c and migration.c; for what decides convergence forecast.h; for what libvirt does
 * docs/migration.rst (libvirt). */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_terms[] = {
    /* --- the ways --- */
    {N_("live migration"),
     N_("A guest moves to another QEMU, as a rule on another host, while it runs. Memory goes "
        "first, the state of the devices at the end; disks are shared by both hosts, or copied."),
     N_("The guest goes on all the while but for the downtime, at the switch-over."),
     NULL, NULL, "pre-copy, post-copy, raw migration, managed migration, total time, downtime"},
    {N_("pre-copy"),
     N_("All of memory is sent while the guest runs at the source; then, pass by pass, what it has "
        "dirtied meanwhile. When what is left can be sent within the downtime limit, the guest is "
        "stopped, the rest follows, and it goes on at the destination."),
     N_("The total time is that of the first pass and of all that is sent again. If the link or "
        "the destination fails, the guest is unharmed at the source."),
     N_("It is the default, and may never end: see convergence."),
     NULL, "pass, threshold, convergence, post-copy, stop-and-copy"},
    {N_("post-copy"),
     N_("The guest is switched over first and its memory follows: a page that it touches and that "
        "is not there yet is fetched from the source. It begins as pre-copy, and "
        "migrate_start_postcopy switches to it."),
     N_("It ends surely, and each page is sent at most once more; the downtime is short. Until all "
        "is there the guest waits for each missing page, for about as long as the network takes "
        "to answer. If the link is lost the guest stands still until it is resumed; if a host is "
        "lost, so is the guest."),
     N_("For a guest that does not converge. Set postcopy-ram on both sides before the migration, "
        "at the destination first, or give migrate --postcopy."),
     NULL, "postcopy-ram, migrate_start_postcopy, page fault, userfaultfd, recovery, --postcopy"},
    {N_("stop-and-copy"),
     N_("The guest is paused, and then all of its memory is sent: a migration that is not live."),
     N_("It ends surely and in the shortest total time, since nothing is sent twice; but all of "
        "that time the guest stands still. The downtime that QEMU tells is then only that of "
        "the switch-over, not of the whole pause."),
     N_("For a guest that may stand still: 'stop' before or while it is migrated, or migrate "
        "--no-live."),
     NULL, "--no-live, pre-copy, downtime"},
    {N_("raw migration"),
     N_("QEMU's own migrate, with a URI such as tcp:HOST:PORT, by the monitor behind libvirt's "
        "back. libvirt does not know of it: the source stays defined there, paused, and the "
        "destination must have been started to wait for it."),
     NULL,
     N_("For labs and for debugging. A guest that is in use is moved by a managed migration."),
     NULL, "managed migration, migrate, peer, split brain"},
    {N_("managed migration"),
     N_("A migration by libvirt, with libvirt's URI (qemu+ssh://HOST/system). libvirt starts the "
        "guest there, drives QEMU's migration, ends it here, and knows where it runs."),
     N_("As a raw one; libvirt adds its preparation before, and the moment in which it lets the "
        "guest go on."),
     N_("For all guests that matter. With --p2p it does not depend on this shell."),
     NULL, "raw migration, --p2p, --persistent, --undefinesource, migrate"},
    {N_("tunnelled|tunnel"),
     N_("Memory goes through the connection of the two libvirts instead of one between the QEMUs."),
     N_("Both daemons copy all data once more, which costs throughput, and so total time and "
        "downtime. One port and libvirt's encryption are enough."),
     N_("Where only libvirt's port is open. Otherwise QEMU's own encryption, --tls, is faster."),
     NULL, "--tunnelled, --tls, --p2p, throughput"},

    /* --- who takes part --- */
    {N_("source"),
     N_("The QEMU, and its host, that the guest leaves. It sends; the parameters that matter are "
        "its own, and so are the statistics."),
     NULL, NULL, NULL, "destination, peer"},
    {N_("destination"),
     N_("The QEMU, and its host, that the guest goes to. It is started with the same devices "
        "and memory and waits in the state inmigrate. Capabilities that change what is sent "
        "have to be set there too, first. A destination that shows no figures is no failure: "
        "QEMU counts at the source."),
     NULL, NULL, NULL, "source, peer, migrate_incoming"},
    {N_("peer"),
     N_("The other guest of this shell (attach -p, swap, peer COMMAND): as a rule the destination. "
        "'migrate peer' lets it listen and migrates there."),
     NULL, NULL, NULL, "destination, attach, swap, migrate"},
    {N_("split brain"),
     N_("The same guest runs at both sides at once: two owners of one name, one address and "
        "perhaps one disk, which is then damaged."),
     NULL,
     N_("Never 'cont' a source whose migration is completed or is in post-copy. hmpsh refuses it; "
        "QEMU's lock on the image stops it only where the disk is one file, and not shareable."),
     NULL, "postmigrate, cont, --undefinesource, late-block-activate"},
    {N_("postmigrate"),
     N_("The state of a source whose migration is completed: it stands still for ever, since its "
        "guest runs elsewhere. libvirt ends it after a managed migration."),
     NULL, NULL, NULL, "split brain, completed"},

    /* --- what is counted --- */
    {N_("pass|iteration|round"),
     N_("One go over memory. Pass 1 sends all of it; each later one sends what was dirty when it "
        "began, until no more than the threshold is left: then QEMU looks anew for dirty pages, "
        "and the guest is stopped or the next pass begins. QEMU counts them as dirty-sync-count "
        "and tells each by MIGRATION_PASS."),
     NULL,
     N_("Compare what is left only at the beginning of passes: within one it falls, and at the "
        "next it jumps up again."),
     N_("What remains does not show progress between two looks at a clock: it is a saw-tooth."),
     "W, dirty-sync-count, MIGRATION_PASS, remaining, wait pass"},
    {N_("dirty page"),
     N_("A page of the guest's memory that was written to since it was sent, and so has to be sent "
        "again. A page is 4 KiB on most machines; one byte written makes all of it dirty."),
     NULL, NULL, NULL, "dirty rate, W, dirty bitmap, dirty ring, huge pages"},
    {N_("dirty rate"),
     N_("How fast the guest dirties pages that were clean. Two figures have that name: "
        "query-migrate counts over the last pass, calc_dirty_rate over a time that one chooses, "
        "whether the guest migrates or not."),
     NULL,
     N_("Use calc_dirty_rate or migrate_predict beforehand. During a migration look at W."),
     N_("'The dirty rate is above the bandwidth, so it does not converge' is no test. Once the "
        "link is full every pass finds the whole working set dirty, and that divided by the "
        "length of the pass is the throughput again, whatever the guest does."),
     "W, dirty-pages-rate, calc_dirty_rate, convergence, throughput"},
    {N_("working set|W"),
     N_("What is dirty when a pass begins, in bytes: the memory that the guest writes to again and "
        "again. It is the figure that decides. A pre-copy ends if W is not above the threshold "
        "(throughput x downtime limit), or if W becomes smaller from pass to pass."),
     N_("The downtime of a switch-over now would be about W divided by the throughput; less where "
        "a speed limit held the throughput down, as that does not hold then."),
     N_("If W stays above the threshold: a longer downtime limit (W / throughput), more speed "
        "(W / downtime limit), a guest that writes less (throttling), or post-copy."),
     NULL, "threshold, trend, pass, convergence, dirty rate, downtime limit"},
    {N_("throughput"),
     N_("How fast memory is really sent. QEMU tells it as mbps, in 10^6 bits per second; hmpsh in "
        "bytes per second."),
     N_("With the downtime limit it makes the threshold: twice the throughput allows twice as much "
        "to be left, and passes take half the time."),
     N_("If it is at the limit of the speed, raise that; if it is not, the link, the processor "
        "that sends, or encryption is what slows it."),
     NULL, "bandwidth, max-bandwidth, threshold, mbps, multifd channels"},
    {N_("bandwidth|speed limit"),
     N_("What a link can carry, or the most that QEMU may send (max-bandwidth, 128 MiB/s unless "
        "set; libvirt sets it for its own migrations). What is sent is the throughput."),
     N_("A low limit spares other users of the link, and makes passes longer: more gets dirty in "
        "each, and a guest that would converge may not."),
     N_("migrate_set_speed changes it at once, during a migration too."),
     N_("A link of 10 Gbit/s is not used up by itself: the default limit is about a tenth of it."),
     "max-bandwidth, migrate_set_speed, throughput, --bandwidth"},
    {N_("total time"),
     N_("From the beginning of the migration to its end at the source. Disks that are copied "
        "first are not in QEMU's figure, nor is libvirt's preparation."),
     N_("It is at least memory in use divided by the throughput; each further pass adds what was "
        "dirtied."),
     NULL, NULL, "total-time, real-time, pass, throughput, zero page"},
    {N_("downtime"),
     N_("How long the guest stands still at the switch-over. QEMU tells what its source measured, "
        "when the migration has ended; before, expected-downtime is a guess."),
     N_("Programs in the guest see it as a pause: clocks lag or jump, connections wait, a watchdog "
        "or a cluster may take the guest for dead."),
     NULL,
     N_("Without return-path it ends when all is sent, and with it before libvirt lets the guest "
        "go on: see blackout, which ends when the guest runs at the destination."),
     "downtime limit, blackout, heartbeat silence, expected-downtime"},
    {N_("downtime limit"),
     N_("How long the guest may stand still at the switch-over, by QEMU's reckoning: the parameter "
        "downtime-limit, or migrate_set_downtime in seconds. It is 300 ms unless set."),
     N_("It is no promise but the test for the switch-over: when what is left can be sent within "
        "it at the present throughput, the guest is stopped. A longer one ends sooner."),
     N_("Raise it when the migration will not converge: W / throughput is enough. It can be "
        "changed while it runs."),
     N_("The default is not 2000 ms: 2000 s is the most that is taken. And the downtime can be "
        "longer than the limit, since devices and disks take their time too."),
     "downtime-limit, threshold, migrate_set_downtime, W, downtime"},
    {N_("threshold"),
     N_("How much may be left for the switch-over: throughput x downtime limit. 64 MiB/s and "
        "300 ms make 19.2 MiB."),
     N_("What is left comes down to it in each pass. Then QEMU looks anew for dirty pages: if all "
        "that is dirty is not above it, the guest is stopped and switched over; if it is more, "
        "that is W of the next pass, which begins."),
     N_("It grows with the speed and with the downtime limit. avail-switchover-bandwidth sets the "
        "speed that it is reckoned with."),
     NULL, "W, downtime limit, throughput, avail-switchover-bandwidth, convergence"},
    {N_("switch-over|switchover"),
     N_("The guest is stopped at the source, the rest of its memory and the state of its devices "
        "are sent, and it goes on at the destination. With pause-before-switchover QEMU waits "
        "before it."),
     N_("It is the downtime. In pre-copy there is a way back until it is done, after it there is "
        "none."),
     NULL, NULL, "downtime, device, pre-switchover, threshold, STOP, RESUME"},
    {N_("blackout"),
     N_("How long the guest stood still by the events of both QEMUs: from STOP at the source to "
        "RESUME at the destination."),
     NULL,
     N_("It needs the peer in this shell. Of two hosts it is as exact as their clocks agree."),
     NULL, "downtime, heartbeat silence, STOP, RESUME"},
    {N_("heartbeat silence|heartbeat"),
     N_("In the lab the guest tells 50 times a second that it lives. The longest silence at "
        "the switch-over is what a user of the guest would notice: blackout, and what it takes "
        "until the guest has its processor again."),
     NULL, NULL, NULL, "blackout, downtime, lab status"},

    /* --- whether it ends --- */
    {N_("convergence|converge"),
     N_("A pre-copy converges when less and less is left at the beginnings of its passes, or when "
        "W fits under the threshold: then it ends by itself."),
     N_("One that does not converge goes on for ever, costs the link and the guest, and is ended "
        "only by somebody."),
     N_("Look at the verdict of 'info migrate' after pass 2. It prints the commands that would end "
        "it."),
     N_("A dirty rate below the bandwidth does not mean that it converges: see dirty rate."),
     "W, threshold, verdict, auto-converge, post-copy, migrate_predict"},
    {N_("verdict words"),
     N_("What 'info migrate' calls the course of a migration: starting, copying disks, copying, "
        "converging, throttling, stalled, will not converge, waiting, switching over, post-copy, "
        "ending, then completed, failed or cancelled."),
     NULL, NULL, NULL, "verdict, convergence, way out"},
    {N_("way out|advice"),
     N_("The command lines that 'info migrate' prints where a migration will not end: a downtime "
        "of W / throughput, a speed of W / downtime limit, or post-copy where it is allowed; with "
        "a quarter more than it takes. Any one of them is enough."),
     NULL, NULL, NULL, "will not converge, migrate_set_downtime, migrate_set_speed"},
    {N_("starting"),
     N_("Verdict: the connection is made and both sides prepare. Nothing is sent yet."),
     NULL,
     N_("If it stays so, the destination or a firewall does not answer."),
     NULL, "setup"},
    {N_("copying disks"),
     N_("Verdict: disks are copied; memory follows when the copies are in step."),
     N_("As a rule it takes most of the total time. The guest runs on."),
     N_("If it does not end, the guest writes faster than the copy: raise the speed, or 'set "
        "write-blocking on' before."),
     NULL, "mirror, migrate_set_speed"},
    {N_("copying"),
     N_("Verdict: the first pass. Nothing can be said yet about the end, since W is not known "
        "before pass 2 begins."),
     NULL, NULL, NULL, "pass, percent, eta"},
    {N_("converging"),
     N_("Verdict: W is below the threshold, or becomes smaller from pass to pass. It ends by "
        "itself."),
     NULL, N_("Nothing has to be done."), NULL, "W, threshold, trend"},
    {N_("throttling|auto-converge throttling|throttle"),
     N_("QEMU takes processor time from the guest so that it dirties less: by auto-converge all "
        "vCPUs alike, by dirty-limit those that dirty most. As a verdict: that is under way."),
     N_("The guest is slower while it lasts, by up to max-cpu-throttle percent; the total time is "
        "shorter. auto-converge starts with 20 % and adds 10 % when in two passes more than half "
        "of what was sent got dirty again."),
     N_("Where a slow guest is better than a migration that does not end. A guest that dirties "
        "its whole working set in a moment of processor time is not helped."),
     N_("The steps are 10 %, not 20 %. And it is no help for the downtime by itself: only a "
        "smaller W is."),
     "auto-converge, cpu-throttle-initial, cpu-throttle-increment, max-cpu-throttle, dirty-limit"},
    {N_("stalled"),
     N_("Verdict: nothing at all has been sent for some seconds."),
     NULL,
     N_("Look at the link and at the destination's host. Without keepalive QEMU waits as long as "
        "TCP does; migrate_cancel ends it and the guest runs on."),
     NULL, "throughput, migrate_cancel"},
    {N_("will not converge"),
     N_("Verdict: W is above the threshold and does not become smaller, so it does not end by "
        "itself."),
     NULL,
     N_("Type one of the commands that 'info migrate' shows as the way out, or cancel it."),
     NULL, "way out, W, threshold, throttling, post-copy"},
    {N_("waiting"),
     N_("Verdict: it does not go on until somebody acts: at pre-switchover by migrate_continue, at "
        "postcopy-paused by migrate -r."),
     N_("The guest stands still meanwhile."),
     NULL, NULL, "pre-switchover, postcopy-paused, migrate_continue, recovery"},
    {N_("switching over"),
     N_("Verdict: the guest stands still, and the rest is sent."),
     NULL, NULL, NULL, "switch-over, downtime, device"},
    {N_("ending"),
     N_("Verdict: it is being cancelled, or has failed and is cleaned up."),
     NULL, NULL, NULL, "cancelling, failing"},
    {N_("ETA|estimate"),
     N_("How long it takes until what eta-means tells, and only if that holds: to the end of the "
        "first pass, or to the end if the guest dirties no more than now. A migration that will "
        "not converge has none."),
     NULL, NULL, NULL, "eta, convergence, migrate_predict"},
    {N_("prediction"),
     N_("What migrate_predict reckons before a migration, from the guest's dirty pages and the "
        "speed: passes, total time and downtime, or that it will not converge and what would "
        "help."),
     NULL, NULL, NULL, "migrate_predict, dirty rate, W"},
    {N_("policy"),
     N_("A schedule by which a program drives migrations: it raises the downtime limit by and by, "
        "and gives up at last. migrate_policy has those of Nova, oVirt, Proxmox VE and KubeVirt."),
     NULL,
     N_("To see beforehand what a cloud would do to a guest, or to let hmpsh do the same."),
     NULL, "migrate_policy, nova, vdsm-suspend, pve, kubevirt"},
    {N_("blocker"),
     N_("What makes a migration impossible or harmful: a device of the host, a disk that only this "
        "host has, a CPU that the other one cannot give. migrate_check finds them, each with its "
        "way out."),
     NULL, NULL, NULL, "migrate_check, blocked-reasons"},

    /* --- ways to send less, or faster --- */
    {N_("zero page"),
     N_("A page full of zeroes. A few bytes tell of it, so memory that the guest never used costs "
        "next to nothing. QEMU counts such pages as duplicate."),
     N_("The first pass of a fresh guest is much shorter than its memory divided by the speed."),
     NULL, NULL, "duplicate, zero-page-detection, total time"},
    {N_("multifd channels|channel"),
     N_("With multifd memory goes through several connections, each with a thread of its own; "
        "commands and devices keep the main one."),
     N_("A fast link is more than one thread can fill; several shorten total time and downtime."),
     N_("On a fast link, with processors to spare at the source. Both sides must have the "
        "capability and the same number."),
     NULL, "multifd, multifd-channels, --parallel, --parallel-connections"},
    {N_("XBZRLE|delta compression"),
     N_("The source keeps pages that it has sent in a cache, and sends a page "
        "again as the difference."),
     N_("Fewer bytes for pages that changed little, at the cost of processor time and of the "
        "cache's memory. The first pass is not shorter."),
     N_("On a slow link, with a cache that holds W. If xbzrle-cache-miss-rate stays near 1 the "
        "cache is too small; if overflows grow, the pages change too much."),
     NULL, "xbzrle, xbzrle-cache-size, xbzrle-cache-miss-rate, --compressed, W"},
    {N_("compression"),
     N_("Pages are made smaller before they are sent: by multifd's threads (multifd-compression), "
        "or up to QEMU 9.0 by those of the capability compress."),
     N_("It pays where the link is slower than the processors compress; else it makes the "
        "migration longer. The guest competes for the processors."),
     NULL, NULL, "multifd-compression, compress, xbzrle, --comp-methods"},
    {N_("TLS|encryption"),
     N_("QEMU encrypts what it sends, and each side may check the other's certificate. The "
        "credentials are an object of each QEMU, and tls-creds is its id. libvirt does all that "
        "with --tls."),
     N_("It costs processor time in the thread that sends, and so throughput; several channels "
        "share the work."),
     N_("Whenever the network is not trusted: memory holds keys and passwords."),
     NULL, "tls-creds, tls-hostname, tls-authz, --tls, multifd"},
    {N_("huge pages"),
     N_("Memory that the host holds in pages of 2 MiB or 1 GiB. Pre-copy still tracks and sends "
        "4 KiB pages; post-copy has to fetch a whole huge page before the guest may go on."),
     N_("In post-copy a wait of a round trip becomes one of milliseconds (2 MiB) or about a second "
        "(1 GiB), on a link of 10 Gbit/s."),
     N_("Both hosts need enough of them, of the same size: migrate_check looks."),
     NULL, "post-copy, page fault, migrate_check"},

    /* --- how dirty pages and missing pages are found --- */
    {N_("dirty bitmap"),
     N_("A bit for each page, or for each piece of a disk, that tells whether it was written to. "
        "KVM keeps one of memory during a migration, and QEMU reads it at each pass. Those of "
        "disks are for backups; dirty-bitmaps takes them along."),
     N_("Reading it takes time with much memory: that is the gap between two passes."),
     NULL, NULL, "dirty page, dirty ring, dirty-bitmaps, block-bitmap-mapping"},
    {N_("dirty ring"),
     N_("Another way of KVM to tell of dirty pages: each vCPU has a ring of them, and stops when "
        "it is full. QEMU must be started with it (-accel kvm,dirty-ring-size=N)."),
     N_("Its cost goes with what is dirtied, not with the size of memory; and it can slow a single "
        "vCPU, which dirty-limit uses."),
     NULL, NULL, "dirty-limit, vcpu-dirty-limit, dirty bitmap"},
    {N_("page fault"),
     N_("In post-copy: the guest touches a page that has not come yet. The vCPU waits, QEMU asks "
        "the source for the page (postcopy-requests), and it is sent before all others."),
     N_("Each costs a round trip; a guest with many vCPUs waits on several at once."),
     NULL, NULL, "post-copy, userfaultfd, postcopy-requests, postcopy-preempt, postcopy-blocktime"},
    {N_("userfaultfd"),
     N_("What Linux gives a program to handle its own page faults by. Post-copy needs it at the "
        "destination: QEMU as root, or the sysctl vm.unprivileged_userfaultfd=1, or (QEMU 8.0 and "
        "later) access to /dev/userfaultfd."),
     NULL,
     N_("If setting postcopy-ram at the destination says that post-copy is not supported, this is "
        "missing. The source never notices, so set the destination first."),
     NULL, "post-copy, postcopy-ram, page fault"},
    {N_("recovery"),
     N_("A post-copy that lost its link is taken up again: the destination listens anew "
        "(migrate_recover), the source connects again (migrate -r). Both stand at postcopy-paused "
        "until then."),
     N_("The guest waits for its missing pages all the time, but loses nothing."),
     N_("Do not cancel instead: QEMU before 10.0 loses the guest by that. Managed: migrate -r with the "
        "same options as the first time."),
     NULL, "postcopy-paused, migrate_recover, migrate_pause, --postcopy-resume"},

    /* --- disks --- */
    {N_("mirror|NBD"),
     N_("How disks are copied while the guest runs: a block job of the source writes all of a "
        "disk, and then what the guest writes, to the destination's QEMU by NBD, the network block "
        "protocol. When it has caught up (BLOCK_JOB_READY) memory follows."),
     N_("It mostly decides the total time. A guest that writes faster than the copy keeps it from "
        "catching up."),
     N_("migrate -b, for disks that the hosts do not share."),
     NULL, "migrate, --copy-storage-all, --copy-storage-inc, backing file, write-blocking"},
    {N_("write-blocking|synchronous writes"),
     N_("A write of the guest is done only when the copy has it too."),
     N_("The copying ends surely; until then the guest writes no faster than the link and the "
        "other disk."),
     N_("When a mirror does not catch up: 'set write-blocking on' before migrate -b, or "
        "--copy-storage-synchronous-writes."),
     NULL, "mirror, --copy-storage-synchronous-writes, set"},
    {N_("backing file|overlay"),
     N_("What lies below a qcow2 image: the overlay on top holds only what was written since. "
        "migrate -i copies the top alone, and relies on the same backing file at the destination."),
     N_("Much less is copied than with -b."),
     N_("Where both hosts have the same base image. With another one the guest's disk is garbage."),
     NULL, "--copy-storage-inc, mirror, migrate"},
    {N_("snapshot"),
     N_("The state of a guest at one moment, kept in its qcow2 disks: savevm writes memory and "
        "devices by the code that migrates, into a file instead of a connection."),
     N_("The guest stands still until it is written."),
     NULL, NULL, "savevm, loadvm, background-snapshot"},

    /* --- how it is set --- */
    {N_("capability"),
     N_("A switch of QEMU's migration, on or off. It has to be set before the migration: most at the "
        "source alone, those that change what is sent (postcopy-ram, multifd) on both sides."),
     NULL,
     N_("migrate_set_capability sets one for raw migrations; 'info migrate_capabilities' shows all. "
        "libvirt sets them anew for each of its own, by the options of migrate, and off behind it."),
     NULL,
     "parameter, migrate_set_capability"},
    {N_("parameter"),
     N_("A value of QEMU's migration. Many can be changed while it runs (downtime-limit, "
        "max-bandwidth), and hold for the migrations that follow. libvirt puts back what it has "
        "set for its own migration when that ends."),
     NULL, N_("migrate_set_parameter sets one; 'info migrate_parameters' shows all."), NULL,
     "capability, migrate_set_parameter"},
    {.name = NULL},
};
