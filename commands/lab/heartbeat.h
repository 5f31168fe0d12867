/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows one lab guest by its serial port, a unix socket that its QEMU listens on: the beats come
 * in, orders go out. What the guest says and understands is told in guest/serial.h.
 *
 * Everything here may be called from any thread. The reading is done by whoever runs GLib's default
 * main context, and a beat's time is when it was read there: while that thread is kept from its
 * loop, beats look late, and after about half a second the socket is full and the guest drops them
 * (QEMU writes characters one by one, and Linux lets fewer than 300 such writes wait: measured). */
#pragma once

#include <glib.h>

/* Between two beats, by the guest's clock, which stands still while the guest does. */
#define HEARTBEAT_INTERVAL_US 20000

typedef struct Heartbeat Heartbeat;

/* What the guest told last about its disk (guest/disk.h); all 0 when it has none. In bytes. */
typedef struct {
    guint64 size;
    guint64 rate; /* bytes/s written */
    guint64 span; /* bytes it does that in */
    guint64 written;
    guint64 errors; /* transfers that failed */
    guint64 checks; /* that came to their end since the guest started */
    guint64 blocks; /* of HEARTBEAT_BLOCK bytes that the running or last check looked at */
    guint64 bad;    /* of these: not as the guest wrote them */
    gboolean checking;
    gint64 time; /* of its last line about it, which comes with every 10th beat or on a change */
} HeartbeatDisk;

#define HEARTBEAT_BLOCK 4096

/* Times are g_get_monotonic_time()'s, in microseconds. But for `connected`, `heard` and `beats`
 * everything is 0 before the first beat. A lost connection changes nothing but `connected`. */
typedef struct {
    gboolean connected;   /* to QEMU, which says nothing about the guest */
    gint64 heard;         /* when anything came, beats or not */
    guint64 beats;        /* seen since heartbeat_new() */
    guint64 first_number; /* of the first beat of this run: since the connection was made, or */
    gint64 first_time;    /* since the guest's numbers began anew (a reset) */
    guint64 last_number;
    gint64 last_time;
    guint64 rate;       /* bytes/s the guest dirties, as its last beat says */
    guint64 span;       /* bytes it does that in */
    gint64 longest_gap; /* us between two beats of one run since heartbeat_reset_gap() */
    HeartbeatDisk disk;
} HeartbeatState;

/* Begins to follow the guest whose serial port is the unix socket @socket_path (copied; at most 107
 * bytes, a longer one is never connected to). While the socket is not there, or was closed, it is
 * tried again 10 times a second, for ever and without a word. End with heartbeat_free(). */
Heartbeat *heartbeat_new(const char *socket_path);

/* Safe while the main loop is in a callback of @self's. NULL is fine. */
void heartbeat_free(Heartbeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Heartbeat, heartbeat_free)

/* What is known now. */
HeartbeatState heartbeat_state(Heartbeat *self);

/* What came, as on a screen (console.h): its newest @lines lines. Free with g_free(). */
char *heartbeat_console(Heartbeat *self, guint lines);

/* Types @text at the guest's console. FALSE and @error as heartbeat_order() has it. */
gboolean heartbeat_type(Heartbeat *self, const char *text, GError **error);

/* Forgets the longest gap. One that goes on now counts in full when it ends. */
void heartbeat_reset_gap(Heartbeat *self);

/* Tells the guest to dirty @rate bytes/s in @span bytes (both are rounded up to KiB; a rate or a
 * span of less than a page, 4 KiB, ends it). Does not wait: the guest's next beat but one shows
 * what it made of it, a span beyond its memory being cut. FALSE and @error when the port is not
 * connected (HMPSH_ERROR_LOST), or full, as that of a stopped guest is in the end
 * (HMPSH_ERROR_FAILED). */
gboolean heartbeat_order(Heartbeat *self, guint64 rate, guint64 span, GError **error);

/* The same for its disk. */
gboolean heartbeat_order_write(Heartbeat *self, guint64 rate, guint64 span, GError **error);

/* Tells the guest to compare all that it has written to its disk, from the beginning; `checks` goes
 * up by one when it is through. */
gboolean heartbeat_order_check(Heartbeat *self, GError **error);

/* For how long a guest that migrated was silent, in us: from its last beat at the @source to its
 * first at the @destination, both seen by this process. That is the blackout plus about
 * HEARTBEAT_INTERVAL_US (measured: plus 17 to 27 ms). -1 when it cannot be told: no beats on a
 * side, or numbers that do not go on at the destination (not there yet, another guest, or more than
 * a second of beats lost). */
gint64 heartbeat_silence(const HeartbeatState *source, const HeartbeatState *destination);
