/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration parameters. Sources: QAPI MigrationParameters; migration/migration.c, ram.c and
 * options.c for what QEMU does with them; measured where a guest could show it. */
#include <glib/gi18n.h>

#include "commands/migration/explanation/explanation.h"

/* clang-format off */
const Explanation explained_parameters[] = {
    {"max-bandwidth",
     NULL,
     N_("It bounds the throughput, so it decides how long the first pass takes. A guest whose "
        "working set W is more than this speed times the downtime limit never gets to the "
        "switch-over."),
     N_("Raise it when a migration stalls on a link that could carry more; lower it to leave the "
        "link to others. It takes effect at once."),
     NULL,
     "throughput, W, migrate_set_speed, --bandwidth"},
    {"downtime-limit",
     NULL,
     N_("The guest is stopped for the switch-over as soon as what is left can be sent in this "
        "time."),
     NULL,
     N_("The default is 300 ms, not 2000: 2000 s is the most that it takes."),
     "downtime, threshold, W, migrate_set_downtime"},
    {.name = NULL},
};
