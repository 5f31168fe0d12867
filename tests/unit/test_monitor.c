/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every test runs twice: with calls made directly, and made by a courier. */
#include "shell/monitor.h"

#include "shell/error.h"
#include "shell/replay.h"

static const char RECORDING[] = "> info status\n"
                                "VM status: running\n"
                                "> info qtree\n"
                                "bus: main-system-bus\n"
                                "\n"
                                "  type System\n"
                                "> stop\n"
                                "> migrate -d foo\n"
                                "Error: Parameter 'uri' expects a valid migration protocol\n"
                                "> migrate_set_speed x\n"
                                "invalid size\n"
                                "Try \"help migrate_set_speed\" for more information\n"
                                "> {\"execute\":\"query-status\"}\n"
                                "{\"return\":{\"status\":\"running\"},\"id\":\"libvirt-12\"}\n"
                                "> {\"execute\":\"stop\"}\n"
                                "{\"return\":{},\"id\":\"libvirt-13\"}\n"
                                "> {\"execute\":\"migrate\",\"arguments\":{\"uri\":\"tcp:h:1\"}}\n"
                                "{\"id\":\"libvirt-14\",\"error\":{\"class\":\"GenericError\","
                                "\"desc\":\"There's a migration process in progress\"}}\n"
                                "> {\"execute\":\"odd\"}\n"
                                "{\"error\":{\"class\":\"DeviceNotFound\"}}\n"
                                "> {\"execute\":\"broken\"}\n"
                                "{\"return\":\n"
                                "> { \"execute\" : \"query-name\" }\n"
                                "{\"return\":{\"name\":\"web01\"},\"id\":\"libvirt-15\"}\n"
                                "> once\n"
                                "first\n"
                                "> once\n"
                                "second\n";

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

static void assert_sent(Guest *guest, const char *expected)
{
    g_autofree char *sent = replay_sent(guest->monitor);

    g_assert_cmpstr(sent, ==, expected);
}

static void check_hmp(Guest *guest, const char *line, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = monitor_hmp(guest->monitor, line, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);
}

static void test_hmp(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *quick = NULL;

    check_hmp(guest, "info status", "VM status: running\n");
    check_hmp(guest, "info qtree", "bus: main-system-bus\n\n  type System\n");
    check_hmp(guest, "stop", "");
    quick = monitor_hmp_quickly(guest->monitor, "info status", 20000, NULL);
    g_assert_cmpstr(quick, ==, "VM status: running\n");
    assert_sent(guest, "info status\ninfo qtree\nstop\ninfo status\n");
    g_assert_cmpstr(monitor_name(guest->monitor), ==, "web01");
}

static void check_hmp_error(Guest *guest, const char *line, int code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(monitor_hmp(guest->monitor, line, &error));
    g_assert_error(error, HMPSH_ERROR, code);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_null(monitor_hmp_quickly(guest->monitor, line, 20000, NULL));
}

static void test_hmp_errors(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    check_hmp_error(guest, "migrate -d foo", HMPSH_ERROR_FAILED,
                    "Error: Parameter 'uri' expects a valid migration protocol");
    check_hmp_error(guest, "migrate_set_speed x", HMPSH_ERROR_FAILED,
                    "invalid size\nTry \"help migrate_set_speed\" for more information");
    check_hmp_error(guest, "nonsense", HMPSH_ERROR_NOT_FOUND, "unknown command: 'nonsense'");
    g_assert_null(monitor_lost(guest->monitor)); /* refused, not gone */
}

static void test_qmp(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) status = monitor_qmp(guest->monitor, "query-status", NULL, &error);
    g_autoptr(Json) nothing = monitor_qmp(guest->monitor, "stop", NULL, &error);
    g_autoptr(Json) quick = monitor_qmp_quickly(guest->monitor, "query-status", NULL, 20000, NULL);
    g_autofree char *status_text = json_text(status);
    g_autofree char *nothing_text = json_text(nothing);

    g_assert_no_error(error);
    g_assert_cmpstr(status_text, ==, "{\"status\":\"running\"}");
    g_assert_cmpstr(nothing_text, ==, "{}");
    g_assert_true(json_object_equal(status, quick));
    assert_sent(guest, "{\"execute\":\"query-status\"}\n{\"execute\":\"stop\"}\n"
                       "{\"execute\":\"query-status\"}\n");
}

static void check_qmp_error(Guest *guest, const char *name, Json *arguments, int code,
                            const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(monitor_qmp(guest->monitor, name, arguments, &error));
    g_assert_error(error, HMPSH_ERROR, code);
    if (message) {
        g_assert_cmpstr(error->message, ==, message);
    }
}

static void test_qmp_errors(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    check_qmp_error(guest, "migrate", json_dict("uri", json_object_new_string("tcp:h:1"), NULL),
                    HMPSH_ERROR_FAILED, "There's a migration process in progress");
    check_qmp_error(guest, "nope", NULL, HMPSH_ERROR_NOT_FOUND, "not in the recording");
    check_qmp_error(guest, "odd", NULL, HMPSH_ERROR_FAILED, "QEMU refused without a reason");
    check_qmp_error(guest, "broken", NULL, HMPSH_ERROR_SYNTAX, NULL);
    g_assert_null(monitor_qmp_quickly(guest->monitor, "nope", NULL, 20000, NULL));
    assert_sent(guest, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"tcp:h:1\"}}\n"
                       "{\"execute\":\"nope\"}\n{\"execute\":\"odd\"}\n{\"execute\":\"broken\"}\n"
                       "{\"execute\":\"nope\"}\n");
}

static void test_qmp_line(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) reply =
        monitor_qmp_line(guest->monitor, "{ \"execute\" : \"query-name\" }", &error);
    g_autofree char *text = json_text(reply);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, "{\"return\":{\"name\":\"web01\"}}");
    g_assert_null(monitor_qmp_line(guest->monitor, "{\"execute\":\"nope\"}", &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND);
    assert_sent(guest, "{ \"execute\" : \"query-name\" }\n{\"execute\":\"nope\"}\n");
}

/* The fixture itself: answers in turn, the last for ever. */
static void test_in_turn(Guest *guest, gconstpointer data G_GNUC_UNUSED)
{
    check_hmp(guest, "once", "first\n");
    check_hmp(guest, "once", "second\n");
    check_hmp(guest, "once", "second\n");
    check_hmp(guest, "info status", "VM status: running\n");
}

/* --- a guest that takes its time, or dies --- */

typedef struct {
    GMutex lock;
    GCond moved;
    gboolean open;
    gboolean freed;
} Slow;

static char *slow_call(gpointer backing, const char *text, gboolean hmp G_GNUC_UNUSED,
                       GError **error)
{
    Slow *slow = backing;

    g_mutex_lock(&slow->lock);
    while (!slow->open) {
        g_cond_wait(&slow->moved, &slow->lock);
    }
    g_mutex_unlock(&slow->lock);
    if (g_str_equal(text, "die")) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_LOST, "the link broke");
        return NULL;
    }
    return g_strdup(g_str_equal(text, "stop") ? "" : "a\r\nb\r\n");
}

static void slow_free(gpointer backing)
{
    Slow *slow = backing;

    g_mutex_lock(&slow->lock);
    slow->freed = TRUE;
    g_cond_broadcast(&slow->moved);
    g_mutex_unlock(&slow->lock);
}

static void slow_set(Slow *slow, gboolean open)
{
    g_mutex_lock(&slow->lock);
    slow->open = open;
    g_cond_broadcast(&slow->moved);
    g_mutex_unlock(&slow->lock);
}

static const MonitorMaker slow_maker = {slow_call, NULL, NULL, slow_free, NULL};

static void push_late(const char *text, gpointer data)
{
    g_async_queue_push(data, g_strdup(text));
}

static void check_late(Monitor *monitor, Slow *slow, const char *line, const char *begin,
                       const char *end)
{
    g_autoptr(GAsyncQueue) late = g_async_queue_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *pending = NULL;
    g_autofree char *text = NULL;
    double seconds = 0;

    slow_set(slow, FALSE);
    monitor_on_late(monitor, push_late, late);
    g_assert_null(monitor_hmp(monitor, line, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT);
    pending = monitor_pending(monitor, &seconds);
    g_assert_cmpstr(pending, ==, line);
    g_assert_cmpfloat(seconds, >, 0);
    slow_set(slow, TRUE);
    text = g_async_queue_timeout_pop(late, 20 * G_USEC_PER_SEC);
    g_test_message("%s", text);
    g_assert_true(g_str_has_prefix(text, begin));
    g_assert_true(g_str_has_suffix(text, end));
    monitor_on_late(monitor, NULL, NULL);
}

static void test_late(void)
{
    static Bell *volatile bell; /* outlives the courier, which ends by itself */
    Slow slow = {.open = FALSE};
    Monitor *monitor;
    double seconds;

    bell = bell_new();
    monitor = monitor_new(&slow_maker, &slow, "web01", bell);
    g_assert_null(monitor_pending(monitor, &seconds)); /* nor without a courier */
    monitor_be_patient(monitor, 0.02);
    check_late(monitor, &slow, "info x", "web01 answers 'info x' after 0.", " s:\na\nb\n");
    check_late(monitor, &slow, "stop", "web01 answers 'stop' after 0.", " s\n");
    check_late(monitor, &slow, "die", "web01: 'die' ended after 0.", " s: the link broke\n");

    slow_set(&slow, FALSE); /* a completer's call leaves no trace */
    g_assert_null(monitor_hmp_quickly(monitor, "info x", 10, NULL));
    g_assert_null(monitor_qmp_quickly(monitor, "query-commands", NULL, 10, NULL));
    g_assert_null(monitor_pending(monitor, &seconds));

    monitor_close(monitor); /* and does not hold anybody up */
    g_assert_false(slow.freed);
    slow_set(&slow, TRUE);
    g_mutex_lock(&slow.lock);
    while (!slow.freed) {
        g_cond_wait(&slow.moved, &slow.lock);
    }
    g_mutex_unlock(&slow.lock);
}

static void test_dies(gconstpointer patient)
{
    Bell *bell = bell_new();
    Slow slow = {.open = TRUE};
    Monitor *monitor = monitor_new(&slow_maker, &slow, "web01", bell);
    g_autoptr(GError) error = NULL;
    g_autofree char *lost = NULL;

    if (patient) {
        monitor_be_patient(monitor, 20);
    }
    g_assert_null(monitor_hmp(monitor, "die", &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
    lost = monitor_lost(monitor);
    g_assert_cmpstr(lost, ==, "the link broke");
    monitor_close(monitor);
    g_assert_true(slow.freed);
    bell_free(bell);
}

static void add(const char *name, void (*func)(Guest *, gconstpointer))
{
    g_autofree char *direct = g_strconcat("/monitor/direct/", name, NULL);
    g_autofree char *patient = g_strconcat("/monitor/patient/", name, NULL);

    g_test_add(direct, Guest, NULL, guest_set_up, func, guest_tear_down);
    g_test_add(patient, Guest, "patient", guest_set_up, func, guest_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("hmp", test_hmp);
    add("hmp-errors", test_hmp_errors);
    add("qmp", test_qmp);
    add("qmp-errors", test_qmp_errors);
    add("qmp-line", test_qmp_line);
    add("in-turn", test_in_turn);
    g_test_add_func("/monitor/late", test_late);
    g_test_add_data_func("/monitor/direct/dies", NULL, test_dies);
    g_test_add_data_func("/monitor/patient/dies", "patient", test_dies);
    return g_test_run();
}
