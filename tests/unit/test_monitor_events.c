/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events, with calls made directly and made by a courier. */
#include "shell/error.h"
#include "shell/monitor.h"
#include "shell/replay.h"

static const char RECORDING[] = "> event\n"
                                "! MIGRATION {\"status\":\"setup\"}\n"
                                "! STOP\n"
                                "! MIGRATION {\"status\":\"active\"}\n";

typedef struct {
    Bell *bell;
    Monitor *monitor;
} Guest;

static void guest_set_up(Guest *guest, gconstpointer patient)
{
    guest->bell = bell_new();
    guest->monitor = replay_new(RECORDING, "web01", guest->bell);
    if (patient) {
        monitor_be_patient(guest->monitor, 20);
    }
}

static void guest_tear_down(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    monitor_close(guest->monitor);
    bell_free(guest->bell);
}

/* The recording's three events, if anybody listens. */
static void make_events(Guest *guest)
{
    g_autofree char *text = monitor_hmp(guest->monitor, "event", NULL);

    g_assert_cmpstr(text, ==, "");
}

static void check_next(Guest *guest, guint64 *cursor, guint64 serial, const char *name,
                       const char *status)
{
    g_autoptr(MonitorEvent) event = monitor_next_event(guest->monitor, cursor);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->serial, ==, serial);
    g_assert_cmpuint(*cursor, ==, serial);
    g_assert_cmpstr(event->name, ==, name);
    g_assert_cmpstr(json_get_string(event->data, "status"), ==, status);
    g_assert_cmpint(event->received, <=, g_get_monotonic_time());
    g_assert_cmpint(event->received, >, g_get_monotonic_time() - 60 * G_USEC_PER_SEC);
}

static void collect(const MonitorEvent *event, gpointer data)
{
    g_string_append_printf(data, "%" G_GUINT64_FORMAT " %s\n", event->serial, event->name);
}

static void test_events(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GString) told = g_string_new(NULL);
    guint64 cursor = 0;
    guint64 other = 2;

    make_events(guest); /* nobody listens yet */
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 0);
    g_assert_null(monitor_next_event(guest->monitor, &cursor));
    g_assert_cmpuint(cursor, ==, 0);

    monitor_on_event(guest->monitor, collect, told);
    g_assert_true(monitor_listen(guest->monitor, NULL));
    g_assert_true(monitor_listen(guest->monitor, NULL));
    make_events(guest);
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 3);
    check_next(guest, &cursor, 1, "MIGRATION", "setup");
    check_next(guest, &cursor, 2, "STOP", NULL);
    check_next(guest, &cursor, 3, "MIGRATION", "active");
    g_assert_null(monitor_next_event(guest->monitor, &cursor));
    g_assert_cmpuint(cursor, ==, 3);
    check_next(guest, &other, 3, "MIGRATION", "active"); /* each its own cursor */
    make_events(guest);
    check_next(guest, &cursor, 4, "MIGRATION", "setup");
    g_assert_cmpstr(told->str, ==,
                    "1 MIGRATION\n2 STOP\n3 MIGRATION\n4 MIGRATION\n5 STOP\n6 MIGRATION\n");
}

static void test_ring(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    guint64 cursor = 0;
    int count = 1;

    for (int i = 1; i <= 2003; i++) {
        monitor_take_event(guest->monitor, i <= 3 ? "OLD" : "NEW", NULL, i);
    }
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 2003);
    check_next(guest, &cursor, 4, "NEW", NULL); /* the oldest that is left */
    for (;;) {
        g_autoptr(MonitorEvent) event = monitor_next_event(guest->monitor, &cursor);

        if (!event) {
            break;
        }
        count++;
        g_assert_cmpint(event->stamp, ==, (gint64)event->serial);
    }
    g_assert_cmpint(count, ==, 2000);
    g_assert_cmpuint(cursor, ==, 2003);
}

/* What happens soon, on another thread. */
static gpointer event_soon(gpointer data)
{
    Guest *guest = data;

    g_usleep(30 * 1000);
    monitor_take_event(guest->monitor, "RESUME", NULL, 0);
    return NULL;
}

static gpointer interrupt_soon(gpointer data)
{
    g_usleep(30 * 1000);
    bell_interrupt(((Guest *)data)->bell);
    return NULL;
}

static gpointer loss_soon(gpointer data)
{
    g_usleep(30 * 1000);
    monitor_set_lost(((Guest *)data)->monitor, "its QEMU was killed");
    return NULL;
}

static gboolean wait_while(Guest *guest, GThreadFunc soon, guint64 serial, GError **error)
{
    GThread *thread = g_thread_new("soon", soon, guest);
    gboolean fine = monitor_wait_event(guest->monitor, serial, NULL, G_MAXINT64, error);

    g_thread_join(thread);
    return fine;
}

static void test_wait(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    gint64 end = g_get_monotonic_time() + 30 * 1000;

    g_assert_true(monitor_wait_event(guest->monitor, 0, NULL, end, &error)); /* nothing came */
    g_assert_no_error(error);
    g_assert_cmpint(g_get_monotonic_time(), >=, end);
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 0);

    g_assert_true(wait_while(guest, event_soon, 0, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 1);
    g_assert_true(
        monitor_wait_event(guest->monitor, 0, NULL, G_MAXINT64, &error)); /* it is there */

    g_assert_false(wait_while(guest, interrupt_soon, 1, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
    g_clear_error(&error);
    bell_rearm(guest->bell);

    g_assert_null(monitor_lost(guest->monitor));
    g_assert_false(wait_while(guest, loss_soon, 1, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
    g_assert_cmpstr(error->message, ==, "guest 'web01' is gone: its QEMU was killed");
    g_assert_true(
        monitor_wait_event(guest->monitor, 0, NULL, G_MAXINT64, NULL)); /* what is there stays */
}

static void test_lost(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *first = NULL;

    monitor_set_lost(guest->monitor, "it was shut down");
    monitor_set_lost(guest->monitor, "something else"); /* the first reason stays */
    first = monitor_lost(guest->monitor);
    g_assert_cmpstr(first, ==, "guest 'web01' is gone: it was shut down");
}

/* The link is not the guest; what was known first stays, but for a guest that moved. */
static void test_cut(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lost = NULL;

    g_assert_false(monitor_is_cut(guest->monitor));
    monitor_set_cut(guest->monitor, "lost the connection");
    g_assert_true(monitor_is_cut(guest->monitor));
    g_assert_false(monitor_wait_event(guest->monitor, 0, NULL, G_MAXINT64, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
    g_assert_cmpstr(error->message, ==, "lost the connection");
    monitor_set_lost(guest->monitor, "it was killed");
    lost = monitor_lost(guest->monitor);
    g_assert_cmpstr(lost, ==, "lost the connection");
    g_assert_true(monitor_is_cut(guest->monitor));
    monitor_set_moved(guest->monitor);
    g_assert_false(monitor_is_cut(guest->monitor));
}

static void test_killed_is_not_cut(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    monitor_set_lost(guest->monitor, "it was killed");
    monitor_set_cut(guest->monitor, "lost the connection");
    g_assert_false(monitor_is_cut(guest->monitor));
}

static void test_continue(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    Guest next = {guest->bell, replay_new(RECORDING, "web01", guest->bell)};
    guint64 cursor = 2;

    g_assert_true(monitor_listen(guest->monitor, NULL));
    g_assert_false(monitor_listens(next.monitor));
    make_events(guest);
    monitor_continue(next.monitor, guest->monitor);
    g_assert_cmpuint(monitor_newest_event(guest->monitor), ==, 0);
    g_assert_true(monitor_listen(next.monitor, NULL));
    g_assert_true(monitor_listens(next.monitor));
    make_events(&next);
    check_next(&next, &cursor, 3, "MIGRATION", "active");
    check_next(&next, &cursor, 4, "MIGRATION", "setup");
    monitor_close(next.monitor);
}

static void add(const char *name, void (*func)(Guest *, gconstpointer))
{
    g_autofree char *direct = g_strconcat("/monitor-events/direct/", name, NULL);
    g_autofree char *patient = g_strconcat("/monitor-events/patient/", name, NULL);

    g_test_add(direct, Guest, NULL, guest_set_up, func, guest_tear_down);
    g_test_add(patient, Guest, "patient", guest_set_up, func, guest_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("events", test_events);
    add("ring", test_ring);
    add("wait", test_wait);
    add("lost", test_lost);
    add("cut", test_cut);
    add("killed-is-not-cut", test_killed_is_not_cut);
    add("continue", test_continue);
    return g_test_run();
}
