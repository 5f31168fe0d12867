/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies at work on made-up looks, for the unit tests: time is a number, and never passes. */
#pragma once

#include <math.h>

#include "commands/migration/policy/policy_engine.h"

#define GIB (1ULL << 30)
#define MIB (1ULL << 20)

static inline Policy *policy_of(const char *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    Policy *policy = policy_new(list[0], (const char *const *)list + 1, &error);

    g_assert_no_error(error);
    return policy;
}

/* A policy that runs, and all that it did: "714@0.5 abort@12.5", the downtime limits by their
 * number. */
typedef struct {
    Policy *policy;
    PolicyRun *run;
    MigrationStatus *status;
    gboolean can_postcopy;
    guint64 sent;
    GString *done;
    char *text; /* of the newest action */
} Drive;

static inline void drive_begin(Drive *drive, const char *words, guint64 memory)
{
    PolicyGuest guest = {.memory = memory};

    *drive = (Drive){.policy = policy_of(words), .can_postcopy = TRUE};
    drive->run = policy_run_new(drive->policy, &guest);
    drive->status = migration_status_new();
    drive->done = g_string_new(NULL);
    migration_status_set_state(drive->status, MIGRATION_ACTIVE);
}

static inline void drive_end(Drive *drive)
{
    policy_run_free(drive->run);
    policy_free(drive->policy);
    migration_status_free(drive->status);
    g_string_free(drive->done, TRUE);
    g_free(drive->text);
}

/* Adds one action to what was done. */
static inline void drive_note(Drive *drive, double elapsed, const PolicyAction *action)
{
    static const char *const names[] = {
        [DEED_POSTCOPY] = "postcopy",
        [DEED_PAUSE] = "pause",
        [DEED_ABORT] = "abort",
        [DEED_NOTE] = "note",
    };

    g_string_append(drive->done, drive->done->len ? " " : "");
    if (action->deed == DEED_DOWNTIME) {
        g_string_append_printf(drive->done, "%" G_GUINT64_FORMAT, action->downtime_ms);
    } else {
        g_string_append(drive->done, names[action->deed]);
    }
    g_string_append_printf(drive->done, "@%g", round(elapsed * 10) / 10);
    g_free(drive->text);
    drive->text = g_strdup(action->text);
}

/* A poll that sees pass @pass and @left bytes left, more having been sent. */
static inline void drive_poll(Drive *drive, double elapsed, guint64 pass, guint64 left)
{
    migration_status_set_number(drive->status, FIELD_RAM_DIRTY_SYNC_COUNT, pass);
    migration_status_set_number(drive->status, FIELD_RAM_REMAINING_BYTES, left);
    migration_status_set_number(drive->status, FIELD_RAM_TRANSFERRED_BYTES, ++drive->sent);
    for (;;) {
        g_auto(PolicyAction) action = {0};

        policy_poll(drive->run, elapsed, drive->status, drive->can_postcopy, &action);
        if (action.deed == DEED_NONE) {
            return;
        }
        drive_note(drive, elapsed, &action);
    }
}

static inline void drive_check(const Drive *drive, const char *done)
{
    g_assert_cmpstr(drive->done->str, ==, done);
}
