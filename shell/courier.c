/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/courier.h"

#include <glib/gi18n.h>

struct Courier {
    Bell *bell;
    char *subject;
    GThread *thread;
    CourierLate late;
    gpointer late_data;
    /* below: under the bell's lock */
    Errand *errand;    /* on its way; NULL when idle */
    gint64 since;      /* monotonic time of its start, microseconds */
    gboolean done;     /* the errand is back and waits for its owner */
    gboolean given_up; /* nobody waits for it any more */
    gboolean quiet;    /* ... and nobody needs to know */
    gboolean leaving;
};

static double age_of(const Courier *courier)
{
    return (double)(g_get_monotonic_time() - courier->since) / G_USEC_PER_SEC;
}

static void forget_errand(Courier *courier)
{
    courier->errand = NULL;
    courier->done = courier->given_up = courier->quiet = FALSE;
    bell_ring(courier->bell);
}

/* Takes an errand that nobody waits for to its end. Called and left with the lock held. */
static void end_given_up(Courier *courier)
{
    Errand *errand = courier->errand;
    double seconds = age_of(courier);
    gboolean tell = !courier->quiet && !courier->leaving && courier->late;

    forget_errand(courier);
    bell_unlock(courier->bell);
    if (tell) {
        courier->late(errand, seconds, courier->late_data);
    }
    errand->discard(errand);
    bell_lock(courier->bell);
}

static gpointer courier_main(gpointer data)
{
    Courier *courier = data;

    bell_lock(courier->bell);
    while (!courier->leaving) {
        if (!courier->errand || courier->done) {
            bell_wait(courier->bell, G_MAXINT64);
            continue;
        }
        bell_unlock(courier->bell);
        courier->errand->run(courier->errand);
        bell_lock(courier->bell);
        if (courier->given_up) {
            end_given_up(courier);
        } else {
            courier->done = TRUE;
            bell_ring(courier->bell);
        }
    }
    if (courier->errand && courier->given_up) { /* before it was begun */
        end_given_up(courier);
    }
    bell_unlock(courier->bell);
    g_free(courier->subject);
    g_free(courier);
    return NULL;
}

Courier *courier_new(Bell *bell, const char *subject)
{
    Courier *courier = g_new0(Courier, 1);

    courier->bell = bell;
    courier->subject = g_strdup(subject);
    courier->thread = g_thread_new("courier", courier_main, courier);
    return courier;
}

void courier_free(Courier *courier)
{
    GThread *thread = courier->thread;
    gboolean busy;

    bell_lock(courier->bell);
    courier->leaving = TRUE;
    busy = courier->errand != NULL;
    bell_ring(courier->bell);
    bell_unlock(courier->bell);
    if (busy) {
        g_thread_unref(thread);
    } else {
        g_thread_join(thread);
    }
}

void courier_on_late(Courier *courier, CourierLate late, gpointer data)
{
    courier->late = late;
    courier->late_data = data;
}

/* Waits until the courier is idle. Lock held. */
static gboolean wait_for_turn(Courier *courier, const Patience *patience, gint64 end,
                              GError **error)
{
    if (bell_interrupted(courier->bell)) { /* nothing is begun after Ctrl-C */
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
        return FALSE;
    }
    while (courier->errand) {
        if (courier->given_up && !courier->quiet) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_PENDING,
                        _("%s still works on '%s', sent %.0f s ago; nothing else can be sent to it "
                          "until that is answered"),
                        courier->subject, courier->errand->name, age_of(courier));
            return FALSE;
        }
        if (bell_interrupted(courier->bell)) {
            courier->quiet &= patience->quiet;
            g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
            return FALSE;
        }
        if (!bell_wait(courier->bell, end) && courier->errand) {
            courier->quiet &= patience->quiet;
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT, _("%s does not answer"),
                        courier->subject);
            return FALSE;
        }
    }
    return TRUE;
}

/* Waits until the errand is done, or @end comes, @seconds after the beginning. Lock held. */
static gboolean wait_for_errand(Courier *courier, gint64 end, double seconds, GError **error)
{
    while (!courier->done) {
        if (bell_interrupted(courier->bell)) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED,
                        _("interrupted: '%s' was sent to %s and is pending until it answers"),
                        courier->errand->name, courier->subject);
            return FALSE;
        }
        if (!bell_wait(courier->bell, end) && !courier->done) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT,
                        _("%s did not answer '%s' within %.3g s"), courier->subject,
                        courier->errand->name, seconds);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean courier_run(Courier *courier, Errand *errand, const Patience *patience, GError **error)
{
    gint64 end = bell_end(patience->seconds);
    gboolean done;

    bell_lock(courier->bell);
    if (!wait_for_turn(courier, patience, end, error)) {
        bell_unlock(courier->bell);
        errand->discard(errand);
        return FALSE;
    }
    courier->errand = errand;
    courier->since = g_get_monotonic_time();
    bell_ring(courier->bell);
    done = wait_for_errand(courier, end, patience->seconds, error);
    if (done) {
        forget_errand(courier);
    } else {
        courier->given_up = TRUE;
        courier->quiet = patience->quiet;
    }
    bell_unlock(courier->bell);
    return done;
}

char *courier_pending(Courier *courier, double *seconds)
{
    char *name = NULL;

    bell_lock(courier->bell);
    if (courier->errand && courier->given_up && !courier->quiet) {
        name = g_strdup(courier->errand->name);
        *seconds = age_of(courier);
    }
    bell_unlock(courier->bell);
    return name;
}

gboolean courier_is_busy(Courier *courier)
{
    gboolean busy;

    bell_lock(courier->bell);
    busy = courier->errand != NULL;
    bell_unlock(courier->bell);
    return busy;
}
