/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recorder.c (the recorder as others see it) and recorder_thread.c share. */
#pragma once

#include "commands/migration/job.h"
#include "commands/migration/recording/recorder.h"

/* One side, by a connection that no command uses. */
typedef struct {
    char *name; /* NULL: there is none */
    Connection *connection;
    Monitor *monitor; /* NULL: it is gone. Once the thread runs it alone sets it, with the lock */
    guint64 serial;   /* its last event that was taken */
} RecorderSide;

struct Recorder {
    gatomicrefcount references; /* the owner's and the thread's */
    RecorderSide source, peer;
    char uuid[VIR_UUID_STRING_BUFLEN]; /* the source's */
    char *uri;
    char *path;
    char *absence;               /* why there was no peer at the beginning; or NULL */
    MigrationObserver *observer; /* looks at the source, on its connection */
    JobView *view;
    RecordingWriter *writer;
    Bell *bell; /* rung by events of both sides, and to stop */
    GThread *thread;
    RecorderEnded on_end;
    gpointer on_end_data;

    /* the thread's own */
    GQueue pending;  /* of CourseEvent that are not written yet, by their time */
    gboolean failed; /* the file or the guest */
    gboolean running;
    gboolean announced;      /* by an event, since the last look */
    gboolean over_written;   /* the end of the migration that was seen last */
    gint64 stopped, resumed; /* the source, the destination, by QEMU's clocks */
    MigrationLimits limits;  /* and when they were asked for */
    gint64 limits_time;
    gint64 last_look, next_look; /* G_MAXINT64: not before an event */
    gint64 ended;                /* when the end was seen */
    guint disks;                 /* the number of the migration with disks that was seen last */
    guint disks_done;            /* and of the last whose end was seen */
    MigrationState disks_state;  /* its last look */
    guint64 disks_time, disks_pass;
    gboolean disks_moving;   /* its memory's migration has begun, by an event */
    gboolean disks_followed; /* and another one has, before its own end was seen */

    gint news; /* atomic: grows with each event */

    GMutex monitors; /* for the sides' monitors; may be held as the bell's lock is taken */

    /* below: under the bell's lock */
    gboolean stop;      /* asked for */
    gboolean abandoned; /* nobody waits any more: it must not write or tell anything */
    gboolean over;      /* the thread has ended */
    RecorderFigures figures;
    MigrationCourse *course;
};

/* Opens a monitor of @side, by its name or @uuid, and listens to it. */
Monitor *recorder_open(Recorder *self, RecorderSide *side, const char *uuid, GError **error);

/* The thread. */
gpointer recorder_run(gpointer recorder);

void recorder_unref(Recorder *self);
