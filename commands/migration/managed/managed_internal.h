/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What managed.c (the migration as others see it), managed_look.c (how far it is) and
 * managed_worker.c (its thread) share. */
#pragma once

#include "commands/migration/managed/managed.h"

struct ManagedMigration {
    gatomicrefcount references; /* the owner's, the thread's */
    Session *session;
    char *name; /* the guest's, at the source */
    char uuid[VIR_UUID_STRING_BUFLEN];
    guint64 incarnation;
    guint heard;      /* observer_heard() before it began */
    char *source_uri; /* NULL: the default connection */
    char *uri;        /* where it goes */
    char *arrival;    /* the guest's name there, and that */
    ManagedCall call;
    Connection *source;      /* the thread's own */
    Connection *destination; /* where this process drives; else NULL */
    gint64 begun;

    /* the session thread's */
    gboolean warned;
    gboolean seen;        /* running */
    MigrationStatus *end; /* once it is known */

    /* below: under the session bell's lock */
    gboolean announce; /* nobody waits for the end */
    gboolean postcopy; /* as managed_abandon() found it */
    gboolean over;
    gboolean news; /* the same, for who waits */
    gboolean succeeded;
    gboolean aborted; /* by somebody's wish */
    char *error;      /* libvirt's reason, or NULL */
    Json *stats;      /* of the completed job, or NULL */
    gint64 ended;
};

/* The thread: from the call to the end. */
gpointer managed_work(gpointer self);

/* Whether it goes on with a post-copy that has lost its link. */
gboolean managed_resumes(const ManagedMigration *self);
