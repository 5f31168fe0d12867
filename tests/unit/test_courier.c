/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errands here wait at a gate that the test opens, as a call waits for a QEMU that is stopped.
 */
#include "shell/courier.h"

#include <string.h>

/* One for all tests: a courier that was freed while it was busy rings it a last time. */
static Bell *bell;

/* Where errands wait, and what became of them. */
typedef struct {
    GMutex lock;
    GCond moved;
    gboolean open;
    int begun;
    int ended;
    int late;
    int discarded;
    GThread *thread; /* of the last errand */
    char *late_name;
    double late_seconds;
} Gate;

typedef struct {
    Errand errand; /* first */
    Gate *gate;
} Job;

typedef struct {
    Gate gate;
    Courier *courier;
} Post;

static void gate_set(Gate *gate, gboolean open)
{
    g_mutex_lock(&gate->lock);
    gate->open = open;
    g_cond_broadcast(&gate->moved);
    g_mutex_unlock(&gate->lock);
}

static void gate_count(Gate *gate, int *counter)
{
    g_mutex_lock(&gate->lock);
    (*counter)++;
    g_cond_broadcast(&gate->moved);
    g_mutex_unlock(&gate->lock);
}

static int gate_read(Gate *gate, const int *counter)
{
    int value;

    g_mutex_lock(&gate->lock);
    value = *counter;
    g_mutex_unlock(&gate->lock);
    return value;
}

static void gate_wait(Gate *gate, const int *counter, int value)
{
    gint64 end = bell_end(20);

    g_mutex_lock(&gate->lock);
    while (*counter < value) {
        g_assert_true(g_cond_wait_until(&gate->moved, &gate->lock, end));
    }
    g_assert_cmpint(*counter, ==, value);
    g_mutex_unlock(&gate->lock);
}

static void job_run(Errand *errand)
{
    Gate *gate = ((Job *)errand)->gate;

    gate->thread = g_thread_self();
    gate_count(gate, &gate->begun);
    g_mutex_lock(&gate->lock);
    while (!gate->open) {
        g_cond_wait(&gate->moved, &gate->lock);
    }
    g_mutex_unlock(&gate->lock);
    gate_count(gate, &gate->ended);
}

static void job_discard(Errand *errand)
{
    Gate *gate = ((Job *)errand)->gate;

    g_free(errand);
    gate_count(gate, &gate->discarded);
}

static void job_late(Errand *errand, double seconds, gpointer data)
{
    Gate *gate = data;

    g_assert_true(((Job *)errand)->gate == gate); /* not discarded yet */
    g_free(gate->late_name);
    gate->late_name = g_strdup(errand->name);
    gate->late_seconds = seconds;
    gate_count(gate, &gate->late);
}

static Errand *job_new(Gate *gate, const char *name)
{
    Job *job = g_new(Job, 1);

    *job = (Job){{job_run, job_discard, name}, gate};
    return &job->errand;
}

/* Runs an errand to the gate; what it ends in is freed here when it is the caller's again. */
static gboolean post(Post *post_office, const char *name, double seconds, gboolean quiet,
                     GError **error)
{
    Errand *errand = job_new(&post_office->gate, name);
    const Patience patience = {seconds, quiet};
    gboolean done = courier_run(post_office->courier, errand, &patience, error);

    if (done) {
        g_free(errand);
    }
    return done;
}

static void post_set_up(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    bell_rearm(bell);
    g_mutex_init(&post_office->gate.lock);
    g_cond_init(&post_office->gate.moved);
    post_office->courier = courier_new(bell, "guest 'web01'");
    courier_on_late(post_office->courier, job_late, &post_office->gate);
}

static void post_tear_down(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    gate_set(&post_office->gate, TRUE);
    if (post_office->courier) {
        bell_rearm(bell);
        g_assert_true(post(post_office, "the last", 0, FALSE, NULL));
        courier_free(post_office->courier);
    }
    g_free(post_office->gate.late_name);
    g_mutex_clear(&post_office->gate.lock);
    g_cond_clear(&post_office->gate.moved);
}

static double seconds_since(gint64 begin)
{
    return (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

static void assert_pending(Post *post_office, const char *expected)
{
    double seconds = -1;
    g_autofree char *name = courier_pending(post_office->courier, &seconds);

    g_assert_cmpstr(name, ==, expected);
    if (expected) {
        g_assert_cmpfloat(seconds, >=, 0);
    } else {
        g_assert_cmpfloat(seconds, ==, -1);
    }
}

static void test_done(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    g_autoptr(GError) error = NULL;

    gate_set(gate, TRUE);
    for (int i = 1; i <= 20; i++) {
        g_assert_true(post(post_office, "info status", i % 2 ? 0 : 10, i % 3 == 0, &error));
        g_assert_no_error(error);
        g_assert_cmpint(gate_read(gate, &gate->ended), ==, i);
    }
    g_assert_true(gate->thread != g_thread_self());
    assert_pending(post_office, NULL);
    g_assert_cmpint(gate->discarded, ==, 0);
    g_assert_cmpint(gate->late, ==, 0);
}

static void test_timeout(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    g_autoptr(GError) error = NULL;
    gint64 begin = g_get_monotonic_time();

    g_assert_false(post(post_office, "info migrate", 0.05, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT);
    g_assert_true(
        g_str_has_prefix(error->message, "guest 'web01' did not answer 'info migrate' within "));
    g_assert_cmpfloat(seconds_since(begin), >=, 0.05);
    assert_pending(post_office, "info migrate");
    g_assert_cmpint(gate_read(gate, &gate->discarded), ==, 0);

    gate_set(gate, TRUE);
    gate_wait(gate, &gate->discarded, 1);
    assert_pending(post_office, NULL);
    g_assert_true(post(post_office, "info status", 10, FALSE, NULL));
    g_assert_cmpint(gate->late, ==, 1);
    g_assert_cmpstr(gate->late_name, ==, "info migrate");
    g_assert_cmpfloat(gate->late_seconds, >=, 0.05);
    g_assert_cmpint(gate->discarded, ==, 1);
    g_assert_cmpint(gate->ended, ==, 2);
}

static void test_pending(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    double seconds;

    g_assert_false(post(post_office, "info migrate", 0.02, FALSE, NULL));
    for (int i = 1; i <= 3; i++) {
        g_autoptr(GError) error = NULL;
        gint64 begin = g_get_monotonic_time();

        g_assert_false(post(post_office, "info status", i == 3 ? 10 : 0, i == 3, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_PENDING);
        g_assert_true(
            g_str_has_prefix(error->message, "guest 'web01' still works on 'info migrate', sent "));
        g_assert_true(g_str_has_suffix(
            error->message, " s ago; nothing else can be sent to it until that is answered"));
        g_assert_cmpfloat(seconds_since(begin), <, 5);
        g_assert_cmpint(gate_read(gate, &gate->discarded), ==, i);
    }
    g_usleep(20 * 1000);
    g_free(courier_pending(post_office->courier, &seconds));
    g_assert_cmpfloat(seconds, >=, 0.04);

    gate_set(gate, TRUE);
    gate_wait(gate, &gate->discarded, 4);
    g_assert_cmpint(gate_read(gate, &gate->begun), ==, 1); /* the refused ones never */
    g_assert_cmpint(gate_read(gate, &gate->late), ==, 1);
}

static gpointer interrupt_soon(gpointer data)
{
    gint64 *when = data;

    g_usleep(30 * 1000);
    *when = g_get_monotonic_time();
    bell_interrupt(bell);
    return NULL;
}

static void test_interrupt(Post *post_office, gconstpointer data)
{
    Gate *gate = &post_office->gate;
    gboolean quiet = GPOINTER_TO_INT(data);
    double quickest = G_MAXDOUBLE;

    for (int i = 1; i <= 5; i++) {
        g_autoptr(GError) error = NULL;
        gint64 when;
        GThread *thread = g_thread_new("interrupt", interrupt_soon, &when);

        g_assert_false(post(post_office, "stop", i % 2 ? 0 : 60, quiet, &error));
        g_thread_join(thread);
        quickest = MIN(quickest, seconds_since(when));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
        g_assert_cmpstr(error->message, ==,
                        "interrupted: 'stop' was sent to guest 'web01' and is pending until it "
                        "answers");
        assert_pending(post_office, quiet ? NULL : "stop");
        gate_set(gate, TRUE);
        gate_wait(gate, &gate->discarded, i);
        gate_set(gate, FALSE);
        g_assert_cmpint(gate_read(gate, &gate->late), ==, quiet ? 0 : i);
        bell_rearm(bell);
    }
    g_assert_cmpfloat(quickest, <, 0.1);
}

/* Ctrl-C holds until the bell is armed again. */
static void test_interrupted_before(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    g_autoptr(GError) error = NULL;

    bell_interrupt(bell);
    g_assert_false(post(post_office, "cont", 0, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
    bell_rearm(bell);
    gate_set(gate, TRUE);
    gate_wait(gate, &gate->discarded, 1);
    g_assert_true(post(post_office, "cont", 0, FALSE, NULL));
}

static gpointer open_soon(gpointer data)
{
    g_usleep(60 * 1000);
    gate_set(data, TRUE);
    return NULL;
}

static void test_quiet(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    g_autoptr(GError) error = NULL;
    GThread *thread;

    g_assert_false(post(post_office, "help", 0.02, TRUE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT);
    g_clear_error(&error);
    assert_pending(post_office, NULL);

    thread = g_thread_new("open", open_soon, gate);
    g_assert_true(post(post_office, "info status", 20, FALSE, &error));
    g_assert_no_error(error);
    g_thread_join(thread);
    g_assert_cmpint(gate->ended, ==, 2); /* one after the other */
    gate_wait(gate, &gate->discarded, 1);
    g_assert_cmpint(gate_read(gate, &gate->late), ==, 0);
}

/* Giving up on Tab again and again leaves no trace either. */
static void test_quiet_again(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    GThread *thread;

    g_assert_false(post(post_office, "help", 0.02, TRUE, NULL));
    for (int i = 1; i <= 3; i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(post(post_office, "help info", 0.02, TRUE, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT);
        g_assert_cmpint(gate_read(gate, &gate->discarded), ==, i);
        assert_pending(post_office, NULL);
    }
    thread = g_thread_new("open", open_soon, gate);
    g_assert_true(post(post_office, "info status", 20, FALSE, NULL));
    g_thread_join(thread);
    gate_wait(gate, &gate->discarded, 4);
    g_assert_cmpint(gate_read(gate, &gate->begun), ==, 2);
    g_assert_cmpint(gate_read(gate, &gate->late), ==, 0);
}

/* A command that waited in vain for a completer's errand makes that one known. */
static void test_quiet_in_the_way(Post *post_office, gconstpointer data)
{
    Gate *gate = &post_office->gate;
    gboolean interrupt = GPOINTER_TO_INT(data);
    g_autoptr(GError) error = NULL;

    g_assert_false(post(post_office, "help", 0.02, TRUE, NULL));
    if (interrupt) {
        gint64 when;
        GThread *thread = g_thread_new("interrupt", interrupt_soon, &when);

        g_assert_false(post(post_office, "info status", 0, FALSE, &error));
        g_thread_join(thread);
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_INTERRUPTED);
    } else {
        g_assert_false(post(post_office, "info status", 0.02, FALSE, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_TIMEOUT);
        g_assert_cmpstr(error->message, ==, "guest 'web01' does not answer");
    }
    g_assert_cmpint(gate_read(gate, &gate->discarded), ==, 1);
    assert_pending(post_office, "help");
    gate_set(gate, TRUE);
    gate_wait(gate, &gate->discarded, 2);
    g_assert_cmpint(gate_read(gate, &gate->begun), ==, 1);
    g_assert_cmpint(gate_read(gate, &gate->late), ==, 1);
}

/* Holds the bell's lock from before an errand's end until after its caller's patience. */
static gpointer hold_bell(gpointer data)
{
    Gate *gate = data;

    gate_wait(gate, &gate->begun, 1);
    bell_lock(bell);
    gate_set(gate, TRUE);
    gate_wait(gate, &gate->ended, 1);
    g_usleep(120 * 1000);
    bell_unlock(bell);
    return NULL;
}

/* The errand comes back in the moment in which its caller gives up: it is done, or given up. */
static void test_photo_finish(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    GThread *thread = g_thread_new("hold", hold_bell, gate);

    if (!post(post_office, "info status", 0.08, FALSE, NULL)) {
        gate_wait(gate, &gate->discarded, 1);
    }
    g_thread_join(thread);
    assert_pending(post_office, NULL);
    g_assert_true(post(post_office, "info status", 10, FALSE, NULL));
}

static void test_free_busy(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;
    gint64 begin;

    g_assert_false(post(post_office, "info migrate", 0.02, FALSE, NULL));
    begin = g_get_monotonic_time();
    courier_free(g_steal_pointer(&post_office->courier));
    g_assert_cmpfloat(seconds_since(begin), <, 1);
    g_assert_cmpint(gate_read(gate, &gate->discarded), ==, 0);
    gate_set(gate, TRUE);
    gate_wait(gate, &gate->discarded, 1);
    g_assert_cmpint(gate_read(gate, &gate->late), ==, 0); /* nobody is there to be told */
}

/* Freed before it has begun the errand, perhaps: that is discarded nevertheless. */
static void test_free_at_once(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    Gate *gate = &post_office->gate;

    gate_set(gate, TRUE);
    bell_interrupt(bell);
    for (int i = 1; i <= 200; i++) {
        g_assert_false(post(post_office, "stop", 0, FALSE, NULL));
        courier_free(post_office->courier);
        gate_wait(gate, &gate->discarded, i);
        post_office->courier = courier_new(bell, "guest 'web01'");
    }
}

static void test_free_idle(Post *post_office, gconstpointer data G_GNUC_UNUSED)
{
    courier_free(g_steal_pointer(&post_office->courier));
    g_assert_cmpint(post_office->gate.begun, ==, 0);
}

static void add(const char *path, gboolean data, void (*func)(Post *, gconstpointer))
{
    g_test_add(path, Post, GINT_TO_POINTER(data), post_set_up, func, post_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    bell = bell_new();
    add("/courier/done", FALSE, test_done);
    add("/courier/timeout", FALSE, test_timeout);
    add("/courier/pending", FALSE, test_pending);
    add("/courier/interrupt", FALSE, test_interrupt);
    add("/courier/interrupt-quiet", TRUE, test_interrupt);
    add("/courier/interrupted-before", FALSE, test_interrupted_before);
    add("/courier/quiet", FALSE, test_quiet);
    add("/courier/quiet-again", FALSE, test_quiet_again);
    add("/courier/quiet-in-the-way/timeout", FALSE, test_quiet_in_the_way);
    add("/courier/quiet-in-the-way/interrupt", TRUE, test_quiet_in_the_way);
    add("/courier/photo-finish", FALSE, test_photo_finish);
    add("/courier/free-busy", FALSE, test_free_busy);
    add("/courier/free-at-once", FALSE, test_free_at_once);
    add("/courier/free-idle", FALSE, test_free_idle);
    return g_test_run();
}
