/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies and their keys, as the originals name them. */
#include <glib/gi18n.h>

#include "commands/migration/policy/policy_internal.h"

enum { MOST_STEPS = 10000 }; /* ours: the originals have no limit */

#define MEMORY_KEY                                                                                 \
    {                                                                                              \
        .name = "memory", .kind = POLICY_SIZE,                                                     \
        .help = N_("plan for a guest of that size; 0: the guest's own")                            \
    }

/* Nova: nova/conf/libvirt.py, live_migration_*. */
static const PolicyKey nova_keys[] = {
    {.name = "downtime",
     .kind = POLICY_NUMBER,
     .number = 500,
     .min = 100,
     .max = POLICY_DOWNTIME_MAX_MS,
     .unit = "ms",
     .help = N_("the downtime limit that the last step sets")},
    {.name = "downtime_steps",
     .kind = POLICY_NUMBER,
     .number = 10,
     .min = 3,
     .max = MOST_STEPS,
     .help = N_("how many steps lead there from the first limit")},
    {.name = "downtime_delay",
     .kind = POLICY_NUMBER,
     .number = 75,
     .min = 3,
     .unit = N_("s per GiB"),
     .help = N_("the time between two steps")},
    {.name = "completion_timeout",
     .kind = POLICY_NUMBER,
     .number = 800,
     .unit = N_("s per GiB"),
     .help = N_("how long a migration may take; 0: any time")},
    {.name = "timeout_action",
     .kind = POLICY_WORD,
     .choices = (const char *const[]){"abort", "force_complete", NULL},
     .help = N_("what ends one that takes longer; force_complete: post-copy where it is permitted, "
                "else the guest is paused")},
    {.name = "permit_post_copy", .kind = POLICY_SWITCH, .help = N_("post-copy may be used")},
    {.name = "permit_auto_converge",
     .kind = POLICY_SWITCH,
     .help = N_("the guest may be slowed; not where post-copy is permitted")},
    {.name = "bandwidth",
     .kind = POLICY_NUMBER,
     .max = 1 << 20,
     .unit = "MiB/s",
     .help = N_("the maximum speed; 0: as it is set")},
    MEMORY_KEY,
    {0},
};

#define VDSM_KEYS(compressed_by_default, zerocopy_by_default)                                      \
    {                                                                                              \
        {.name = "monitor_interval",                                                               \
         .kind = POLICY_SECONDS,                                                                   \
         .number = 10,                                                                             \
         .min = 0.1,                                                                               \
         .unit = "s",                                                                              \
         .help = N_("the time between two polls; each does one thing at most")},                   \
            {.name = "max_bandwidth",                                                              \
             .kind = POLICY_NUMBER,                                                                \
             .max = 1 << 20,                                                                       \
             .unit = "MiB/s",                                                                      \
             .help = N_("the maximum speed; 0: as it is set")},                                    \
            {.name = "autoConverge",                                                               \
             .kind = POLICY_SWITCH,                                                                \
             .number = 1,                                                                          \
             .help = N_("QEMU may slow the guest")},                                               \
            {.name = "compressed",                                                                 \
             .kind = POLICY_SWITCH,                                                                \
             .number = (compressed_by_default),                                                    \
             .help = N_("libvirt's default compression, which is xbzrle")},                        \
            {.name = "zerocopy",                                                                   \
             .kind = POLICY_SWITCH,                                                                \
             .number = (zerocopy_by_default),                                                      \
             .help = N_("zero-copy-send; hmpsh tells it and leaves it to you")},                   \
            MEMORY_KEY, {0},                                                                       \
    }

/* VDSM: lib/vdsm/virt/migration.py, migration_* of its configuration and SourceThread's
 * parameters. */
static const PolicyKey vdsm_keys[] = VDSM_KEYS(0, 0);
static const PolicyKey vdsm_suspend_keys[] = VDSM_KEYS(1, 0);
static const PolicyKey vdsm_large_keys[] = VDSM_KEYS(0, 1);

/* Proxmox VE: migrate_* of a guest's configuration. */
static const PolicyKey pve_keys[] = {
    {.name = "downtime",
     .kind = POLICY_SECONDS,
     .number = 0.1,
     .max = POLICY_DOWNTIME_MAX_MS / 1000,
     .unit = "s",
     .help = N_("the downtime limit at the beginning")},
    {.name = "speed",
     .kind = POLICY_NUMBER,
     .max = 1 << 20,
     .unit = "MiB/s",
     .help = N_("the maximum speed; 0: 16 GiB/s")},
    MEMORY_KEY,
    {0},
};

/* KubeVirt: MigrationConfiguration, and experimental.downtimeTuning of a MigrationPolicy. */
static const PolicyKey kubevirt_keys[] = {
    {.name = "completionTimeoutPerGiB",
     .kind = POLICY_NUMBER,
     .number = 150,
     .unit = N_("s per GiB"),
     .help =
         N_("how long a migration may take; 0: any time. It is reckoned in whole GB, rounded up")},
    {.name = "progressTimeout",
     .kind = POLICY_NUMBER,
     .number = 150,
     .unit = "s",
     .help = N_("how long no poll may see less left than the one before; 0: any time")},
    {.name = "allowAutoConverge", .kind = POLICY_SWITCH, .help = N_("QEMU may slow the guest")},
    {.name = "allowPostCopy",
     .kind = POLICY_SWITCH,
     .help = N_("post-copy at the time-out; with allowWorkloadDisruption only")},
    {.name = "allowWorkloadDisruption",
     .kind = POLICY_SWITCH,
     .help = N_("at the time-out post-copy or a pause, not the end")},
    {.name = "bandwidthPerMigration",
     .kind = POLICY_SIZE,
     .unit = N_("per second"),
     .help = N_("the maximum speed; 0: as it is set")},
    {.name = "downtimeTuning",
     .kind = POLICY_SWITCH,
     .number = 1,
     .help = N_("raise the downtime limit in steps; an alpha feature, off unless it is asked for")},
    {.name = "initialMs",
     .kind = POLICY_NUMBER,
     .number = 150,
     .max = POLICY_DOWNTIME_MAX_MS,
     .unit = "ms",
     .help = N_("the first downtime limit")},
    {.name = "steps",
     .kind = POLICY_NUMBER,
     .number = 7,
     .min = 1,
     .max = MOST_STEPS,
     .help = N_("how many steps lead from it to maxDowntimeMs")},
    {.name = "startAfterIteration",
     .kind = POLICY_NUMBER,
     .number = 3,
     .help = N_("the pass from which on the limit is raised")},
    {.name = "cooldownSeconds",
     .kind = POLICY_NUMBER,
     .number = 10,
     .min = 1,
     .unit = "s",
     .help = N_("the least time between two steps")},
    {.name = "maxDowntimeMs",
     .kind = POLICY_NUMBER,
     .number = 900,
     .min = 1,
     .max = POLICY_DOWNTIME_MAX_MS,
     .unit = "ms",
     .help = N_("the highest downtime limit")},
    MEMORY_KEY,
    {0},
};

static const PolicyKey no_keys[] = {{0}};

const PolicyRow policy_rows[] = {
    {"manual", FAMILY_MANUAL, no_keys, N_("Nothing is done that is not typed.")},
    {"nova", FAMILY_NOVA, nova_keys,
     N_("OpenStack Nova from Ussuri (21) on: the downtime limit grows in equal steps of time, and "
        "what takes too long is aborted.")},
    {"nova-train", FAMILY_NOVA_TRAIN, nova_keys,
     N_("OpenStack Nova from Pike (16) to Train (20): the same in whole numbers, so that the last "
        "step may stay below the downtime asked for.")},
    {"vdsm-minimal-downtime", FAMILY_VDSM, vdsm_keys,
     N_("oVirt 4.6 and later, 'Minimal downtime': up to 500 ms as passes are counted, then it is "
        "aborted.")},
    {"vdsm-suspend", FAMILY_VDSM, vdsm_suspend_keys,
     N_("oVirt 4.6 and later, 'Suspend workload if needed': the same, then 5 s, then it is "
        "aborted.")},
    {"vdsm-postcopy", FAMILY_VDSM, vdsm_keys,
     N_("oVirt 4.6 and later, 'Post-copy migration': up to 200 ms, then post-copy; aborted where "
        "that cannot be.")},
    {"vdsm-very-large", FAMILY_VDSM, vdsm_large_keys,
     N_("oVirt 4.8 and later, 'Very large VMs': up to 1.5 s, then 5 s, then it is aborted.")},
    {"pve", FAMILY_PVE, pve_keys,
     N_("Proxmox VE 9: the downtime limit doubles when six polls saw more left than the one "
        "before; nothing is ever aborted.")},
    {"kubevirt", FAMILY_KUBEVIRT, kubevirt_keys,
     N_("KubeVirt 1.9: the downtime limit grows from a pass on, and what takes too long, or where "
        "never less is left, is aborted.")},
    {0},
};
