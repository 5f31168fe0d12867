/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/regain.h"

#include <glib/gi18n.h>

#include "shell/error.h"
#include "shell/guest.h"

static const double LONGEST_S = 30;

enum {
    FIRST_PAUSE_US = G_USEC_PER_SEC / 4,
    LONGEST_PAUSE_US = 2 * G_USEC_PER_SEC,
    OTHER_US = 2 * G_USEC_PER_SEC, /* for the other guest's connection */
    /* a libvirtd that has just been started may not have found its guests yet (11.3: seen) */
    GONE_US = 3 * G_USEC_PER_SEC,
};

static void note(Session *session, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void note(Session *session, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list list;

    va_start(list, format);
    text = g_strdup_vprintf(format, list);
    va_end(list);
    output_note(session->output, text);
}

/* Tries until @guest is back, found to be gone, or @end has come; *@why is the last failure. */
static gboolean try_until(Session *session, Guest *guest, gint64 end, GError **why)
{
    gint64 pause = FIRST_PAUSE_US;
    gint64 gone = 0; /* since when the guest is not there, while libvirt is */

    for (;;) {
        g_autoptr(GError) before = g_steal_pointer(why);
        gint64 now;

        if (guest_get_back(guest, FALSE, why)) {
            return TRUE;
        }
        if (before && g_error_matches(*why, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT)) {
            g_clear_error(why); /* a last try, cut short: the one before tells more */
            *why = g_steal_pointer(&before);
        }
        now = g_get_monotonic_time();
        if (!g_error_matches(*why, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST)) {
            gone = 0;
        } else if (gone == 0) {
            gone = now;
            pause = FIRST_PAUSE_US;
        }
        if (g_error_matches(*why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED) ||
            (gone && now - gone >= GONE_US) || now >= end) {
            return FALSE;
        }
        if (bell_check_interrupted(session->bell, NULL) ||
            !bell_sleep(session->bell, MIN(now + pause, end), NULL)) {
            g_clear_error(why);
            bell_check_interrupted(session->bell, why);
            return FALSE;
        }
        pause = MIN(2 * pause, LONGEST_PAUSE_US);
    }
}

/* Passes on @why (taken over) as what became of a guest that was lost as @lost says. */
static void explain(const char *lost, double seconds, GError *why, GError **error)
{
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED)) {
        g_propagate_error(error, why);
        return;
    }
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("%s, and then: %s"), lost,
                    why->message);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST,
                    _("%s, and it did not come back within %.3g s: %s"), lost, seconds,
                    why->message);
    }
    g_error_free(why);
}

gboolean session_regain(Session *session, Guest *guest, double seconds, GError **error)
{
    double limit = seconds < 0 ? LONGEST_S : MIN(seconds, LONGEST_S);
    gint64 begun = g_get_monotonic_time();
    g_autofree char *told = monitor_lost(guest->monitor);
    const char *lost = told ? told : _("lost the connection to libvirt");
    Guest *other = guest == session->current ? session->peer : session->current;
    g_autoptr(GError) why = NULL;
    gboolean back;

    note(session, _("%s: %s; trying to get it back for %.3g s"), guest->name, lost, limit);
    session->connect_end = begun + (gint64)(limit * G_USEC_PER_SEC);
    back = try_until(session, guest, session->connect_end, &why);
    if (back && other && monitor_is_cut(other->monitor)) { /* it can be done without */
        session->connect_end = g_get_monotonic_time() + OTHER_US;
        guest_get_back(other, FALSE, NULL);
    }
    session->connect_end = 0;
    if (!back) {
        explain(lost, limit, g_steal_pointer(&why), error);
        return FALSE;
    }
    note(session, _("%s: connected to %s again after %.1f s"), guest->name,
         connection_uri(guest->home), (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC);
    return TRUE;
}

Guest *session_guest_waiting(Session *session, double seconds, GError **error)
{
    Guest *guest = session->current;

    if (guest && seconds != 0 && monitor_is_cut(guest->monitor) &&
        !session_regain(session, guest, seconds, error)) {
        return NULL;
    }
    return session_guest(session, error);
}
