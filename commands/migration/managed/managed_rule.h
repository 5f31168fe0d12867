/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which options of a managed migration exclude or need one another. libvirt knows most of this
 * too, but says it in the names of its flags, after the destination has prepared itself, or as a
 * failure of something else. One row each, with the source of the fact in the table. */
#pragma once

#include <glib.h>

#include "commands/migration/managed/managed_option.h"

typedef enum {
    RULE_EXCLUDES, /* @option cannot stand with any of @others */
    RULE_NEEDS,    /* @option needs one of @others */
    RULE_NEVER,    /* @option cannot be */
} ManagedRuleKind;

/* An option is written as in "tunnelled" (without the "--"), or with the beginning of its value or
 * of one of its words, "comp-methods=mt", "migrateuri=unix:". */
typedef struct {
    const char *option;
    const char *with; /* the row holds only where this is given too; NULL: always */
    ManagedRuleKind kind;
    const char *others;           /* with blanks between; NULL with RULE_NEVER */
    const char *qemu_since;       /* the first QEMU for which it holds, or NULL */
    const char *qemu_until;       /* the first QEMU for which it no longer does, or NULL */
    const char *reason, *way_out; /* no full stops */
} ManagedRule;

/* Row @i, or NULL behind the last. Static. */
const ManagedRule *managed_rule_at(guint i);

/* Whether it says something about @option (without the "--"), on either side. */
gboolean managed_rule_concerns(const ManagedRule *rule, const char *option);

/* Whether a rule that holds always forbids @option beside @other (both without the "--"); with NULL
 * whether one forbids it at all. */
gboolean managed_rule_forbids(const char *option, const char *other);

/* The rule in a sentence: "--offline needs --persistent: a guest ... there." Free with g_free(). */
char *managed_rule_describe(const ManagedRule *rule);

/* Whether the option that is written so is given. */
typedef gboolean (*ManagedHas)(const char *option, gconstpointer data);

/* Refuses what breaks a rule for @qemu (release.h; 0: not known, rules for certain QEMUs are then
 * passed over, since QEMU refuses by itself): HMPSH_ERROR_SYNTAX with reason and way out. */
gboolean managed_rule_check(ManagedHas has, gconstpointer data, guint qemu, GError **error);
