/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What governor.c (the governor as others see it) and governor_thread.c share. */
#pragma once

#include "commands/migration/job_list.h"
#include "commands/migration/observer.h"
#include "commands/migration/policy/changes.h"
#include "commands/migration/policy/governor.h"

/* One QEMU, by a connection that no command uses. */
typedef struct {
    char *name;
    char *uri;
    char uuid[VIR_UUID_STRING_BUFLEN];
    Connection *connection; /* NULL: there is no such side */
    Monitor *monitor;
    Changes *changes;
} GovernorSide;

struct Governor {
    gatomicrefcount references; /* the owner's and the thread's */
    GovernorSide source, peer;
    Policy *policy;
    PolicyRun *run;
    PolicyStart start;
    gboolean can_postcopy;
    gboolean by_libvirt; /* libvirt's job is told of the downtime, not QEMU */
    MigrationObserver *observer;
    JobView *view;             /* for a migration with disks, and */
    guint disks;               /* its number's predecessor */
    gboolean with_disks;       /* this process copies them */
    ManagedMigration *managed; /* this shell's own; NULL: none */
    Output *output;
    Bell *bell; /* rung to end it, and when it has ended */
    GThread *thread;
    gint64 begun; /* monotonic; 0: not yet */

    /* the thread's own */
    gboolean downtime_due; /* the first downtime limit could not be set yet */
    gboolean paused;       /* the guest, by the policy */
    PolicyDeed owed;       /* what was asked for and failed: it is tried again */
    gint64 paused_at;
    gint64 cut; /* when the connection to the source broke; 0: it is there */

    /* below: under the bell's lock */
    gboolean hurry;     /* look now */
    guint looks;        /* so many were made */
    gboolean released;  /* somebody else decides from now on */
    gboolean abandoned; /* nobody waits any more: it must not do or tell anything */
    gboolean over;
};

/* The thread. */
gpointer governor_run(gpointer governor);

void governor_unref(Governor *governor);

/* Opens the side's connection and monitor anew, after they broke. FALSE: not yet. */
gboolean governor_reach_again(Governor *self, GovernorSide *side);

/* One of those under the bell's lock. */
gboolean governor_flag(Governor *self, const gboolean *which);

/* Tells one line, unless nobody listens any more. */
void governor_tell(Governor *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Puts the settings of both sides back; in words, or NULL. Free with g_free(). */
char *governor_put_back(Governor *self);
