/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A courier: a thread that makes the calls which may never come back (libvirt waits without a limit
 * for a QEMU that is stopped), so that whoever asked can stop waiting. One errand at a time; an
 * errand that was given up goes on and keeps the courier busy: it is pending. */
#pragma once

#include <glib.h>

#include "shell/bell.h"

typedef struct Courier Courier;
typedef struct Errand Errand;

/* An errand is embedded as the first member of what it works on. */
struct Errand {
    void (*run)(Errand *errand);     /* on the courier's thread; may block */
    void (*discard)(Errand *errand); /* frees it; called by the courier for one that was given up */
    const char *name;                /* what pends, for messages; owned by the errand */
};

/* How long a caller waits. */
typedef struct {
    double seconds; /* 0: without a limit */
    gboolean
        quiet; /* giving up is no news: a later errand waits for this one's end (a completer's) */
} Patience;

/* Called on the courier's thread when an errand that was given up has come to its end at last. */
typedef void (*CourierLate)(Errand *errand, double seconds, gpointer data);

/* @subject names whom the errands go to ("guest 'web01'"); copied. @bell must outlive the courier's
 * last errand: see courier_free(). */
Courier *courier_new(Bell *bell, const char *subject);

/* The courier ends after the errand that it is on; it is freed then. */
void courier_free(Courier *courier);

void courier_on_late(Courier *courier, CourierLate late, gpointer data);

/* Runs @errand and waits for it. TRUE: it is done and the caller's again. FALSE: it now belongs to
 * the courier, and @error is HMPSH_ERROR_PENDING (an earlier errand is pending: this one was not
 * begun), HMPSH_ERROR_TIMEOUT or HMPSH_ERROR_INTERRUPTED. */
gboolean courier_run(Courier *courier, Errand *errand, const Patience *patience, GError **error);

/* What is pending, and since when: its name, or NULL when nothing is; @seconds gets the age. The
 * caller frees the name. An errand given up quietly is not reported. */
char *courier_pending(Courier *courier, double *seconds);

/* Whether it is on an errand, be that given up quietly or not: courier_free() would not wait. */
gboolean courier_is_busy(Courier *courier);
