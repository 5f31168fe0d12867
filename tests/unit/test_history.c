/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history: what is kept of the lines, in memory and in the file, which is a link here. */
#include "shell/history.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *directory; /* hmpsh's */
static char *target;    /* the file that the link names */

static void write_file(const char *text)
{
    g_assert_true(g_file_set_contents(target, text, -1, NULL));
}

static void check_file(const char *text)
{
    g_autofree char *found = NULL;

    g_assert_true(g_file_get_contents(target, &found, NULL, NULL));
    g_assert_cmpstr(found, ==, text);
}

static void check_list(const char *lines)
{
    g_auto(GStrv) newest = history_newest(G_MAXUINT, NULL);
    g_autofree char *text = g_strjoinv("|", newest);

    g_assert_cmpstr(text, ==, lines);
}

/* As a shell that starts and finds @text. */
static void begin_with(const char *text, guint size)
{
    write_file(text);
    history_set_size(0);
    history_set_size(size);
}

static void test_load(void)
{
    struct stat status;

    begin_with("info a\ninfo b\ninfo a\n blank\n\nset_password vnc x\ninfo c", 10);
    check_list("info b|info a|info c");
    check_file("info b\ninfo a\ninfo c\n");
    g_assert_cmpint(stat(target, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    begin_with("1\n2\n3\n2\n4\n", 3);
    check_list("3|2|4");
    check_file("3\n2\n4\n");
}

static void test_remember(void)
{
    begin_with("", 10);
    history_remember("info a");
    check_file("info a\n");
    history_remember("info b");
    history_remember("info b");
    history_remember("info a");
    history_remember(" info c");
    history_remember("change vnc password letmein");
    check_list("info b|info a");
    check_file("info a\ninfo b\ninfo a\n"); /* until it is read again */
}

/* A shell that runs for long does not let the file grow for ever, nor lose another one's lines. */
static void test_file_stays_small(void)
{
    begin_with("", 5);
    for (int i = 0; i < 100; i++) {
        g_autofree char *line = g_strdup_printf("line %d", i);
        g_autofree char *text = NULL;

        history_remember(line);
        g_assert_true(g_file_get_contents(target, &text, NULL, NULL));
        g_assert_cmpuint(strlen(text), <=, 11 * strlen("line 99\n"));
    }
    check_list("line 95|line 96|line 97|line 98|line 99");
    begin_with("", 5);
    history_remember("one");
    write_file("one\nof another shell\n");
    for (int i = 0; i < 5; i++) {
        history_remember(i % 2 ? "three" : "two");
    }
    check_list("one|three|two");
    check_file("one\nof another shell\nthree\ntwo\n");
}

static void test_size(void)
{
    begin_with("1\n2\n3\n", 10);
    history_set_size(2);
    check_list("2|3");
    history_set_size(0);
    check_list("");
    history_remember("4");
    check_list("");
    check_file("1\n2\n3\n");
    history_set_size(3);
    check_list("1|2|3");
    history_remember("4");
    check_list("2|3|4");
}

static void test_newest(void)
{
    guint first;
    g_auto(GStrv) two = NULL;
    g_auto(GStrv) none = NULL;
    g_autoptr(GError) error = NULL;

    begin_with("1\n2\n3\n", 10);
    two = history_newest(2, &first);
    g_assert_cmpstr(two[0], ==, "2");
    g_assert_cmpuint(g_strv_length(two), ==, 2);
    g_assert_cmpuint(first, ==, 2);
    g_assert_true(history_forget(&error));
    g_assert_no_error(error);
    none = history_newest(2, &first);
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    check_file("");
    history_remember("5");
    check_list("5");
    check_file("5\n");
}

/* A shell that was stopped while it held the lock. */
static void test_lock_of_another(void)
{
    int fd;
    gint64 begun = g_get_monotonic_time();

    begin_with("1\n", 10);
    fd = open(directory, O_RDONLY | O_DIRECTORY);
    g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
    history_remember("2");
    check_file("1\n2\n");
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
    close(fd);
}

enum { SHELLS = 4, LINES = 60 };

static G_NORETURN void be_a_shell(int number)
{
    for (int i = 0; i < LINES; i++) {
        g_autofree char *line = g_strdup_printf("line %d of %d", i, number);

        history_remember(line);
        if (i % 5 == 0) { /* reads the file, and writes it anew where there are doubles */
            history_remember("again");
            history_remember(line);
            history_set_size(0);
            history_set_size(1000);
        }
    }
    _exit(0);
}

static void test_several_at_once(void)
{
    pid_t pids[SHELLS];
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = NULL;

    begin_with("", 1000);
    for (int i = 0; i < SHELLS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            be_a_shell(i);
        }
    }
    for (int i = 0; i < SHELLS; i++) {
        int status;

        g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
        g_assert_cmpint(status, ==, 0);
    }
    history_set_size(0);
    history_set_size(1000);
    lines = history_newest(G_MAXUINT, NULL);
    for (char **line = lines; *line; line++) {
        g_hash_table_add(found, *line);
    }
    g_assert_cmpuint(g_hash_table_size(found), ==, SHELLS * LINES + 1);
    g_assert_cmpuint(g_strv_length(lines), ==, SHELLS * LINES + 1);
}

static void test_link_stays(void)
{
    g_autofree char *link = g_build_filename(directory, "history", NULL);

    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_null(history_trouble());
}

/* Told once. The last test: there is no file any more. */
static void test_trouble(void)
{
    g_autofree char *text = NULL;

    begin_with("1\n", 10);
    g_assert_cmpint(g_remove(target), ==, 0);
    g_assert_cmpint(g_mkdir(target, 0700), ==, 0);
    history_remember("2");
    text = history_trouble();
    g_assert_nonnull(text);
    g_assert_nonnull(strstr(text, target));
    history_remember("3");
    g_assert_null(history_trouble());
    check_list("1|2|3");
    g_assert_cmpint(g_rmdir(target), ==, 0);
}

static void test_secrets(void)
{
    static const char *const secret[] = {
        "set_password vnc letmein",
        "set_password spice letmein keep",
        "peer set_password vnc letmein",
        "hmp set_password vnc letmein",
        "change vnc password",
        "change vnc password letmein",
        "object_add secret,id=sec0,data=letmein",
        "object_add qom-type=secret,id=sec0,data=letmein",
        "object_add secret_keyring,id=sec0,serial=1",
        "qmp object-add qom-type=secret id=s data=letmein",
        "qmp set_password protocol=vnc password=letmein",
        "qmp change-vnc-password PASSWORD=letmein",
        "{\"execute\":\"set_password\",\"arguments\":{\"protocol\":\"vnc\",\"password\":\"x\"}}",
        "{\"execute\":\"object-add\",\"arguments\":{\"qom-type\": \"secret\", \"data\": \"x\"}}",
        "qmp blockdev-add driver=rbd user=me password-secret=sec0",
        "drive_add 0 file=x,passwd=letmein",
        "!mkkey --passphrase letmein",
        "!mkkey --passphrase=letmein",
        "!PGPASSWORD=letmein psql",
        "grep x peer set_password vnc letmein",
        "migrate_set_parameter tls-creds tls0",
        "object_add tls-creds-psk,id=tls0,dir=/etc/pki",
        "drive_mirror disk0 https://me:letmein@web/image",
    };
    static const char *const harmless[] = {
        "info migrate",
        "wait pass 2 20",
        "assert pass >= 2",
        "!cat /etc/passwd",
        "!ls /etc/secret",
        "source passwords.hmp",
        "record secret.csv",
        "object_add rng-random,id=rng0",
        "object_del sec0",
        "attach web01@qemu+ssh://me@hostb/system",
        "migrate tcp:[::1]:4444",
        "drive_mirror disk0 nbd://hostb:10809/disk",
        "change ide1-cd0 /iso/debian.iso",
        "qmp query-vnc",
        "\xff\xfe",
        "",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(secret); i++) {
        g_test_message("secret line %" G_GSIZE_FORMAT, i);
        g_assert_true(history_is_secret(secret[i]));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
        g_test_message("harmless line %" G_GSIZE_FORMAT, i);
        g_assert_false(history_is_secret(harmless[i]));
    }
}

int main(int argc, char **argv)
{
    g_autofree char *state = g_dir_make_tmp("hmpsh-history-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(state, "hmpsh", "history", NULL);
    int status;

    directory = g_build_filename(state, "hmpsh", NULL);
    target = g_build_filename(state, "elsewhere", NULL);
    g_setenv("XDG_STATE_HOME", state, TRUE);
    g_mkdir(directory, 0700);
    write_file("");
    g_assert_cmpint(symlink(target, link), ==, 0);
    g_test_init(&argc, &argv, NULL);
    history_begin();
    g_test_add_func("/history/load", test_load);
    g_test_add_func("/history/remember", test_remember);
    g_test_add_func("/history/file-stays-small", test_file_stays_small);
    g_test_add_func("/history/size", test_size);
    g_test_add_func("/history/newest", test_newest);
    g_test_add_func("/history/lock-of-another", test_lock_of_another);
    g_test_add_func("/history/several-at-once", test_several_at_once);
    g_test_add_func("/history/link-stays", test_link_stays);
    g_test_add_func("/history/secrets", test_secrets);
    g_test_add_func("/history/trouble", test_trouble);
    status = g_test_run();
    g_remove(link);
    g_remove(target);
    g_rmdir(directory);
    g_rmdir(state);
    g_free(directory);
    g_free(target);
    return status;
}
