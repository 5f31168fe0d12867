/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a pager is needed, and which; and the programs that are run. */
#include "shell/pager.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/child.h"

static void test_lines(void)
{
    static const struct {
        const char *text;
        guint lines;
    } cases[] = {
        {"", 0},
        {"a", 1},
        {"a\n", 1},
        {"a\n\n", 2},
        {"1234567890\n", 1}, /* just as wide as the terminal */
        {"12345678901\n", 2},
        {"123456789012345678901", 3},
        {"\033[1m1234567890\033[0m\n", 1},
        {"\033[1;31m12345\033[0m678901\n", 2},
        {"\t12\n", 1},
        {"\t123\n", 2},
        {"\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\n",
         1}, /* two columns each */
        {"1\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\n", 2},
        {"123456789e\xcc\x81\n", 1}, /* a combining mark takes none */
        {"\xff\xff\n", 1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%" G_GSIZE_FORMAT, i);
        g_assert_cmpuint(pager_lines(cases[i].text, 10), ==, cases[i].lines);
    }
}

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
    g_autofree char *keep = g_strdup_printf("{ echo $LESS; cat; } > '%s'", name);
    g_autofree char *shown = NULL;

    g_unsetenv("LESS");
    g_assert_true(pager_show(keep, "some\ntext\n"));
    g_assert_true(g_file_get_contents(name, &shown, NULL, NULL));
    g_assert_cmpstr(shown, ==, "FRX\nsome\ntext\n");
    unlink(name);
    g_assert_true(pager_show("exit 1", "text\n")); /* it has run */
    g_assert_false(pager_show("exec 2>/dev/null; /nosuch/pager", "text\n"));
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
    g_test_add_func("/pager/lines", test_lines);
    g_test_add_func("/pager/command", test_command);
    g_test_add_func("/pager/show", test_show);
    g_test_add_func("/child/run", test_child);
    g_test_add_func("/child/interrupt", test_interrupt);
    g_test_add_func("/child/none", test_no_child);
    return g_test_run();
}
