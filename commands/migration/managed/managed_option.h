/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `migrate` takes for a migration that libvirt manages: libvirt's flags
 * (virDomainMigrateFlags) and typed parameters (VIR_MIGRATE_PARAM_*), one row each, by the names of
 * virsh's long options. The rows stand in managed_list.h; from them come a command's arguments
 * (managed_argument.h), the reading of values and the explanations. */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>

#include "commands/migration/managed/managed_list.h"

typedef enum {
    MANAGED_SET,    /* a flag that sets its bit */
    MANAGED_CLEAR,  /* a flag that takes away the bit, which is set by default */
    MANAGED_TEXT,   /* a string as it is */
    MANAGED_FILE,   /* the contents of a file, as a string */
    MANAGED_LIST,   /* words separated by commas, each a string of its own */
    MANAGED_DISKS,  /* the same, of disks by their targets */
    MANAGED_NUMBER, /* an int */
    MANAGED_RATE,   /* an unsigned long long in MiB/s; typed as HMP's rates */
    MANAGED_SIZE,   /* an unsigned long long in bytes; typed as HMP's sizes */
} ManagedKind;

typedef struct {
    const char *option; /* virsh's, without the "--" */
    ManagedKind kind;
    unsigned bit;               /* of a flag: a virDomainMigrateFlags */
    const char *key;            /* of a parameter: a VIR_MIGRATE_PARAM_* */
    const char *constant;       /* what libvirt's header calls it; of no flag of libvirt's "0" */
    const char *value;          /* what a parameter's value is called; NULL for a flag */
    gint min, max;              /* of a MANAGED_NUMBER */
    const char *const *choices; /* the words of a MANAGED_LIST, of a MANAGED_TEXT what it can begin
                                 * with; NULL-terminated; NULL: any */
    const char *since;          /* the first libvirt that has it */
    const char *help;           /* its meaning in one line, no full stop */
    const char *explanation;    /* what it does to the guest, the time and the downtime */
} ManagedOption;

/* All compression methods that any libvirt knows; how URIs begin that say where memory, where disks
 * and where viewers go. NULL-terminated. */
extern const char *const managed_methods[];
extern const char *const managed_memory_uris[];
extern const char *const managed_disk_uris[];
extern const char *const managed_viewer_uris[];

/* Row @i, or NULL behind the last: the order in which a reader is shown them. Static. */
const ManagedOption *managed_option_at(guint i);

/* The row of @option, typed with or without the "--"; NULL when there is none. Static. */
const ManagedOption *managed_option_find(const char *option);

/* The option that sets @bit; NULL when there is none. Static. */
const ManagedOption *managed_option_of_bit(unsigned bit);

/* Whether it is a flag, not a parameter. */
gboolean managed_option_is_flag(const ManagedOption *option);

/* Whether @libvirt (as virConnectGetLibVersion() gives it: 8002000; 0: not known, taken for the
 * newest) has the option. */
gboolean managed_option_is_in(const ManagedOption *option, gulong libvirt);

/* A paragraph for a reader: what libvirt calls it, since when, its help and its explanation. Free
 * with g_free(). */
char *managed_option_explain(const ManagedOption *option);
