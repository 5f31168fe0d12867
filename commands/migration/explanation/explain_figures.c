/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a migration: what the statistics really mean. Sources: QAPI MigrationInfo and
 * MigrationStats; migration/ram.c and migration.c; measured where a guest could show it. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_figures[] = {
    {"expected-downtime",
     NULL,
     NULL,
     NULL,
     N_("During the first pass it is no estimate: QEMU sets it to the downtime limit at the start "
        "and computes it only at the end of a pass."),
     "downtime-limit, W"},
    {.name = NULL},
};
