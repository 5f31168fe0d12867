/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/table.h"

const Command *const all_commands[] = {
    migrate_commands,    limits_commands,     postcopy_commands,
    parameters_commands, dirty_rate_commands, info_migrate_commands,
    wait_commands,       run_state_commands,  monitor_commands,
    guests_commands,     lab_commands,        help_commands,
    settings_commands,   shell_commands,      NULL,
};

const char *const qemu_lookers[] = {"info", "help", "?",       "print",   "p",
                                    "x",    "xp",   "gva2gpa", "gpa2hva", NULL};
