/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proxmox VE (qemu-server: PVE/QemuMigrate.pm, phase2). */
#include "commands/migration/policy/policy_internal.h"

static const guint64 MIB = 1 << 20;
static const guint64 SPEED_UNSET = 16ULL << 30; /* bytes per second */

enum { MOST_COUNTED = 5 }; /* the next one doubles the limit */

/* 10 % of the memory, as the power of two that is not below it. */
static guint64 cache_size(guint64 memory)
{
    guint64 size = 1;

    while (size < memory / 10) {
        size *= 2;
    }
    return size;
}

/* It switches all other capabilities off; whoever chose one here wants it, so that they stay. */
void pve_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start)
{
    guint64 speed = (guint64)policy_number(policy, "speed") * MIB;

    start->sets_bandwidth = TRUE;
    start->bandwidth = speed > 0 ? speed : SPEED_UNSET;
    start->sets_downtime = TRUE;
    start->downtime_ms = (guint64)(policy_number(policy, "downtime") * 1000);
    start->sets_cache = policy_memory(policy, guest) > 0;
    start->cache = cache_size(policy_memory(policy, guest));
    start->auto_converge = TRUE;
    start->xbzrle = TRUE;
}

void pve_begin(PolicyRun *run, const PolicyGuest *guest G_GNUC_UNUSED)
{
    run->pve.downtime_ms = policy_number(run->policy, "downtime") * 1000;
}

static void double_limit(PolicyRun *run)
{
    PveState *state = &run->pve;
    double doubled = MIN(state->downtime_ms * 2, POLICY_DOWNTIME_MAX_MS);

    state->counter = 0;
    if (doubled > state->downtime_ms) {
        state->downtime_ms = doubled;
        policy_act(run, DEED_DOWNTIME, (guint64)doubled,
                   "auto-increased downtime to continue migration: %.10g ms", doubled);
    }
}

void pve_poll(PolicyRun *run, const PolicyLook *look)
{
    PveState *state = &run->pve;
    guint64 transferred = migration_status_number(look->status, FIELD_RAM_TRANSFERRED_BYTES);
    guint64 remaining = migration_status_number(look->status, FIELD_RAM_REMAINING_BYTES);
    double average = (double)state->transferred / ++state->polls;
    MigrationState now = migration_status_state(look->status);

    if ((now != MIGRATION_ACTIVE && now != MIGRATION_DEVICE) || transferred == state->transferred) {
        return; /* it looks only where something was sent */
    }
    state->hurries = state->hurries || (average > 0 && (double)remaining < average);
    if ((state->remaining > 0 && remaining > state->remaining) || remaining == 0) {
        state->counter++;
    }
    state->remaining = remaining;
    state->transferred = transferred;
    if (state->counter > MOST_COUNTED) {
        double_limit(run);
    }
}
