/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other end is a real unix socket here, driven by hand in place of a QEMU. */
#include "commands/lab/heartbeat.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "shell/error.h"

typedef struct {
    char *directory;
    char *path;
    int listener;
    int fd; /* the client's connection, or -1 */
} Port;

static void port_listen(Port *port)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_strlcpy(address.sun_path, port->path, sizeof(address.sun_path));
    port->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(port->listener, (struct sockaddr *)&address, sizeof(address)), ==, 0);
    g_assert_cmpint(listen(port->listener, 1), ==, 0);
}

static void port_close(Port *port)
{
    if (port->fd >= 0) {
        close(port->fd);
    }
    if (port->listener >= 0) {
        close(port->listener);
    }
    port->fd = port->listener = -1;
    g_unlink(port->path);
}

static void port_set_up(Port *port, gconstpointer data)
{
    (void)data;
    port->directory = g_dir_make_tmp("heartbeat-XXXXXX", NULL);
    port->path = g_build_filename(port->directory, "serial", NULL);
    port->listener = port->fd = -1;
}

static void port_tear_down(Port *port, gconstpointer data)
{
    (void)data;
    port_close(port);
    g_rmdir(port->directory);
    g_free(port->directory);
    g_free(port->path);
}

static void run_for(guint milliseconds)
{
    const gint64 end = g_get_monotonic_time() + milliseconds * 1000;

    while (g_get_monotonic_time() < end) {
        if (!g_main_context_iteration(NULL, FALSE)) {
            g_usleep(1000);
        }
    }
}

static void wait_connected(Heartbeat *heartbeat, gboolean connected)
{
    for (int i = 0; heartbeat_state(heartbeat).connected != connected; i++) {
        g_assert_cmpint(i, <, 5000);
        run_for(1);
    }
}

static HeartbeatState wait_number(Heartbeat *heartbeat, guint64 number)
{
    for (int i = 0; heartbeat_state(heartbeat).last_number != number; i++) {
        g_assert_cmpint(i, <, 5000);
        run_for(1);
    }
    return heartbeat_state(heartbeat);
}

static void port_accept(Port *port)
{
    while ((port->fd = accept(port->listener, NULL, NULL)) < 0) {
        g_assert_cmpint(errno, ==, EAGAIN);
        run_for(1);
    }
}

static void say(Port *port, const char *text)
{
    g_assert_cmpint(write(port->fd, text, strlen(text)), ==, (gssize)strlen(text));
}

/* @text and its sum as a line. The caller frees it. */
static char *with_sum(const char *text)
{
    guint16 sum = 0;

    for (const char *c = text; *c != '\0'; c++) {
        sum = (guint16)((sum >> 1 | sum << 15) + (guint8)*c);
    }
    return g_strdup_printf("%s%04x\n", text, sum);
}

/* A beat as the guest writes it. The caller frees it. */
static char *beat(guint number, guint rate_kib, guint span_kib)
{
    g_autofree char *text = g_strdup_printf("%u %u %u ", number, rate_kib, span_kib);

    return with_sum(text);
}

static void say_beat(Port *port, guint number)
{
    g_autofree char *text = beat(number, 61440, 102400);

    say(port, text);
}

static void test_beats(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = NULL;
    const gint64 before = g_get_monotonic_time();
    HeartbeatState state;

    (void)data;
    port_listen(port);
    heartbeat = heartbeat_new(port->path);
    port_accept(port);
    wait_connected(heartbeat, TRUE);
    g_assert_cmpuint(heartbeat_state(heartbeat).beats, ==, 0);

    say(port, "406 61440 102400 873c\n"); /* recorded from the guest */
    state = wait_number(heartbeat, 406);
    g_assert_cmpuint(state.beats, ==, 1);
    g_assert_cmpuint(state.first_number, ==, 406);
    g_assert_cmpint(state.first_time, >=, before);
    g_assert_cmpint(state.first_time, <=, g_get_monotonic_time());
    g_assert_cmpint(state.last_time, ==, state.first_time);
    g_assert_cmpuint(state.rate, ==, 60 * 1024 * 1024);
    g_assert_cmpuint(state.span, ==, 100 * 1024 * 1024);
    g_assert_cmpint(state.longest_gap, ==, 0);

    run_for(30);
    say_beat(port, 407);
    state = wait_number(heartbeat, 407);
    g_assert_cmpuint(state.beats, ==, 2);
    g_assert_cmpuint(state.first_number, ==, 406);
    g_assert_cmpint(state.longest_gap, >=, 30000);
    g_assert_cmpint(state.longest_gap, ==, state.last_time - state.first_time);

    heartbeat_reset_gap(heartbeat);
    g_assert_cmpint(heartbeat_state(heartbeat).longest_gap, ==, 0);
    say_beat(port, 408);
    g_assert_cmpint(wait_number(heartbeat, 408).longest_gap, >, 0);

    say_beat(port, 1); /* the guest was reset */
    state = wait_number(heartbeat, 1);
    g_assert_cmpuint(state.first_number, ==, 1);
    g_assert_cmpint(state.first_time, ==, state.last_time);
    g_assert_cmpuint(state.beats, ==, 4);
}

static void test_disk(Port *port, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(Heartbeat) heartbeat = NULL;
    g_autofree char *longest = g_strdup_printf("disk%s", " 4294967295 4294967295 4294967295"
                                                         " 4294967295 4294967295 4294967295"
                                                         " 4294967295 4294967295 4294967295 ");
    g_autofree char *longest_line = with_sum(longest);
    HeartbeatDisk disk;

    port_listen(port);
    heartbeat = heartbeat_new(port->path);
    port_accept(port);
    say_beat(port, 1);
    disk = wait_number(heartbeat, 1).disk;
    g_assert_true(disk.size == 0 && disk.time == 0 && !disk.checking);

    say(port, "disk 65536 20480 32768 9973 2 1 8192 3 1 d87b\n"); /* the wrong sum */
    say_beat(port, 2);
    g_assert_cmpuint(wait_number(heartbeat, 2).disk.size, ==, 0);
    for (int i = 0; i < 2; i++) {
        g_autofree char *line = with_sum(i ? "disk 65536 0 0 10000 0 2 8192 3 0 "
                                           : "disk 65536 20480 32768 9973 2 1 4096 3 1 ");

        say(port, line);
        say_beat(port, 3 + (guint)i);
        disk = wait_number(heartbeat, 3 + (guint)i).disk;
        g_assert_cmpuint(disk.size, ==, 64 << 20);
        g_assert_cmpuint(disk.rate, ==, i ? 0 : 20 << 20);
        g_assert_cmpuint(disk.span, ==, i ? 0 : 32 << 20);
        g_assert_cmpuint(disk.written, ==, (i ? 10000 : 9973) * HEARTBEAT_BLOCK);
        g_assert_cmpuint(disk.errors, ==, i ? 0 : 2);
        g_assert_cmpuint(disk.checks, ==, i ? 2 : 1);
        g_assert_cmpuint(disk.blocks, ==, i ? 8192 : 4096);
        g_assert_cmpuint(disk.bad, ==, 3);
        g_assert_cmpint(disk.checking, ==, !i);
        g_assert_cmpint(disk.time, >, 0);
    }
    say(port, longest_line);
    say_beat(port, 5);
    disk = wait_number(heartbeat, 5).disk;
    g_assert_cmpuint(disk.written, ==, G_MAXUINT32 * (guint64)HEARTBEAT_BLOCK);
    g_assert_cmpuint(heartbeat_state(heartbeat).beats, ==,
                     5); /* no beat is a line about the disk */
}

static void test_pieces(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = NULL;
    g_autofree char *text = beat(7, 8, 16);

    (void)data;
    port_listen(port);
    heartbeat = heartbeat_new(port->path);
    port_accept(port);
    for (const char *c = text; *c != '\0'; c++) {
        g_assert_cmpuint(heartbeat_state(heartbeat).beats, ==, 0);
        g_assert_cmpint(write(port->fd, c, 1), ==, 1);
        run_for(2);
    }
    g_assert_cmpuint(wait_number(heartbeat, 7).rate, ==, 8192);
    say(port, "8 0 0 ");
    run_for(5);
    g_free(text);
    text = beat(8, 0, 0);
    say(port, text + strlen("8 0 0 "));
    say_beat(port, 9);
    say_beat(port, 10);
    g_assert_cmpuint(wait_number(heartbeat, 10).beats, ==, 4);
}

static void test_garbage(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = NULL;
    g_autofree char *good = beat(1234, 61440, 102400);
    g_autofree char *long_line = g_strnfill(5000, '1');
    const char *bad[] = {
        "\n",
        "\r\n",
        "beat\n",
        "1 0 0 8848\n",              /* the wrong sum */
        "1 0 0 8849 \n",             /* a word too many */
        "1 0 0 08849\n",             /* digits too many */
        "1 0 8849\n",                /* a word too few */
        "0 0 0 8049\n",              /* not a number that the guest has */
        "-1 0 0 8849\n",             /* nor this */
        "4294967296 0 0 8849\n",     /* nor this */
        "1  0 0 8849\n",             /* two blanks */
        "\xff\xfe\x80 \x01 \x7f \n", /* line noise */
    };

    (void)data;
    port_listen(port);
    heartbeat = heartbeat_new(port->path);
    port_accept(port);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        say(port, bad[i]);
    }
    g_assert_cmpint(write(port->fd, "1 0 0 8849\0\n", 12), ==, 12);
    say(port, long_line);
    say(port, "\n");
    for (size_t i = 0; good[i] != '\n'; i++) { /* one character lost, whichever */
        g_autofree char *harmed = g_strdup(good);

        memmove(harmed + i, harmed + i + 1, strlen(harmed + i));
        say(port, harmed);
    }
    for (size_t i = 1; i < strlen(good) - 1; i++) { /* only the end of a line, or only its begin */
        say(port, good + i);
        g_assert_cmpint(write(port->fd, good, i), ==, (gssize)i);
        say(port, "\n");
    }
    run_for(20);
    g_assert_cmpuint(heartbeat_state(heartbeat).beats, ==, 0);
    g_assert_true(heartbeat_state(heartbeat).connected);
    say(port, good);
    g_assert_cmpuint(wait_number(heartbeat, 1234).beats, ==, 1);
}

static void test_reconnect(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = heartbeat_new(port->path);
    HeartbeatState state;

    (void)data;
    run_for(20);
    g_assert_false(heartbeat_state(heartbeat).connected);
    port_listen(port);
    port_accept(port);
    say_beat(port, 5);
    say(port, "6 61440 "); /* and there it ends */
    state = wait_number(heartbeat, 5);

    port_close(port);
    wait_connected(heartbeat, FALSE);
    g_assert_cmpuint(heartbeat_state(heartbeat).last_number, ==, 5);
    g_assert_cmpint(heartbeat_state(heartbeat).last_time, ==, state.last_time);
    run_for(250); /* some tries in vain */
    g_assert_false(heartbeat_state(heartbeat).connected);

    port_listen(port);
    port_accept(port);
    wait_connected(heartbeat, TRUE);
    say_beat(port, 9);
    state = wait_number(heartbeat, 9);
    g_assert_cmpuint(state.beats, ==, 2);
    g_assert_cmpuint(state.first_number, ==, 9);
    g_assert_cmpint(state.longest_gap, ==, 0); /* nobody listened: that was not the guest */
}

static void test_last_words(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = NULL;

    (void)data;
    port_listen(port);
    heartbeat = heartbeat_new(port->path);
    port_accept(port);
    say_beat(port, 1);
    say_beat(port, 2);
    port_close(port); /* QEMU ends before anything was read */
    g_assert_cmpuint(wait_number(heartbeat, 2).beats, ==, 2);
    wait_connected(heartbeat, FALSE);
}

static void test_order(Port *port, gconstpointer data)
{
    g_autoptr(Heartbeat) heartbeat = heartbeat_new(port->path);
    g_autoptr(GError) error = NULL;
    char text[100] = "";

    (void)data;
    g_assert_false(heartbeat_order(heartbeat, 4096, 4096, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
    g_assert_nonnull(strstr(error->message, port->path));
    g_clear_error(&error);

    port_listen(port);
    port_accept(port);
    wait_connected(heartbeat, TRUE);
    g_assert_true(heartbeat_order(heartbeat, 60 * 1024 * 1024, 100 * 1024 * 1024 + 1, &error));
    g_assert_no_error(error);
    g_assert_cmpint(read(port->fd, text, sizeof(text) - 1), >, 0);
    g_assert_cmpstr(text, ==, "\ndirty 61440 102401\n");
    memset(text, 0, sizeof(text));
    g_assert_true(heartbeat_order_write(heartbeat, 20 * 1024 * 1024, 4097, &error));
    g_assert_true(heartbeat_order_check(heartbeat, &error));
    g_assert_cmpint(read(port->fd, text, sizeof(text) - 1), >, 0);
    g_assert_cmpstr(text, ==, "\nwrite 20480 5\n\ncheck\n");

    while (heartbeat_order(heartbeat, G_MAXUINT64, 0, &error)) { /* nobody reads any more */
    }
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_clear_error(&error);

    close(port->fd);
    port->fd = -1;
    g_assert_false(heartbeat_order(heartbeat, 4096, 4096, &error)); /* not noticed yet */
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST);
}

static void test_long_path(void)
{
    g_autofree char *path = g_strnfill(108, 'x');
    g_autoptr(Heartbeat) heartbeat = heartbeat_new(path);

    run_for(120);
    g_assert_false(heartbeat_state(heartbeat).connected);
}

static gpointer come_and_go(gpointer data)
{
    const char *path = data;

    for (int i = 0; i < 300; i++) {
        g_autoptr(Heartbeat) heartbeat = heartbeat_new(path);

        heartbeat_state(heartbeat);
        heartbeat_order(heartbeat, 0, 0, NULL);
        g_usleep((gulong)(i % 4) * 100);
    }
    return NULL;
}

/* One thread makes, asks and frees while this one runs the loop and is the guest. */
static void test_threads(Port *port, gconstpointer data)
{
    g_autofree char *text = beat(1, 0, 0);
    GThread *thread;
    gint64 end;

    (void)data;
    port_listen(port);
    thread = g_thread_new("session", come_and_go, port->path);
    end = g_get_monotonic_time() + 300000;
    while (g_get_monotonic_time() < end) {
        const int fd = accept(port->listener, NULL, NULL);

        if (fd >= 0) {
            send(fd, text, strlen(text), MSG_NOSIGNAL);
            g_main_context_iteration(NULL, FALSE);
            close(fd);
        }
        g_main_context_iteration(NULL, FALSE);
    }
    port_close(port);
    g_thread_join(thread);
    run_for(5);
    g_assert_false(g_main_context_pending(NULL));
}

static void test_silence(void)
{
    const HeartbeatState source = {.beats = 90, .last_number = 90, .last_time = 5000000};
    const struct {
        guint64 beats, first_number;
        gint64 first_time;
        gint64 silence;
    } cases[] = {
        {1, 91, 5123456, 123456}, /* goes on at the next number */
        {8, 92, 5123456, 123456}, /* a beat was cut in two by the migration */
        {1, 140, 6000000, 1000000},
        {1, 141, 6000000, -1}, /* too far on to be the same story */
        {1, 90, 5123456, -1},
        {1, 1, 5123456, -1}, /* another guest, or a reset one */
        {0, 0, 0, -1},       /* not there yet */
        {1, 91, 4999000, 0}, /* both were read late, in the other order */
    };
    const HeartbeatState none = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const HeartbeatState destination = {.beats = cases[i].beats,
                                            .first_number = cases[i].first_number,
                                            .first_time = cases[i].first_time,
                                            .last_number = cases[i].first_number + 7,
                                            .last_time = cases[i].first_time + 140000};

        g_assert_cmpint(heartbeat_silence(&source, &destination), ==, cases[i].silence);
        g_assert_cmpint(heartbeat_silence(&none, &destination), ==, -1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
    g_test_add("/heartbeat/" name, Port, NULL, port_set_up, function, port_tear_down)
    ADD("beats", test_beats);
    ADD("disk", test_disk);
    ADD("pieces", test_pieces);
    ADD("garbage", test_garbage);
    ADD("reconnect", test_reconnect);
    ADD("last-words", test_last_words);
    ADD("order", test_order);
    ADD("threads", test_threads);
#undef ADD
    g_test_add_func("/heartbeat/long-path", test_long_path);
    g_test_add_func("/heartbeat/silence", test_silence);
    return g_test_run();
}
