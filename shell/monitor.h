/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One guest's QEMU monitor: HMP lines, QMP commands and events. There are two makers: passthrough.h
 * (a real guest, through libvirt-qemu) and replay.h (recorded replies). Nothing above this header
 * builds JSON text by hand or compares reply texts. */
#pragma once

#include <glib.h>

#include "shell/bell.h"
#include "shell/courier.h"
#include "shell/event_log.h"
#include "shell/json.h"

typedef struct Monitor Monitor;

/* What a maker supplies. */
typedef struct {
    /* Sends @text (an HMP line, or QMP as JSON) and returns the reply's text; may block for ever.
     * One call at a time, on any thread. HMPSH_ERROR_LOST when the guest or the link is gone. */
    char *(*call)(gpointer backing, const char *text, gboolean hmp, GError **error);
    /* Begins to feed monitor_take_event(). */
    gboolean (*listen)(gpointer backing, Monitor *monitor, GError **error);
    /* Ends the events; no monitor_take_event() comes after it returned. */
    void (*deafen)(gpointer backing);
    void (*free)(gpointer backing);
    /* Whether the link is broken, as far as is known here: nobody is asked. NULL: it cannot break.
     */
    gboolean (*is_cut)(gpointer backing);
} MonitorMaker;

/* For the makers. @name is the guest's; @backing is taken over. The caller owns one reference. */
Monitor *monitor_new(const MonitorMaker *maker, gpointer backing, const char *name, Bell *bell);

/* For the makers, on the main loop's thread: something happened. @data is taken over. */
void monitor_take_event(Monitor *monitor, const char *name, Json *data, gint64 stamp);

/* For the makers: the backing given to monitor_new(). */
gpointer monitor_backing(Monitor *monitor);

/* Makes the events that @before (of the same QEMU, by a link that broke) has had those of @monitor,
 * which goes on with their serials and has had none yet; so with where the guest is on its way to.
 */
void monitor_continue(Monitor *monitor, Monitor *before);

/* Ends events; the backing is freed when the last call is back. */
void monitor_close(Monitor *monitor);

/* The guest's name. Borrowed. */
const char *monitor_name(Monitor *monitor);

/* From now on calls are made by a courier, so that Ctrl-C and @timeout (seconds, 0: none) end the
 * waiting. Without it a call is made directly and can only be waited for. */
void monitor_be_patient(Monitor *monitor, double timeout);

/* @late is called, on some thread, with one sentence when a reply came that nobody waited for. */
void monitor_on_late(Monitor *monitor, void (*late)(const char *text, gpointer data),
                     gpointer data);

/* Sends @line to QEMU's human monitor. The reply's text with plain newlines; a reply that tells of
 * a failure (reply.h) is an @error with QEMU's words. Free with g_free(). */
char *monitor_hmp(Monitor *monitor, const char *line, GError **error);

/* Sends the QMP command @name with @arguments (taken over; NULL: none). The "return" member, owned
 * by the caller; QMP's error as HMPSH_ERROR_FAILED or _NOT_FOUND with its "desc". */
Json *monitor_qmp(Monitor *monitor, const char *name, Json *arguments, GError **error);

/* As monitor_qmp() and monitor_hmp(), for a completer: they wait at most @milliseconds, and giving
 * up leaves no trace. */
Json *monitor_qmp_quickly(Monitor *monitor, const char *name, Json *arguments, int milliseconds,
                          GError **error);
char *monitor_hmp_quickly(Monitor *monitor, const char *line, int milliseconds, GError **error);

/* Sends one QMP command as typed, and gives the whole reply less libvirt's "id". A reply with an
 * "error" is an @error too. */
Json *monitor_qmp_line(Monitor *monitor, const char *json, GError **error);

/* What is pending since how many seconds, or NULL. Free with g_free(). */
char *monitor_pending(Monitor *monitor, double *seconds);

/* Whether a call is with QEMU, a completer's too: the bell must not be freed then. */
gboolean monitor_is_busy(Monitor *monitor);

/* Begins to receive events; once is enough. */
gboolean monitor_listen(Monitor *monitor, GError **error);

/* Whether it does. */
gboolean monitor_listens(Monitor *monitor);

/* Ends the events for good; what came stays. */
void monitor_deafen(Monitor *monitor);

/* Called with each event, on the main loop's thread. One listener. */
void monitor_on_event(Monitor *monitor, void (*func)(const MonitorEvent *event, gpointer data),
                      gpointer data);

/* The serial of the newest event so far: where a wait begins. */
guint64 monitor_newest_event(Monitor *monitor);

/* The first event after *@serial, which moves on to it; NULL when none has come. A copy, owned by
 * the caller. Takes the bell's lock. */
MonitorEvent *monitor_next_event(Monitor *monitor, guint64 *serial);

/* Waits until an event after @serial is there, until *@news (under the bell's lock; may be NULL) is
 * set, which it resets, or until @end comes (monotonic, microseconds). TRUE in all these cases
 * (look at the events); FALSE with HMPSH_ERROR_INTERRUPTED after Ctrl-C, or HMPSH_ERROR_LOST when
 * the guest is gone and so no event can come. */
gboolean monitor_wait_event(Monitor *monitor, guint64 serial, gboolean *news, gint64 end,
                            GError **error);

/* That the guest is gone and why, as one sentence; NULL while it is there, as far as calls and
 * events tell. Free with g_free(). */
char *monitor_lost(Monitor *monitor);

/* For the makers: the guest is gone; @why is a clause ("its QEMU was killed"). */
void monitor_set_lost(Monitor *monitor, const char *why);

/* For the makers: the link to the guest broke, which may run on; @sentence tells it. */
void monitor_set_cut(Monitor *monitor, const char *sentence);

/* Whether what was lost is the link (a connection that broke), and not, as far as is known, the
 * guest. */
gboolean monitor_is_cut(Monitor *monitor);

/* Where the guest is on its way to, as session_attach() takes it (NULL: nowhere): for what is told
 * once it has moved. */
void monitor_will_move(Monitor *monitor, const char *spec);

/* For the makers: the guest is gone because libvirt migrated it. */
void monitor_set_moved(Monitor *monitor);

/* Whether monitor_set_moved() was called. */
gboolean monitor_has_moved(Monitor *monitor);
