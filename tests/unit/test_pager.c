/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pager, and when; and the programs that are run. */
#include "shell/pager.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/child.h"
#include "tests/unit/capture.h"

static void check_command(const char *chosen, const char *ours, const char *usual,
                          const char *expected)
{
    g_autofree char *command = NULL;

    g_unsetenv("HMPSH_PAGER");
    g_unsetenv("PAGER");
    if (ours) {
        g_setenv("HMPSH_PAGER", ours, TRUE);
    }
    if (usual) {
        g_setenv("PAGER", usual, TRUE);
    }
    command = pager_command(chosen);
    g_assert_cmpstr(command, ==, expected);
}

static void test_command(void)
{
    g_autofree char *less = g_find_program_in_path("less");

    check_command(NULL, NULL, NULL, less ? "less" : NULL);
    check_command(NULL, NULL, "more", "more");
    check_command(NULL, "most -x", "more", "most -x");
    check_command("mine", "most", "more", "mine");
    check_command(NULL, NULL, "", NULL);
    check_command(NULL, "", "more", NULL);
    check_command(NULL, " cat ", "more", NULL);
    check_command("", "most", "more", NULL);
}

static void test_show(void)
{
    g_autofree char *name = g_build_filename(g_get_tmp_dir(), "hmpsh-pager-test", NULL);
    g_autofree char *keep = g_strdup_printf("{ echo $LESS $LESSSECURE; cat; } > '%s'", name);
    g_autofree char *shown = NULL;

    g_unsetenv("LESS");
    g_unsetenv("LESSSECURE");
    g_assert_true(pager_show(keep, "some\ntext\n"));
    g_assert_true(g_file_get_contents(name, &shown, NULL, NULL));
    g_assert_cmpstr(shown, ==,
                    "FRXPs?e(END) q goes back:q goes back, blank goes on.$ 1\nsome\ntext\n");
    g_clear_pointer(&shown, g_free);
    g_setenv("LESS", "i", TRUE); /* of somebody who knows it */
    g_assert_true(pager_show(keep, "text\n"));
    g_assert_true(g_file_get_contents(name, &shown, NULL, NULL));
    g_assert_cmpstr(shown, ==, "i\ntext\n");
    g_unsetenv("LESS");
    unlink(name);
    g_assert_true(pager_show("exit 1", "text\n")); /* it has run */
    g_assert_false(pager_show("exec 2>/dev/null; /nosuch/pager", "text\n"));
}

/* No pager where nobody looks. */
static void test_print(void)
{
    const OutputMode mode = {.interactive = TRUE};
    g_autofree char *text = g_strnfill(200, '\n');
    Output *output;
    Capture capture;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(&mode);
    pager_print(output, "echo paged", text);
    output_free(output);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(out, ==, text);
}

/* What it wrote, and how it ended. */
static char *run(const char *line, int *status)
{
    const char *const argv[] = {"/bin/sh", "-c", line, NULL};
    int file = child_file();
    const Child child = {argv, NULL, CHILD_NULL, file, file, TRUE};
    g_autoptr(GError) error = NULL;
    char *text;

    g_assert_true(child_run(&child, status, &error));
    g_assert_no_error(error);
    text = child_file_text(file);
    close(file);
    return text;
}

static void test_child(void)
{
    int status;
    g_autofree char *all = run("echo a; echo b >&2; cat; exit 3", &status);
    g_autofree char *none = NULL;

    g_assert_cmpstr(all, ==, "a\nb\n");
    g_assert_cmpint(WEXITSTATUS(status), ==, 3);
    none = run("kill -KILL $$", &status);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
}

/* Nothing is lost behind a NUL, also where more is read than at once. */
static void test_any_bytes(void)
{
    int status;
    g_autofree char *text = run("printf 'a\\000b\\000\\000'", &status);
    g_autofree char *much =
        run("head -c 65536 /dev/zero | tr '\\000' x; printf '\\000end'", &status);

    g_assert_cmpstr(text, ==, "a\\x00b\\x00\\x00");
    g_assert_cmpuint(strlen(much), ==, 65536 + 7);
    g_assert_true(g_str_has_suffix(much, "xx\\x00end"));
}

static gpointer end_soon(gpointer data G_GNUC_UNUSED)
{
    g_usleep(G_USEC_PER_SEC / 10);
    child_end();
    return NULL;
}

/* hmpsh ends; the last test, since nothing runs for long after that. */
static void test_end(void)
{
    GThread *thread = g_thread_new("end", end_soon, NULL);
    int status;
    g_autofree char *text = run("exec sleep 60", &status);
    g_autofree char *late = NULL;

    g_thread_join(thread);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGHUP);
    late = run("exec sleep 60", &status);
    g_assert_cmpint(WTERMSIG(status), ==, SIGHUP);
}

/* Ctrl-C reaches both of us, and is the child's. */
static void test_interrupt(void)
{
    int status;
    g_autofree char *text = run("kill -INT $PPID; kill -INT $$", &status);

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGINT);
}

static void test_no_child(void)
{
    const char *const argv[] = {"/nosuch/shell", NULL};
    const Child child = {argv, NULL, CHILD_NULL, CHILD_OURS, CHILD_OURS, FALSE};
    g_autoptr(GError) error = NULL;
    int status;

    g_assert_false(child_run(&child, &status, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pager/command", test_command);
    g_test_add_func("/pager/show", test_show);
    g_test_add_func("/pager/print", test_print);
    g_test_add_func("/child/run", test_child);
    g_test_add_func("/child/any-bytes", test_any_bytes);
    g_test_add_func("/child/interrupt", test_interrupt);
    g_test_add_func("/child/none", test_no_child);
    g_test_add_func("/child/end", test_end);
    return g_test_run();
}
