/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records a guest's migrations, whoever starts them and whatever the prompt does, by a thread with
 * a connection of its own. While none runs it asks QEMU nothing and waits for an event. While one
 * runs it looks as each pass begins, since what is left then is the figure that tells most (when
 * passes come in a flood, 20 times a second), and otherwise 3 times a second. Of this session's
 * migration with disks it looks at the figures that commands see too, as often. */
#pragma once

#include "commands/migration/recording/recording.h"
#include "shell/session.h"

typedef struct Recorder Recorder;

/* Called on the recorder's thread when it ends by itself: the guest is gone, or the file cannot be
 * written. @why is one sentence. */
typedef void (*RecorderEnded)(const char *why, gpointer data);

/* Begins to record @guest's migrations in @path, with the events of @peer (may be NULL, or gone),
 * which they go to. HMPSH_ERROR_LOST, _INTERRUPTED, or what recording_create() says. */
Recorder *recorder_start(Guest *guest, Guest *peer, const char *path, RecorderEnded ended,
                         gpointer data, GError **error);

/* Ends it. A migration that has just come to its end is waited for, for half a second at most,
 * until the destination has told that the guest runs. Never waits long for a QEMU that does not
 * answer.
 * @ended is not called any more once this has returned. */
void recorder_stop(Recorder *recorder);

/* After recorder_stop(): lets libvirt tell the guests' events to another recorder. */
void recorder_deafen(Recorder *recorder);

/* Stops it and lets go of it; NULL is fine. */
void recorder_free(Recorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recorder, recorder_free)

typedef struct {
    gboolean running; /* it has not ended */
    guint looks;
    guint events;
    guint64 bytes; /* of the file */
} RecorderFigures;

void recorder_figures(Recorder *recorder, RecorderFigures *figures);

/* The file and the source's name. Borrowed. */
const char *recorder_path(const Recorder *recorder);
const char *recorder_guest(const Recorder *recorder);

/* One sentence that tells why the peer's events are missing to begin with; NULL: they are not.
 * Borrowed. */
const char *recorder_absence(const Recorder *recorder);

gboolean recorder_is_of(const Recorder *recorder, const Guest *guest);

/* The course of the newest migration that it has seen, a copy; its times are monotonic ones. */
MigrationCourse *recorder_course(Recorder *recorder);
