/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What storage.c (the migration as others see it), storage_drive.c (its thread) and storage_undo.c
 * (its end) share. */
#pragma once

#include "commands/migration/storage/keeper.h"
#include "commands/migration/storage/storage.h"

/* One side, reached by a connection that nobody else uses. */
typedef struct {
    char *name;
    char *uri; /* NULL: the default connection */
    char uuid[VIR_UUID_STRING_BUFLEN];
    Monitor *monitor;
    char *tls;              /* the id of its TLS credentials, NULL: none */
    gboolean unknown;       /* at the end: its host could not be asked */
    gboolean starts_itself; /* while it waits: it would run the guest without being told to */
} StorageSide;

/* How much was copied at a moment. */
typedef struct {
    gint64 time;
    guint64 done;
} RateMark;

struct StorageMigration {
    Session *session;
    StorageSetup setup;
    StorageSide source, destination;
    GPtrArray *plan;
    guint count; /* of disks that are copied */
    char *uri;
    char *tls_hostname;
    Bell *bell; /* the thread's: rung by events of both sides, interrupted to cancel */
    GThread *thread;
    gboolean warned; /* session's thread */
    Keeper *keeper;
    gint64 begun;

    /* the thread's own */
    gboolean runs;           /* the source's guest, when it was last seen before the switch-over */
    gboolean held;           /* the destination does not run the guest by itself */
    gboolean activates_late; /* late-block-activate was set there */
    gboolean pauses;         /* pause-before-switchover was set */
    gboolean serves_late;    /* the server may serve until the guest has arrived */
    gboolean moving;         /* QEMU's migration was begun */
    gboolean early;          /* somebody else let the switch-over go before the disks were done */
    gboolean left;           /* the guest has left the source: it must not run there again */
    gboolean committed;      /* the switch-over was let go: no way back but QEMU's own */
    gboolean paused_before;  /* pause-before-switchover was on: the guest's owner wants to look */
    MirrorProgress progress;
    RateMark marks[2]; /* newest first; time 0: none */
    double mbps;
    gboolean source_gone; /* told at the end, and by others read only then */

    gint news;  /* atomic: grows with each event */
    gint going; /* atomic: the owner has looked */

    /* below: under the session bell's lock */
    MigrationStatus *status;
    guint version;     /* grows with each status */
    gboolean standing; /* at pre-switchover, for the owner */
    gboolean too_late; /* to cancel */
    gboolean over;
};

/* Reaches a side anew that was lost: 1 it is there again, 0 its guest is gone, -1 its host does not
 * answer. */
int storage_reopen(StorageMigration *self, StorageSide *side);

/* The thread: from the mirrors that run to the end. */
gpointer storage_drive(gpointer self);

/* Puts back what storage_serve() changed at the destination and removes all that was made. TRUE
 * when nothing is left on either side that can still be asked. */
gboolean storage_clear_up(StorageMigration *self, GError **error);

/* Ends the migration: well, or undone because of @why. What was changed is put back. */
void storage_end(StorageMigration *self, const GError *why);

/* Makes @status (taken over) the one to be seen, with what is known of the disks added. */
void storage_publish(StorageMigration *self, MigrationStatus *status, gboolean over);
