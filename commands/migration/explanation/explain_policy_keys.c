/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the policies: what each does to a migration. Sources: those of the policies' tables
 * (policy_table.c). */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_policy_keys[] = {
    {"* memory",
     N_("Times that are reckoned by the size of the guest are reckoned by this one."),
     NULL,
     N_("To look at the plan for another guest, or without one."),
     NULL, "migrate_policy, info migrate_policy"},
    {"nova* downtime",
     N_("In Nova's configuration live_migration_downtime. The limit begins with downtime / "
        "downtime_steps and grows in equal steps."),
     N_("With the defaults the whole of it is allowed for the last sixteenth of the time only: a "
        "guest that needs it waits for nearly an hour with 4 GiB."),
     N_("Raise it for a guest with a large W; W / throughput is what it needs."),
     N_("nova-train does not always reach it: 5000 in 7 steps ends at 4998 ms, since it reckons in "
        "whole numbers."),
     "downtime limit, downtime_steps, downtime_delay"},
    {"nova* downtime_steps",
     N_("live_migration_downtime_steps. Steps are counted from the first limit, so that there are "
        "one more settings than steps."),
     N_("More steps try short downtimes for longer, and let the migration last longer."),
     NULL, NULL, "nova downtime, downtime_delay"},
    {"nova* downtime_delay",
     N_("live_migration_downtime_delay, for each GiB of memory and of copied disks; a guest counts "
        "as 2 GiB at least, and so does each disk."),
     N_("Until the last step it takes downtime_steps x downtime_delay x GiB: with the defaults and "
        "4 GiB 3000 s."),
     N_("Lower it on a fast link: passes are short there, and nothing is gained by waiting."),
     NULL, "downtime_steps, completion_timeout"},
    {"nova* completion_timeout",
     N_("live_migration_completion_timeout, for each GiB as above. What happens then is "
        "timeout_action."),
     N_("With the default a guest of 16 GiB that does not converge is given up after three and a "
        "half hours."),
     NULL, NULL, "timeout_action, downtime_delay"},
    {"nova* timeout_action",
     N_("live_migration_timeout_action. abort cancels, and the guest stays; force_complete begins "
        "post-copy where permit_post_copy has allowed it, and else pauses the guest."),
     N_("A guest that is paused stands still until all that is left is sent, what it has dirtied "
        "in this pass too."),
     NULL, NULL, "completion_timeout, permit_post_copy, stop-and-copy"},
    {"nova* permit_post_copy",
     N_("live_migration_permit_post_copy. It is only used at the time-out, and by whoever forces "
        "the migration to complete."),
     NULL, NULL, NULL, "post-copy, timeout_action, permit_auto_converge"},
    {"nova* permit_auto_converge",
     N_("live_migration_permit_auto_converge. QEMU throttles the guest from the beginning; where "
        "post-copy is permitted too, that counts and this does not."),
     NULL, NULL, NULL, "auto-converge, throttling, permit_post_copy"},
    {"nova* bandwidth",
     N_("live_migration_bandwidth."),
     N_("It makes passes longer, and a guest converges less easily."),
     NULL, NULL, "max-bandwidth, throughput"},
    {"vdsm-* monitor_interval",
     N_("VDSM looks that often whether a new pass has begun, and then takes at most one stage of "
        "its list."),
     N_("A small guest, whose passes are short, is aborted after about seven of these, though it "
        "may be near its end."),
     NULL,
     N_("What oVirt calls stalling are passes that were counted: whether less is left is only "
        "logged."),
     "pass, vdsm-minimal-downtime"},
    {"vdsm-* max_bandwidth",
     N_("oVirt's engine reckons it from the network: its speed by the number of migrations at "
        "once."),
     NULL, NULL, NULL, "max-bandwidth"},
    {"vdsm-* autoConverge",
     N_("It is on in all policies of oVirt from 4.6 on."),
     NULL, NULL, NULL, "auto-converge, throttling"},
    {"vdsm-* compressed",
     N_("Only vdsm-suspend has it on."),
     N_("It costs the source processor time, and helps only with pages that change a little."),
     NULL, NULL, "xbzrle, delta compression"},
    {"vdsm-* zerocopy",
     N_("Only vdsm-very-large has it on. It needs multifd, which the policy does not set by itself "
        "here."),
     NULL, NULL, NULL, "zero-copy-send, multifd"},
    {"pve downtime",
     N_("migrate_downtime of a guest's configuration. It doubles each time that six polls, one "
        "a second, saw more left than the one before, up to 2000 s. It begins with 0.1 s, not "
        "with QEMU's 0.3 s."),
     N_("A guest with a large W stands still for very long in the end, since nothing is ever "
        "aborted."),
     NULL, NULL, "downtime limit, pve"},
    {"pve speed",
     N_("migrate_speed of a guest's configuration."),
     NULL, NULL, NULL, "max-bandwidth, pve"},
    {"kubevirt completionTimeoutPerGiB",
     N_("The time for each GB after which the migration is aborted, or with "
        "allowWorkloadDisruption forced to end."),
     NULL,
     N_("Raise it for a slow link: 150 s per GiB is about 7 MiB/s."),
     N_("It is not reckoned in GiB: a guest of 4 GiB counts as 5 GB."),
     "progressTimeout, allowWorkloadDisruption"},
    {"kubevirt progressTimeout",
     N_("A poll that sees less left than the one before counts as progress, and as passes are a "
        "saw-tooth there nearly always is one."),
     N_("Only a migration that truly stands is aborted by it."),
     NULL, NULL, "stalled, completionTimeoutPerGiB, pass"},
    {"kubevirt allowAutoConverge",
     NULL, NULL,
     N_("Where a slow guest is better than a migration that is aborted."),
     NULL, "auto-converge, throttling"},
    {"kubevirt allowPostCopy",
     N_("At the time-out post-copy begins, and is never aborted after that."),
     NULL, NULL, NULL, "post-copy, allowWorkloadDisruption"},
    {"kubevirt allowWorkloadDisruption",
     N_("The guest may suffer so that the migration ends: by post-copy where allowPostCopy is on, "
        "else it is paused and has as much time again."),
     NULL, NULL, NULL, "allowPostCopy, completionTimeoutPerGiB, stop-and-copy"},
    {"kubevirt bandwidthPerMigration",
     NULL,
     N_("A limit makes passes longer, and the time-out comes sooner than convergence."),
     NULL, NULL, "max-bandwidth, throughput"},
    {"kubevirt downtimeTuning",
     N_("Without it the downtime limit stays as it is, and there are only the time-outs."),
     N_("Its authors measured 18 percent less total time, and 160 ms more downtime."),
     NULL, NULL, "initialMs, steps, startAfterIteration, cooldownSeconds, maxDowntimeMs"},
    {"kubevirt initialMs",
     NULL,
     N_("A shorter one is tried first, for as long as startAfterIteration says."),
     NULL, NULL, "downtimeTuning, maxDowntimeMs"},
    {"kubevirt steps",
     N_("A step is the difference divided by them, in whole milliseconds, so that the defaults "
        "need a ninth setting, from 899 to 900."),
     NULL, NULL, NULL, "downtimeTuning, initialMs, maxDowntimeMs"},
    {"kubevirt startAfterIteration",
     N_("It gives a guest that converges by itself the time to do so."),
     NULL, NULL, NULL, "downtimeTuning, pass"},
    {"kubevirt cooldownSeconds",
     NULL,
     N_("A longer one lets each limit be tried by more passes, and the migration lasts longer."),
     NULL, NULL, "downtimeTuning, steps"},
    {"kubevirt maxDowntimeMs",
     N_("The limit is raised up to that, and no further: then there are only the time-outs."),
     NULL,
     N_("W / throughput is what a guest needs."),
     NULL, "downtimeTuning, downtime limit, W"},
    {.name = NULL},
};
