/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/bell.h"

#include <glib/gi18n.h>

struct Bell {
    GMutex lock;
    GCond rung;
    gboolean interrupted;
};

Bell *bell_new(void)
{
    Bell *bell = g_new0(Bell, 1);

    g_mutex_init(&bell->lock);
    g_cond_init(&bell->rung);
    return bell;
}

void bell_free(Bell *bell)
{
    g_mutex_clear(&bell->lock);
    g_cond_clear(&bell->rung);
    g_free(bell);
}

void bell_lock(Bell *bell)
{
    g_mutex_lock(&bell->lock);
}

void bell_unlock(Bell *bell)
{
    g_mutex_unlock(&bell->lock);
}

void bell_ring(Bell *bell)
{
    g_cond_broadcast(&bell->rung);
}

gboolean bell_wait(Bell *bell, gint64 end)
{
    if (end == G_MAXINT64) {
        g_cond_wait(&bell->rung, &bell->lock);
        return TRUE;
    }
    return g_cond_wait_until(&bell->rung, &bell->lock, end);
}

void bell_interrupt(Bell *bell)
{
    bell_lock(bell);
    bell->interrupted = TRUE;
    bell_ring(bell);
    bell_unlock(bell);
}

gboolean bell_interrupted(Bell *bell)
{
    return bell->interrupted;
}

void bell_rearm(Bell *bell)
{
    bell_lock(bell);
    bell->interrupted = FALSE;
    bell_unlock(bell);
}

gboolean bell_check_interrupted(Bell *bell, GError **error)
{
    gboolean interrupted;

    bell_lock(bell);
    interrupted = bell->interrupted;
    bell_unlock(bell);
    if (interrupted) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED, _("interrupted"));
    }
    return interrupted;
}

gboolean bell_sleep(Bell *bell, gint64 end, GError **error)
{
    bell_lock(bell);
    while (!bell->interrupted && bell_wait(bell, end)) {
    }
    bell_unlock(bell);
    return !bell_check_interrupted(bell, error);
}

gint64 bell_end(double seconds)
{
    if (seconds <= 0 || seconds > 1e9) {
        return G_MAXINT64;
    }
    return g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
}
