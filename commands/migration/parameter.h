/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration parameters of QEMU 2.4 to 11.1: one row each, from which reading a value, showing
 * it and explaining it are made. Sources: QAPI MigrationParameters and MigrateSetParameters; for
 * defaults and ranges migration/options.c (migration/migration.c up to 8.0), for what HMP makes of
 * a value hmp_migrate_set_parameter() in migration/migration-hmp-cmds.c (hmp.c,
 * monitor/hmp-cmds.c).
 *
 * A misconception: downtime-limit is 300 ms unless set (2000 s is the most that it takes),
 * cpu-throttle-increment is 10 %, block-incremental is off. */
#pragma once

#include "shell/json.h"

/* What a value is, and in what unit query-migrate-parameters gives it. */
typedef enum {
    PARAMETER_RATE,     /* bytes per second */
    PARAMETER_MIB_RATE, /* MiB per second */
    PARAMETER_SIZE,     /* bytes */
    PARAMETER_MS,       /* milliseconds */
    PARAMETER_PERCENT,
    PARAMETER_COUNT,
    PARAMETER_SWITCH, /* on or off; a boolean in QMP */
    PARAMETER_CHOICE, /* one of some words */
    PARAMETER_TEXT,   /* any text; QMP has null for none in places, HMP '' */
    PARAMETER_LIST,   /* words, or objects that only QMP can set */
} ParameterKind;

typedef struct {
    const char *name;
    ParameterKind kind;
    gboolean bare_is_mib; /* HMP reads a number without a suffix as MiB, else in the unit above */
    guint64 number;       /* the default of a number; 1 for a switch that is on */
    const char *text;     /* the default of a choice or a text */
    const char *changed;  /* the release in which the default became that; NULL: it always was */
    guint64 before;       /* the default before */
    guint64 min, max;     /* max 0: no limit but the type's */
    gboolean power_of_two;
    const char *zero;           /* what 0 means; NULL: just 0 */
    const char *const *choices; /* all that any QEMU knows; NULL-terminated */
    const char *since, *until;  /* the first release that has it, the first that no longer has */
    const char *now;            /* what it is called since then; NULL: it is gone */
    const char *heeded;         /* the release before which a new value was taken and ignored */
    const char *help;           /* its meaning in one line, no full stop */
} ParameterInfo;

/* Row @i, or NULL behind the last: the order in which a reader is shown them. Static. */
const ParameterInfo *parameter_at(guint i);

/* The row of @name, with "_" or "-" between its words; NULL when there is none. Static. */
const ParameterInfo *parameter_find(const char *name);

/* The default in @release (release.h) as query-migrate-parameters gives it; NULL for a list, which
 * is absent unless set. The caller owns it. */
Json *parameter_default(const ParameterInfo *info, guint release);

/* Whether @value (NULL: absent) is the default in @release. */
gboolean parameter_is_default(const ParameterInfo *info, Json *value, guint release);

/* Why @release (0: not known) lacks the parameter @name: "mode: since QEMU 8.2 only". NULL when the
 * table does not know it, or @release should have it. Free with g_free(). */
char *parameter_unknown_text(const char *name, guint release);
