/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration capabilities. Sources: QAPI MigrationCapability; migration/ram.c, migration.c and
 * options.c; measured where a guest could show it. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_capabilities[] = {
    {"auto-converge",
     N_("QEMU looks at each pass: where the guest dirtied more than throttle-trigger-threshold of "
        "what was sent, twice, every vCPU gets less time."),
     NULL,
     NULL,
     NULL,
     "throttle-trigger-threshold, cpu-throttle-initial, cpu-throttle-percentage"},
    {.name = NULL},
};
