/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session: the guest that commands go to, its peer, and everything that lives as long as the
 * shell. Used by the session thread, which runs the commands; the main thread looks at it only
 * while no command runs. */
#pragma once

#include <glib.h>

#include "shell/bell.h"
#include "shell/command.h"
#include "shell/connection.h"
#include "shell/courier.h"
#include "shell/error.h"
#include "shell/monitor.h"
#include "shell/output.h"
#include "shell/screen.h"

/* A guest that the session is attached to. */
typedef struct {
    char *name;
    char uuid[VIR_UUID_STRING_BUFLEN];
    char *uri;        /* as asked for; NULL: the default one */
    Connection *home; /* look-ups and events */
    Monitor *monitor;
    Session *session;
    Connection *control; /* for domain_call.h; NULL until then */
    Courier *controller; /* the same */
    gboolean received;   /* libvirt was receiving it when it was attached to (arrival.h) */
    guint64 incarnation; /* which of the session's: another QEMU, another number */
    int id;              /* libvirt's, of its QEMU; kept when libvirtd is started again (seen) */
    gint64 thread;       /* of its first vCPU, see guest_recognise(); 0: not known */
    GData *notes;        /* what commands remember about its QEMU */
} Guest;

/* What the command line decides. */
typedef struct {
    CommandTable commands;
    const char *const *qemu_lookers; /* HMP commands of QEMU that change nothing; NULL-terminated */
    const char *uri;                 /* the default connection; NULL: libvirt's choice */
    double timeout;                  /* seconds for one monitor command; 0: none */
    double patience;                 /* seconds for opening a connection, which then asks nobody for
                                      * a password; 0: any */
    char *const *environment;        /* that hmpsh was started with, for other programs */
    gboolean interactive;
    gboolean script_is_stdin; /* commands are read there, so it is nobody else's */
    gboolean read_only;
    gboolean keep_going;
    gboolean echo;
    /* Called on the main thread with each event of an attached guest; may be NULL. */
    void (*on_event)(Guest *guest, const MonitorEvent *event);
    /* Whether Ctrl-D at the prompt may end the shell; FALSE with the reason. May be NULL. */
    gboolean (*may_leave)(Session *session, GError **error);
} SessionSetup;

struct Session {
    SessionSetup setup;
    Bell *bell;
    Output *output;
    Screen *screen;           /* one of its own, which a command may draw on */
    Guest *current;           /* NULL: none */
    Guest *peer;              /* NULL: none */
    GError *absence;          /* why there is no current guest, for who needs one; or NULL */
    Answers *answers;         /* credentials */
    Courier *lookups;         /* asks libvirt for what a completer wants; NULL until then */
    GHashTable *connections;  /* URI ("" for the default) -> Connection */
    gint64 connect_end;       /* monotonic: connections are waited for until then; 0: for ever */
    gboolean leaving;         /* a command asked to leave */
    ExitStatus first_failure; /* with --keep-going */
    guint nested;             /* scripts that run scripts */
    guint64 lines;            /* commands that were run */
    guint64 incarnations;     /* guests that were attached to or got back */
    GString *captured; /* where results go instead of to the output; NULL: they are printed */
    char *prompt;      /* its format (prompt.h); NULL: the default one */
    char *pager;       /* its command (pager.h); "": none; NULL: as the environment has it */
    GData *notes;      /* what commands keep for the session's life */
};

/* @output is taken over; the strings of @setup must outlive the session. */
Session *session_new(const SessionSetup *setup, Output *output);

/* Detaches from everything and closes the connections; may block while libvirt does not answer. */
void session_close(Session *session);

/* Closes and frees it. */
void session_free(Session *session);

/* Whether a call that was given up is still with QEMU, so that session_free() may block. */
gboolean session_is_stuck(Session *session);

/* Makes @spec, NAME[@URI], the current guest, or with @as_peer its peer. HMPSH_ERROR_LOST or
 * _NO_GUEST. */
gboolean session_attach(Session *session, const char *spec, gboolean as_peer, GError **error);

/* Makes the only running guest the current one and says its name. HMPSH_ERROR_NO_GUEST when there
 * is none, or several: the message then lists them. */
gboolean session_attach_only(Session *session, GError **error);

/* Exchanges the current guest and its peer. */
void session_swap(Session *session);

/* Lets go of the current guest, or of the peer. */
void session_detach(Session *session, gboolean peer);

/* Keeps @why (taken over) as the reason why there is no guest: it is told by the first command that
 * needs one, since others can do without. */
void session_set_absence(Session *session, GError *why);

/* Gives up waiting for a monitor command after @seconds (0: never), at the guests that are attached
 * and those that will be. */
void session_set_timeout(Session *session, double seconds);

/* The current guest, for a command that needs one; one that was lost is looked for again. Borrowed.
 * HMPSH_ERROR_NO_GUEST or _LOST. */
Guest *session_guest(Session *session, GError **error);

/* The same for the peer; HMPSH_ERROR_FAILED for one that libvirt still receives (arrival.h). */
Guest *session_peer(Session *session, GError **error);

/* Adds a line of hmpsh's own, at a terminal broken between words. */
void session_say(Session *session, Reply *reply, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Adds a line that only a person at the prompt is told: what was set, and what it was before. */
void session_courtesy(Session *session, Reply *reply, const char *format, ...) G_GNUC_PRINTF(3, 4);
