/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/table.h"

const Command *const all_commands[] = {
    migrate_commands,        migrate_check_commands, migrate_predict_commands,
    migrate_policy_commands, limits_commands,        postcopy_commands,
    parameters_commands,     dirty_rate_commands,    info_migrate_commands,
    migrations_commands,     wait_commands,          assert_commands,
    record_commands,         replay_commands,        plot_commands,
    run_state_commands,      monitor_commands,       snapshot_commands,
    guests_commands,         lab_commands,           lab_console_commands,
    lab_disk_commands,       lesson_commands,        help_commands,
    explain_commands,        set_commands,           events_commands,
    watch_commands,          grep_commands,          fails_commands,
    shell_commands,          system_commands,        NULL,
};

const char *const qemu_lookers[] = {"info", "help", "?",       "print",   "p",
                                    "x",    "xp",   "gva2gpa", "gpa2hva", NULL};
