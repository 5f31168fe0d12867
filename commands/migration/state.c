/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/state.h"

static const char *const state_names[] = {
    [MIGRATION_NONE] = "none",
    [MIGRATION_SETUP] = "setup",
    [MIGRATION_ACTIVE] = "active",
    [MIGRATION_PRE_SWITCHOVER] = "pre-switchover",
    [MIGRATION_DEVICE] = "device",
    [MIGRATION_WAIT_UNPLUG] = "wait-unplug",
    [MIGRATION_POSTCOPY_DEVICE] = "postcopy-device",
    [MIGRATION_POSTCOPY_ACTIVE] = "postcopy-active",
    [MIGRATION_POSTCOPY_PAUSED] = "postcopy-paused",
    [MIGRATION_POSTCOPY_RECOVER_SETUP] = "postcopy-recover-setup",
    [MIGRATION_POSTCOPY_RECOVER] = "postcopy-recover",
    [MIGRATION_COLO] = "colo",
    [MIGRATION_CANCELLING] = "cancelling",
    [MIGRATION_FAILING] = "failing",
    [MIGRATION_CANCELLED] = "cancelled",
    [MIGRATION_COMPLETED] = "completed",
    [MIGRATION_FAILED] = "failed",
    [MIGRATION_UNKNOWN] = "unknown",
};

MigrationState migration_state_from_name(const char *name)
{
    if (!name) {
        return MIGRATION_NONE;
    }
    for (MigrationState state = MIGRATION_NONE; state < MIGRATION_UNKNOWN; state++) {
        if (g_str_equal(name, state_names[state])) {
            return state;
        }
    }
    return MIGRATION_UNKNOWN;
}

const char *migration_state_name(MigrationState state)
{
    return state_names[state];
}

gboolean migration_state_is_over(MigrationState state)
{
    return state == MIGRATION_COMPLETED || state == MIGRATION_FAILED ||
           state == MIGRATION_CANCELLED;
}

gboolean migration_state_is_running(MigrationState state)
{
    return state != MIGRATION_NONE && !migration_state_is_over(state);
}

gboolean migration_state_is_precopy(MigrationState state)
{
    return state == MIGRATION_ACTIVE || state == MIGRATION_UNKNOWN;
}

gboolean migration_state_is_postcopy(MigrationState state)
{
    switch (state) {
    case MIGRATION_POSTCOPY_DEVICE:
    case MIGRATION_POSTCOPY_ACTIVE:
    case MIGRATION_POSTCOPY_PAUSED:
    case MIGRATION_POSTCOPY_RECOVER_SETUP:
    case MIGRATION_POSTCOPY_RECOVER:
        return TRUE;
    default:
        return FALSE;
    }
}

MigrationState migration_state_finishing(MigrationState state)
{
    return state == MIGRATION_COMPLETED   ? MIGRATION_DEVICE
           : state == MIGRATION_CANCELLED ? MIGRATION_CANCELLING
                                          : MIGRATION_FAILING;
}
