/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/script.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/replayed.h"

static const char RECORDING[] = "> info status\n"
                                "VM status: running\n"
                                "> stop\n"
                                "> cont\n"
                                "> migrate -d foo\n"
                                "Error: no\n";

static gboolean say(Session *session G_GNUC_UNUSED, const Arguments *arguments, Reply *reply,
                    GError **error G_GNUC_UNUSED)
{
    g_string_append_printf(reply->text, "<%s>\n", arguments_get(arguments, "text")->text);
    return TRUE;
}

/* Fails with the error whose number is given. */
static gboolean fail(Session *session G_GNUC_UNUSED, const Arguments *arguments,
                     Reply *reply G_GNUC_UNUSED, GError **error)
{
    const char *text = arguments_get(arguments, "text")->text;

    g_set_error(error, HMPSH_ERROR, (int)g_ascii_strtoll(text, NULL, 10), "failure %s", text);
    return FALSE;
}

static gboolean source(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    reply->spoken = TRUE;
    return script_run(session, arguments_get(arguments, "text")->text, "", error);
}

static gboolean quit(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                     Reply *reply G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    session->leaving = TRUE;
    return TRUE;
}

static const Argument text_arguments[] = {{.name = "text", .kind = ARGUMENT_REST}, {0}};
static const Command rows[] = {
    {.name = "say", .arguments = text_arguments, .run = say},
    {.name = "fail", .arguments = text_arguments, .run = fail},
    {.name = "source", .arguments = text_arguments, .run = source},
    {.name = "quit", .run = quit},
    {0},
};
static const Command *const table[] = {rows, NULL};
static const char *const lookers[] = {NULL};

typedef struct {
    Session *session;
    char *dir;
    char *path; /* of the script */
    char *out;
    char *err;
    GError *error;
} Script;

static void script_set_up(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    const SessionSetup setup = {.commands = table, .qemu_lookers = lookers};
    const OutputMode mode = {0};

    script->dir = g_dir_make_tmp("script-XXXXXX", NULL);
    script->path = g_build_filename(script->dir, "a.hmp", NULL);
    script->session = replayed_session(&setup, &mode);
    script->session->current = replayed_guest(script->session, "web01", RECORDING);
}

static void script_forget(Script *script)
{
    g_clear_pointer(&script->out, g_free);
    g_clear_pointer(&script->err, g_free);
    g_clear_error(&script->error);
}

static void script_tear_down(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmpuint(script->session->nested, ==, 0);
    script_forget(script);
    g_unlink(script->path);
    g_rmdir(script->dir);
    session_free(script->session);
    g_free(script->dir);
    g_free(script->path);
}

static gboolean run_path(Script *script, const char *path)
{
    Capture capture;
    gboolean fine;

    script_forget(script);
    capture_begin(&capture);
    fine = script_run(script->session, path, "who: ", &script->error);
    capture_end(&capture, &script->out, &script->err);
    g_assert_true(fine == (script->error == NULL));
    return fine;
}

static void write_script(Script *script, const char *text)
{
    g_assert_true(g_file_set_contents(script->path, text, -1, NULL));
}

static gboolean run(Script *script, const char *text)
{
    write_script(script, text);
    return run_path(script, script->path);
}

/* @text with every "@" made the script's path. Free with g_free(). */
static char *at_path(Script *script, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "@", -1);

    return g_strjoinv(script->path, parts);
}

static void check_sent(Script *script, const char *expected)
{
    g_autofree char *sent = replay_sent(script->session->current->monitor);

    g_assert_cmpstr(sent, ==, expected);
}

static void check_error(Script *script, int code, const char *message)
{
    g_autofree char *expected = at_path(script, message);

    g_assert_error(script->error, HMPSH_ERROR, code);
    g_assert_cmpstr(script->error->message, ==, expected);
    g_assert_cmpstr(script->err, ==, ""); /* the caller reports it */
}

static void test_lines(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(run(script, "info status\n"
                              "\n"
                              "# a comment\n"
                              "  \t \n"
                              "  # another\n"
                              " say  a b \n"
                              "stop\n"
                              "say the last line"));
    g_assert_cmpstr(script->out, ==, "VM status: running\n<a b >\n<the last line>\n");
    g_assert_cmpstr(script->err, ==, "");
    check_sent(script, "info status\nstop\n");
    g_assert_true(run(script, ""));
    g_assert_cmpstr(script->out, ==, "");
}

/* Written on Windows; and a CR within a line is a blank to QEMU, not the line's end. */
static void test_carriage_returns(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(run(script, "stop\r\n\r\n# comment\r\nsay x\r\nsay a\rb\nsay y\r"));
    g_assert_cmpstr(script->out, ==, "<x>\n<a\rb>\n<y>\n");
    check_sent(script, "stop\n");
}

static void test_long_line(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *word = g_strnfill(100000, 'x');
    g_autofree char *text = g_strdup_printf("say %s\nsay y\n", word);
    g_autofree char *out = g_strdup_printf("<%s>\n<y>\n", word);

    g_assert_true(run(script, text));
    g_assert_cmpstr(script->out, ==, out);
}

static void test_first_error(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_false(run(script, "# begin\nstop\nmigrate -d foo\ncont\n"));
    check_error(script, HMPSH_ERROR_FAILED, "@:3: Error: no");
    check_sent(script, "stop\nmigrate -d foo\n");
    g_assert_cmpint(script->session->first_failure, ==, EXIT_OK);
    g_assert_false(run(script, "\r\nfail 7\r\n"));
    check_error(script, HMPSH_ERROR_NO_GUEST, "@:2: failure 7");
}

static void test_keep_going(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *errors = NULL;

    script->session->setup.keep_going = TRUE;
    g_assert_true(run(script, "stop\nfail 8\nfail 0\nmigrate -d foo\ncont\n"));
    errors = at_path(script, "@:2: failure 8\n@:3: failure 0\n@:4: Error: no\n");
    g_assert_cmpstr(script->err, ==, errors);
    check_sent(script, "stop\nmigrate -d foo\ncont\n");
    g_assert_cmpint(script->session->first_failure, ==, EXIT_LOST); /* the first one's */
    g_assert_false(run(script, "fail 5\nsay x\n"));                 /* but not after Ctrl-C */
    check_error(script, HMPSH_ERROR_INTERRUPTED, "@:1: failure 5");
    g_assert_cmpstr(script->out, ==, "");
}

static void test_leaving(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(run(script, "say x\nquit\nstop\n"));
    g_assert_cmpstr(script->out, ==, "<x>\n");
    check_sent(script, "");
}

static void test_echo(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    script->session->setup.echo = TRUE;
    g_assert_true(run(script, "info status\r\n\n  # why\n  stop\n"));
    g_assert_cmpstr(script->out, ==,
                    "(web01) info status\nVM status: running\n\n  # why\n(web01) stop\n");
    session_detach(script->session, FALSE);
    g_assert_true(run(script, "say x\n"));
    g_assert_cmpstr(script->out, ==, "(no guest) say x\n<x>\n");
}

static void test_no_file(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *message =
        g_strdup_printf("who: cannot read '%s': Is a directory", script->dir);

    g_assert_false(run_path(script, script->path));
    check_error(script, HMPSH_ERROR_FAILED, "who: cannot read '@': No such file or directory");
    g_assert_false(run_path(script, script->dir));
    check_error(script, HMPSH_ERROR_FAILED, message);
}

/* A script that another one runs: both places are told. */
static void test_nested(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *other = g_build_filename(script->dir, "b.hmp", NULL);
    g_autofree char *text = g_strdup_printf("say a\nsource %s\nsay c\n", other);
    g_autofree char *message = g_strdup_printf("@:2: %s:2: failure 3", other);

    g_assert_true(g_file_set_contents(other, "say b\n", -1, NULL));
    g_assert_true(run(script, text));
    g_assert_cmpstr(script->out, ==, "<a>\n<b>\n<c>\n");

    g_assert_true(g_file_set_contents(other, "say b\nfail 3\nsay never\n", -1, NULL));
    g_assert_false(run(script, text));
    check_error(script, HMPSH_ERROR_TIMEOUT, message);
    g_assert_cmpstr(script->out, ==, "<a>\n<b>\n");

    g_assert_true(g_file_set_contents(other, "quit\nsay never\n", -1, NULL));
    g_assert_true(run(script, text)); /* leaving leaves both */
    g_assert_cmpstr(script->out, ==, "<a>\n");
    g_unlink(other);
}

static void test_runs_itself(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text = at_path(script, "say x\nsource @\nsay y\n");
    g_autofree char *end = at_path(script, "@:2: '@' is 20 scripts deep: does it run itself?");
    g_auto(GStrv) said = NULL;

    g_assert_false(run(script, text));
    g_assert_error(script->error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_true(g_str_has_suffix(script->error->message, end));
    said = g_strsplit(script->out, "<x>\n", -1);
    g_assert_cmpuint(g_strv_length(said), ==, 21);
    g_assert_null(strstr(script->out, "<y>"));
}

static void test_standard_input(Script *script, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GString) deep = g_string_new(NULL);

    write_script(script, "say x\nfail 0\n");
    g_assert_nonnull(freopen(script->path, "r", stdin));
    g_assert_false(run_path(script, "-"));
    check_error(script, HMPSH_ERROR_FAILED, "<stdin>:2: failure 0");
    g_assert_cmpstr(script->out, ==, "<x>\n");

    for (int i = 0; i < 20; i++) {
        g_string_append(deep, "source -\n");
    }
    g_string_append(deep, "say x\n");
    write_script(script, deep->str);
    g_assert_nonnull(freopen(script->path, "r", stdin));
    g_assert_false(run_path(script, "-"));
    g_assert_error(script->error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_true(run_path(script, "-")); /* it is still open */
    g_assert_cmpstr(script->out, ==, "<x>\n");
}

static void add(const char *path, void (*func)(Script *, gconstpointer))
{
    g_test_add(path, Script, NULL, script_set_up, func, script_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/script/lines", test_lines);
    add("/script/carriage-returns", test_carriage_returns);
    add("/script/long-line", test_long_line);
    add("/script/first-error", test_first_error);
    add("/script/keep-going", test_keep_going);
    add("/script/leaving", test_leaving);
    add("/script/echo", test_echo);
    add("/script/no-file", test_no_file);
    add("/script/nested", test_nested);
    add("/script/runs-itself", test_runs_itself);
    add("/script/standard-input", test_standard_input);
    return g_test_run();
}
