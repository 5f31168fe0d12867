/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of hmpsh's commands. Each topic's file declares its rows; a new topic is one line here and
 * one in table.c. */
#pragma once

#include "shell/command.h"

/* The rows of one topic, ended by a row without a name. */
extern const Command limits_commands[];
extern const Command parameters_commands[];
extern const Command migrate_commands[];
extern const Command migrate_check_commands[];
extern const Command migrate_policy_commands[];
extern const Command postcopy_commands[];
extern const Command dirty_rate_commands[];
extern const Command run_state_commands[];
extern const Command snapshot_commands[];
extern const Command set_commands[];
extern const Command events_commands[];
extern const Command info_migrate_commands[];
extern const Command monitor_commands[];
extern const Command guests_commands[];
extern const Command migrations_commands[];
extern const Command migrate_predict_commands[];
extern const Command wait_commands[];
extern const Command assert_commands[];
extern const Command watch_commands[];
extern const Command grep_commands[];
extern const Command fails_commands[];
extern const Command record_commands[];
extern const Command replay_commands[];
extern const Command plot_commands[];
extern const Command lab_commands[];
extern const Command lab_console_commands[];
extern const Command lab_disk_commands[];
extern const Command lesson_commands[];
extern const Command help_commands[];
extern const Command explain_commands[];
extern const Command shell_commands[];
extern const Command system_commands[];

/* Everything, in the order in which `help` and the manual show it. */
extern const Command *const all_commands[];

/* HMP commands of QEMU that change nothing, for --read-only; NULL-terminated. */
extern const char *const qemu_lookers[];
