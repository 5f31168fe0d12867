/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the policies share. From below: policy_table.c has names and keys, policy.c
 * reads them, policy_run.c the
 * actions of a poll, then one file for each family of policies has its rules, policy_engine.c calls
 * them, and policy_plan.c calls that. */
#pragma once

#include "commands/migration/policy/policy_engine.h"

/* --- policy_table.c --- */

/* Policies that share rules. */
typedef enum {
    FAMILY_MANUAL,
    FAMILY_NOVA,
    FAMILY_NOVA_TRAIN,
    FAMILY_VDSM,
    FAMILY_PVE,
    FAMILY_KUBEVIRT,
    N_FAMILIES
} PolicyFamily;

/* QEMU takes no longer downtime limit, in ms (migration/options.c). */
enum { POLICY_DOWNTIME_MAX_MS = 2000000 };

typedef struct {
    const char *name;
    PolicyFamily family;
    const PolicyKey *keys; /* ended by one without a name */
    const char *about;
} PolicyRow;

/* Ended by one without a name. */
extern const PolicyRow policy_rows[];

/* --- policy.c --- */

PolicyFamily policy_family(const Policy *policy);

/* Whether it has the key @key. */
gboolean policy_has_key(const Policy *policy, const char *key);

/* --- policy_run.c --- */

typedef struct {
    GArray *steps; /* of NovaStep */
    gint64 timeout;
    guint64 downtime; /* that was set last; 0: none */
    gboolean timed_out;
} NovaState;

typedef struct {
    guint stage; /* how many of its stages were taken */
    gboolean seen;
    guint64 first, last; /* passes: at the first poll, and of the newest one that counted */
} VdsmState;

typedef struct {
    double downtime_ms;
    guint polls;
    guint64 transferred, remaining; /* at the poll before */
    guint counter;
    gboolean hurries; /* it polls every tenth of a second */
} PveState;

typedef struct {
    gint64 timeout;
    guint64 remaining; /* at the poll before; 0: none, or nothing */
    double progress;   /* when less was left than at the poll before; in seconds */
    gboolean tuned;
    double tuned_at;
    guint64 downtime;
    gboolean paused;
} KubevirtState;

struct PolicyRun {
    Policy *policy;
    GQueue actions; /* of PolicyAction: what this poll has to say still */
    double decided; /* the poll that they are of; negative: none */
    gboolean finished;
    union {
        NovaState nova;
        VdsmState vdsm;
        PveState pve;
        KubevirtState kubevirt;
    };
};

/* What a poll sees. */
typedef struct {
    double elapsed;
    const MigrationStatus *status;
    gboolean can_postcopy;
} PolicyLook;

/* Adds an action to those of this poll. @downtime_ms is for DEED_DOWNTIME. */
void policy_act(PolicyRun *run, PolicyDeed deed, guint64 downtime_ms, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Takes the next one: FALSE when there is none. */
gboolean policy_take(PolicyRun *run, PolicyAction *action);

/* --- the families --- */

/* From @seconds on, downtime_ms. */
typedef struct {
    gint64 seconds;
    guint64 downtime_ms;
} NovaStep;

void nova_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);
void nova_begin(PolicyRun *run, const PolicyGuest *guest);
void nova_poll(PolicyRun *run, const PolicyLook *look);

void vdsm_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);
void vdsm_poll(PolicyRun *run, const PolicyLook *look);

/* How many stages the policy has. */
guint vdsm_stages(const Policy *policy);

void pve_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);
void pve_begin(PolicyRun *run, const PolicyGuest *guest);
void pve_poll(PolicyRun *run, const PolicyLook *look);

void kubevirt_start(const Policy *policy, const PolicyGuest *guest, PolicyStart *start);
void kubevirt_begin(PolicyRun *run, const PolicyGuest *guest);
void kubevirt_poll(PolicyRun *run, const PolicyLook *look);
