/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migration capabilities of QEMU 2.4 to 11.1: one row each. All are off unless set; libvirt
 * sets `events`. Sources: QAPI MigrationCapability; for what excludes or needs what
 * migrate_caps_check() in migration/options.c (migration/migration.c up to 8.0). */
#pragma once

#include "shell/json.h"

typedef struct {
    const char *name;
    const char *since, *until; /* the first release that has it, the first that no longer has */
    const char *now;           /* what it is called since then; NULL: it is gone */
    const char *help;          /* its meaning and what it needs in one line, no full stop */
} CapabilityInfo;

/* Row @i, or NULL behind the last: the order in which a reader is shown them. Static. */
const CapabilityInfo *capability_at(guint i);

/* The row of @name, with "_" or "-" between its words; NULL when there is none. Static. */
const CapabilityInfo *capability_find(const char *name);

/* The state of @name in @reply, a reply to query-migrate-capabilities; FALSE without @state when it
 * is not in it. */
gboolean capability_state(Json *reply, const char *name, gboolean *state);

/* Why @release (release.h; 0: not known) lacks the capability @name: "mapped-ram: since QEMU 9.0
 * only". NULL when the table does not know it, or @release should have it. Free with g_free(). */
char *capability_unknown_text(const char *name, guint release);

/* Capabilities that both sides must have on, or both off: what one sends by them the other does not
 * understand, or refuses. NULL-terminated. */
extern const char *const capability_both[];
