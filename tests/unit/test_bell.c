/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/bell.h"

static Bell *bell;

static double seconds_since(gint64 begin)
{
    return (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

static gpointer interrupt_soon(gpointer data)
{
    gint64 *when = data;

    g_usleep(30 * 1000);
    *when = g_get_monotonic_time();
    bell_interrupt(bell);
    return NULL;
}

static void test_sleep(void)
{
    g_autoptr(GError) error = NULL;
    gint64 begin = g_get_monotonic_time();
    gint64 when;
    GThread *thread;

    bell_rearm(bell);
    g_assert_true(bell_sleep(bell, begin + 30 * 1000, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(seconds_since(begin), >=, 0.03);
    g_assert_true(bell_sleep(bell, begin, NULL));

    begin = g_get_monotonic_time();
    thread = g_thread_new("interrupt", interrupt_soon, &when);
    g_assert_false(bell_sleep(bell, G_MAXINT64, &error));
    g_thread_join(thread);
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
    g_assert_cmpfloat(seconds_since(begin), >=, 0.03);
    g_assert_false(bell_sleep(bell, G_MAXINT64, NULL)); /* still */
    bell_rearm(bell);
    g_assert_true(bell_sleep(bell, g_get_monotonic_time() + 1000, NULL));
}

static gpointer ring_soon(gpointer data)
{
    gboolean *changed = data;

    g_usleep(20 * 1000);
    bell_lock(bell);
    *changed = TRUE;
    bell_ring(bell);
    bell_unlock(bell);
    return NULL;
}

static void test_ring(void)
{
    gboolean changed = FALSE;
    GThread *thread = g_thread_new("ring", ring_soon, &changed);

    bell_lock(bell);
    while (!changed) {
        g_assert_true(bell_wait(bell, G_MAXINT64));
    }
    g_assert_false(bell_wait(bell, g_get_monotonic_time() + 1000));
    g_assert_false(bell_wait(bell, g_get_monotonic_time() - 1000));
    g_assert_false(bell_interrupted(bell));
    bell_unlock(bell);
    g_thread_join(thread);
}

static void test_end(void)
{
    gint64 now = g_get_monotonic_time();
    gint64 end = bell_end(1.5);

    g_assert_cmpint(end - now, >=, 1500000);
    g_assert_cmpint(end - g_get_monotonic_time(), <=, 1500000);
    g_assert_true(bell_end(0) == G_MAXINT64);
    g_assert_true(bell_end(-3) == G_MAXINT64);
    g_assert_true(bell_end(1e300) == G_MAXINT64);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    bell = bell_new();
    g_test_add_func("/bell/sleep", test_sleep);
    g_test_add_func("/bell/ring", test_ring);
    g_test_add_func("/bell/end", test_end);
    status = g_test_run();
    bell_free(bell);
    return status;
}
