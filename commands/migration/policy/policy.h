/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies by which others drive migrations, by their real names: what each is called, the keys
 * that it is tuned by (the original's names without its prefix), and their defaults and ranges. */
#pragma once

#include <glib.h>

typedef struct Policy Policy;

/* What a policy plans for. */
typedef struct {
    guint64 memory; /* bytes of the guest's RAM */
    guint64 *disks; /* bytes of each disk that is copied */
    gsize n_disks;
} PolicyGuest;

/* A key's value is one of these. */
typedef enum {
    POLICY_NUMBER,
    POLICY_SECONDS,
    POLICY_SWITCH,
    POLICY_WORD,
    POLICY_SIZE
} PolicyKeyKind;

typedef struct {
    const char *name;
    PolicyKeyKind kind;
    double number;              /* the default; of a switch 0 or 1, of a word its index */
    double min, max;            /* max 0: none */
    const char *unit;           /* "ms", "s per GiB"; NULL: none */
    const char *const *choices; /* of a word; NULL-terminated */
    const char *help;           /* one line, no full stop */
} PolicyKey;

/* The names of all, "manual" first; NULL-terminated. Static. */
const char *const *policy_names(void);

/* One sentence about the policy @name: whose it is and of which release; NULL: there is none so
 * called. Static. */
const char *policy_about(const char *name);

/* Key @i of the policy @name, or NULL behind the last. Static. */
const PolicyKey *policy_key_at(const char *name, guint i);

/* The policy @name with its keys as @settings ("key=value", NULL-terminated, may be NULL) has them.
 * HMPSH_ERROR_SYNTAX for an unknown name or key (with what is near), and for a value that the
 * original refuses. */
Policy *policy_new(const char *name, const char *const *settings, GError **error);
Policy *policy_copy(const Policy *policy);
void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

const char *policy_name(const Policy *policy);

/* Whether it leaves everything to whoever is at the prompt. NULL is that too. */
gboolean policy_is_manual(const Policy *policy);

/* The value of @key, which it must have; of a word its index. */
double policy_number(const Policy *policy, const char *key);

/* @value of @key as it is typed: "500", "on", "4G". Free with g_free(). */
char *policy_value_text(const PolicyKey *key, double value);

/* "nova downtime=5000 downtime_steps=7": what differs from the defaults. Free with g_free(). */
char *policy_words(const Policy *policy);

/* The memory that is planned for: the key `memory`, or @guest's. */
guint64 policy_memory(const Policy *policy, const PolicyGuest *guest);

/* The amount of data in GiB that Nova multiplies its times by: RAM, at least 2, and each copied
 * disk, at least 2. In whole GiB for nova-train (Python 2). */
double policy_data_gb(const Policy *policy, const PolicyGuest *guest);
