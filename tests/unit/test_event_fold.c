/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floods of events, told in a few lines: nothing is lost, the order is kept. Time is made up. */
#include "commands/event_fold.h"

enum { MS = 1000, S = 1000 * 1000 };

static const char guest_a, guest_b; /* only their addresses count */

/* What is told, as "NAME", "NAME x 3" or "NAME {data}", one after the other. */
typedef struct {
    GString *told;
    guint64 sum;
    EventFold *fold;
} Test;

static void note(const EventFolded *folded, gpointer data)
{
    Test *test = data;
    g_autofree char *text = folded->event->data ? json_text(folded->event->data) : NULL;

    g_string_append_printf(test->told, "%s%s%s", test->told->len ? "; " : "",
                           strcmp(folded->guest, "web01") == 0 ? "" : "b:", folded->event->name);
    if (text && !folded->differ) {
        g_string_append_printf(test->told, " %s", text);
    }
    if (folded->count > 1) {
        g_string_append_printf(test->told, " x %" G_GUINT64_FORMAT, folded->count);
    }
    test->sum += folded->count;
}

static void test_begin(Test *test)
{
    *test = (Test){.told = g_string_new(NULL)};
    test->fold = event_fold_new(note, test);
}

static void test_end(Test *test)
{
    event_fold_free(test->fold);
    g_string_free(test->told, TRUE);
}

/* What was told since the last look. */
static void check(Test *test, const char *expected)
{
    g_assert_cmpstr(test->told->str, ==, expected);
    g_string_truncate(test->told, 0);
}

static void take_from(Test *test, gconstpointer guest, const char *name, int number, gint64 now)
{
    MonitorEvent event = {.name = (char *)name};

    if (number >= 0) {
        event.data = json_object_new_int(number);
    }
    event_fold_take(test->fold, guest, guest == &guest_a ? "web01" : "web02", &event, now);
    json_object_put(event.data);
}

static void take(Test *test, const char *name, int number, gint64 now)
{
    take_from(test, &guest_a, name, number, now);
}

static void test_single(void)
{
    Test test;

    test_begin(&test);
    g_assert_cmpint(event_fold_due(test.fold), ==, -1);
    take(&test, "STOP", -1, 0);
    check(&test, "STOP");
    take(&test, "RESUME", -1, 1 * MS);
    take(&test, "STOP", -1, 2 * MS);
    take(&test, "MIGRATION", 1, 3 * MS);
    take(&test, "MIGRATION", 2, 4 * MS);
    take(&test, "MIGRATION", 1, 5 * MS);
    check(&test, "RESUME; STOP; MIGRATION 1; MIGRATION 2; MIGRATION 1");
    g_assert_cmpint(event_fold_due(test.fold), ==, -1);
    event_fold_tick(test.fold, 100 * S);
    event_fold_flush(test.fold);
    check(&test, "");
    test_end(&test);
}

/* The first is told at once, the others when it has been quiet for a second. */
static void test_same(void)
{
    Test test;

    test_begin(&test);
    for (int i = 0; i < 1205; i++) {
        take(&test, "BLOCK_JOB_ERROR", 7, i * MS);
    }
    check(&test, "BLOCK_JOB_ERROR 7");
    g_assert_cmpint(event_fold_due(test.fold), ==, 1204 * MS + 1 * S);
    event_fold_tick(test.fold, 1204 * MS + 1 * S - 1);
    check(&test, "");
    event_fold_tick(test.fold, 1204 * MS + 1 * S);
    check(&test, "BLOCK_JOB_ERROR 7 x 1204");
    g_assert_cmpint(event_fold_due(test.fold), ==, -1);
    take(&test, "BLOCK_JOB_ERROR", 7, 1204 * MS + 1 * S + 1); /* a new one */
    check(&test, "BLOCK_JOB_ERROR 7");
    test_end(&test);
}

/* Slow ones: each comes before the one before it is over. */
static void test_same_slowly(void)
{
    Test test;

    test_begin(&test);
    take(&test, "A", 1, 0);
    take(&test, "A", 1, 999 * MS);
    check(&test, "A 1");
    take(&test, "A", 1, 999 * MS + 1 * S); /* nobody has ticked: told first, and then itself */
    check(&test, "A 1; A 1");
    test_end(&test);
}

/* While it goes on it is told every ten seconds. */
static void test_endless(void)
{
    Test test;
    guint lines = 0;

    test_begin(&test);
    for (int i = 0; i < 3600; i++) { /* 100 a second, for 36 s */
        gint64 now = (gint64)i * 10 * MS;

        take(&test, "A", 1, now);
        event_fold_tick(test.fold, now);
        if (test.told->len) {
            lines++;
            g_string_truncate(test.told, 0);
        }
    }
    g_assert_cmpuint(lines, ==, 4);
    event_fold_flush(test.fold);
    g_assert_cmpuint(test.sum, ==, 3600);
    test_end(&test);
}

/* Many of one name, whatever their data: eight a second are told, then they are counted. */
static void test_differing(void)
{
    Test test;

    test_begin(&test);
    for (int i = 0; i < 30; i++) {
        take(&test, "BLOCK_IO_ERROR", i, i * 20 * MS);
    }
    check(&test, "BLOCK_IO_ERROR 0; BLOCK_IO_ERROR 1; BLOCK_IO_ERROR 2; BLOCK_IO_ERROR 3; "
                 "BLOCK_IO_ERROR 4; BLOCK_IO_ERROR 5; BLOCK_IO_ERROR 6; BLOCK_IO_ERROR 7");
    event_fold_tick(test.fold, 29 * 20 * MS + 1 * S);
    check(&test, "BLOCK_IO_ERROR x 22");
    take(&test, "BLOCK_IO_ERROR", 1, 3 * S);
    check(&test, "BLOCK_IO_ERROR 1");
    test_end(&test);
}

/* Eight in a second are no flood. */
static void test_not_so_many(void)
{
    Test test;

    test_begin(&test);
    for (int i = 0; i < 100; i++) {
        take(&test, "A", i, (gint64)i * 125 * MS);
        g_assert_cmpint(event_fold_due(test.fold), ==, -1);
    }
    g_assert_cmpuint(test.sum, ==, 100);
    test_end(&test);
}

/* A flood that becomes slow is told one by one again, once what was counted is told. */
static void test_slower(void)
{
    Test test;
    gint64 now = 0;

    test_begin(&test);
    for (int i = 0; i < 20; i++) {
        take(&test, "A", i, now += 1 * MS);
    }
    g_string_truncate(test.told, 0);
    while (!test.told->len) {
        now += 300 * MS;
        take(&test, "A", (int)(now / MS), now);
        event_fold_tick(test.fold, now);
    }
    g_assert_cmpint(now, <=, 11 * S);
    g_string_truncate(test.told, 0);
    take(&test, "A", 1, now += 300 * MS);
    check(&test, "A 1");
    test_end(&test);
}

/* What is counted comes before what came after it. */
static void test_order(void)
{
    Test test;

    test_begin(&test);
    for (int i = 0; i < 5; i++) {
        take(&test, "A", 1, i * MS);
        take_from(&test, &guest_b, "A", 1, i * MS); /* by itself */
    }
    check(&test, "A 1; b:A 1");
    take(&test, "MIGRATION", 1, 6 * MS);
    check(&test, "A 1 x 4; MIGRATION 1");
    take(&test, "A", 1, 7 * MS);
    check(&test, "A 1");
    take(&test, "A", 2, 3 * S);
    take(&test, "A", 2, 3 * S + 1);
    take(&test, "A", 3, 3 * S + 2);
    check(&test, "A 2; A 2; A 3");
    event_fold_flush(test.fold);
    check(&test, "b:A 1 x 4");
    g_assert_cmpuint(test.sum, ==, 15);
    test_end(&test);
}

/* Two names that take turns, as stop and cont in a loop: both are counted. */
static void test_turns(void)
{
    Test test;

    test_begin(&test);
    for (int i = 0; i < 500; i++) {
        take(&test, "STOP", -1, 2 * i * MS);
        take(&test, "RESUME", -1, (2 * i + 1) * MS);
    }
    check(&test, "STOP; RESUME; STOP; RESUME; STOP; RESUME; STOP; RESUME; "
                 "STOP; RESUME; STOP; RESUME; STOP; RESUME; STOP; RESUME");
    take(&test, "MIGRATION", 1, 1000 * MS);
    check(&test, "STOP x 492; RESUME x 492; MIGRATION 1");
    take(&test, "STOP", -1, 1001 * MS); /* still one */
    check(&test, "");
    event_fold_flush(test.fold);
    check(&test, "STOP");
    test_end(&test);
}

/* Whatever comes, and whenever the timer does: what is told adds up, and the lines are few. */
static void test_sums(void)
{
    static const char *const names[] = {"A", "B", "C", "D"};
    g_autoptr(GRand) random = g_rand_new_with_seed(4711);
    Test test;
    gint64 now = 0;

    test_begin(&test);
    for (int i = 0; i < 20000; i++) {
        gint64 due = event_fold_due(test.fold);

        now += g_rand_int_range(random, 0, i % 2000 < 1000 ? 2 * MS : 400 * MS);
        if (due >= 0 && due <= now) {
            event_fold_tick(test.fold, now);
            g_assert_true(event_fold_due(test.fold) < 0 || event_fold_due(test.fold) > now);
        }
        take_from(&test, g_rand_boolean(random) ? &guest_a : &guest_b,
                  names[g_rand_int_range(random, 0, 4)], g_rand_int_range(random, -1, 3), now);
    }
    event_fold_flush(test.fold);
    g_assert_cmpint(event_fold_due(test.fold), ==, -1);
    g_assert_cmpuint(test.sum, ==, 20000);
    test_end(&test);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event-fold/single", test_single);
    g_test_add_func("/event-fold/same", test_same);
    g_test_add_func("/event-fold/same-slowly", test_same_slowly);
    g_test_add_func("/event-fold/endless", test_endless);
    g_test_add_func("/event-fold/differing", test_differing);
    g_test_add_func("/event-fold/not-so-many", test_not_so_many);
    g_test_add_func("/event-fold/slower", test_slower);
    g_test_add_func("/event-fold/order", test_order);
    g_test_add_func("/event-fold/turns", test_turns);
    g_test_add_func("/event-fold/sums", test_sums);
    return g_test_run();
}
