/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/dispatch.h"

#include <string.h>

#include "shell/error.h"
#include "tests/unit/replayed.h"

static const char RECORDING[] = "> info status\n"
                                "VM status: running\n"
                                "> info block\n"
                                "disk0: none\n"
                                "> stop\n"
                                "> x/10i 0\n"
                                "0x0: add\n"
                                "> migrate_set_parameter tls-creds \"\"\n"
                                "> migrate -d foo\n"
                                "Error: Parameter 'uri' expects a valid migration protocol\n"
                                "> {\"execute\":\"query-status\"}\n"
                                "{\"return\":{\"status\":\"running\"},\"id\":\"libvirt-1\"}\n"
                                "> {\"execute\":\"stop\"}\n"
                                "{\"id\":\"libvirt-2\",\"error\":{\"class\":\"GenericError\","
                                "\"desc\":\"no\"}}\n";

/* --- commands --- */

static gboolean say(Session *session G_GNUC_UNUSED, const Arguments *arguments, Reply *reply,
                    GError **error G_GNUC_UNUSED)
{
    const char *text = arguments_get(arguments, "text")->text;

    g_string_append_printf(reply->text, "%s\n", text);
    return TRUE;
}

static gboolean show(Session *session G_GNUC_UNUSED, const Arguments *arguments G_GNUC_UNUSED,
                     Reply *reply, GError **error G_GNUC_UNUSED)
{
    g_string_append(reply->text, "5 things\n");
    reply->json = json_dict("things", json_object_new_int(5), NULL);
    return TRUE;
}

static gboolean fail(Session *session G_GNUC_UNUSED, const Arguments *arguments, Reply *reply,
                     GError **error)
{
    g_string_append(reply->text, "so far\n");
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        arguments_get(arguments, "text")->text);
    return FALSE;
}

static gboolean inner(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    reply->spoken = TRUE;
    return dispatch(session, arguments_get(arguments, "command")->text, error);
}

static const Argument text_arguments[] = {{.name = "text", .kind = ARGUMENT_REST}, {0}};
static const Argument word_arguments[] = {
    {.name = "word", .kind = ARGUMENT_WORD}, {.name = "text", .kind = ARGUMENT_REST}, {0}};
static const Argument command_arguments[] = {{.name = "command", .kind = ARGUMENT_COMMAND}, {0}};
static const Argument flag_arguments[] = {{.name = "loud", .kind = ARGUMENT_FLAG, .flag = 'l'},
                                          {.name = "text", .kind = ARGUMENT_REST},
                                          {0}};

static const Command rows[] = {
    {.name = "say|s", .arguments = text_arguments, .flags = COMMAND_LOOKS, .run = say},
    {.name = "change", .arguments = text_arguments, .run = say},
    {.name = "show", .flags = COMMAND_LOOKS, .run = show},
    {.name = "fail", .arguments = text_arguments, .run = fail},
    {.name = "refuse", .arguments = text_arguments, .flags = COMMAND_SPEAKS_HMP, .run = fail},
    {.name = "inner", .arguments = command_arguments, .flags = COMMAND_GATES_INNER, .run = inner},
    {.name = "lab say", .arguments = text_arguments, .flags = COMMAND_LOOKS, .run = say},
    {.name = "loud", .arguments = flag_arguments, .run = say},
    {.name = "migrate_set_parameter", .arguments = word_arguments, .flags = COMMAND_SPEAKS_HMP},
    {0},
};
static const Command *const table[] = {rows, NULL};
static const char *const lookers[] = {"info", "x", "?", NULL};

/* --- running lines --- */

typedef struct {
    Session *session;
    char *out;
    char *err;
    GError *error;
} Shell;

static void shell_open(Shell *shell, gboolean json, gboolean read_only)
{
    const SessionSetup setup = {.commands = table, .qemu_lookers = lookers, .read_only = read_only};
    const OutputMode mode = {.json = json};

    *shell = (Shell){0};
    shell->session = replayed_session(&setup, &mode);
    shell->session->current = replayed_guest(shell->session, "web01", RECORDING);
}

static void shell_close(Shell *shell)
{
    session_free(shell->session);
    g_free(shell->out);
    g_free(shell->err);
    g_clear_error(&shell->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shell, shell_close)

static gboolean run(Shell *shell, const char *line)
{
    g_autofree char *shown = g_strescape(line, NULL);
    Capture capture;
    gboolean fine;

    g_free(shell->out);
    g_free(shell->err);
    g_clear_error(&shell->error);
    g_test_message("%.60s", shown);
    capture_begin(&capture);
    fine = dispatch(shell->session, line, &shell->error);
    capture_end(&capture, &shell->out, &shell->err);
    g_assert_true(fine == (shell->error == NULL));
    return fine;
}

static void check(Shell *shell, const char *line, const char *out)
{
    g_assert_true(run(shell, line));
    g_assert_cmpstr(shell->out, ==, out);
    g_assert_cmpstr(shell->err, ==, "");
}

static void check_error(Shell *shell, const char *line, int code, const char *message)
{
    g_assert_false(run(shell, line));
    g_assert_error(shell->error, HMPSH_ERROR, code);
    g_assert_cmpstr(shell->error->message, ==, message);
    g_assert_cmpstr(shell->err, ==, ""); /* the caller reports it */
}

static void check_sent(Shell *shell, const char *expected)
{
    g_autofree char *sent = replay_sent(shell->session->current->monitor);

    g_assert_cmpstr(sent, ==, expected);
}

static void test_rows(void)
{
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    check(&shell, "say hello  world ", "hello  world \n");
    check(&shell, "  s hello\n", "hello\n");
    check(&shell, "lab say x", "x\n");
    check(&shell, "show", "5 things\n");
    check(&shell, "inner say x", "x\n");
    check(&shell, "inner inner show", "5 things\n");
    check(&shell, "", "");
    check(&shell, " \t\n", "");
    check(&shell, "  # say x", "");
    check_error(&shell, "say", HMPSH_ERROR_SYNTAX,
                "say|s: TEXT expected\nTry \"help say\" for more information");
    check_error(&shell, "show x", HMPSH_ERROR_SYNTAX,
                "show: extraneous characters at the end of line\n"
                "Try \"help show\" for more information");
    check_sent(&shell, "");
}

static void test_failures(void)
{
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    check_error(&shell, "fail no", HMPSH_ERROR_FAILED, "no");
    g_assert_cmpstr(shell.out, ==, "so far\n");
    check_error(&shell, "inner fail no", HMPSH_ERROR_FAILED, "no");
    /* QEMU's commands speak as its HMP does */
    check_error(&shell, "refuse no", HMPSH_ERROR_FAILED, "Error: no");
    check_error(&shell, "refuse Error: no", HMPSH_ERROR_FAILED, "Error: no");
    check_error(&shell, "refuse", HMPSH_ERROR_SYNTAX,
                "refuse: string expected\nTry \"help refuse\" for more information");
}

/* What no row is for goes to QEMU as it is. */
static void test_to_hmp(void)
{
    static const char *const odd[] = {
        "größe \"a b\" 'c' | $x; \\t  # no comment ",
        "x /2bx 0",
        "/foo",
        "sayx",
        "say/x",
        "SAY x",
        "\"say\" x",
        "q quit",
        "info block \"a",
    };
    g_autoptr(GString) sent = g_string_new(NULL);
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    check(&shell, "info status", "VM status: running\n");
    check(&shell, " stop", "");
    check(&shell, "migrate_set_parameter tls-creds \"\"", ""); /* a row that only knows how */
    check_error(&shell, "migrate -d foo", HMPSH_ERROR_FAILED,
                "Error: Parameter 'uri' expects a valid migration protocol");
    g_string_append(sent, "info status\nstop\nmigrate_set_parameter tls-creds \"\"\n"
                          "migrate -d foo\n");
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *message = g_strdup_printf("unknown command: '%s'", odd[i]);

        check_error(&shell, odd[i], HMPSH_ERROR_NOT_FOUND, message);
        g_string_append_printf(sent, "%s\n", odd[i]);
    }
    check_sent(&shell, sent->str);
    check_error(&shell, "migrate_set_parameter tls-creds", HMPSH_ERROR_SYNTAX,
                "migrate_set_parameter: string expected\n"
                "Try \"help migrate_set_parameter\" for more information");
    check_sent(&shell, sent->str);
}

static void test_to_qmp(void)
{
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    check(&shell, "{\"execute\":\"query-status\"}", "{\"return\":{\"status\":\"running\"}}\n");
    check(&shell, "  {\"execute\":\"query-status\"}\n", "{\"return\":{\"status\":\"running\"}}\n");
    check_error(&shell, "{\"execute\":\"stop\"}", HMPSH_ERROR_FAILED, "no");
    check_error(&shell, "{say x}", HMPSH_ERROR_SYNTAX,
                "not JSON: quoted object property name expected (at byte 2)");
    check_sent(&shell, "{\"execute\":\"query-status\"}\n{\"execute\":\"query-status\"}\n"
                       "{\"execute\":\"stop\"}\n");
}

/* An argument that QEMU would cut. */
static void test_long_argument(void)
{
    g_autofree char *longest = g_strnfill(1023, 'x');
    g_autofree char *fits = g_strdup_printf("foo %s %s", longest, longest);
    g_autofree char *cut = g_strdup_printf("foo %sx", longest);
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    g_assert_false(run(&shell, fits));
    g_assert_cmpstr(shell.err, ==, "");
    g_assert_false(run(&shell, cut));
    g_assert_nonnull(strstr(shell.err, "1023 bytes"));
}

static void test_no_guest(void)
{
    const char *message = "no guest is attached (see 'domains', then 'attach DOMAIN')";
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    session_detach(shell.session, FALSE);
    check(&shell, "say x", "x\n");
    check_error(&shell, "info status", HMPSH_ERROR_NO_GUEST, message);
    check_error(&shell, "{}", HMPSH_ERROR_NO_GUEST, message);
}

static void test_lost_guest(void)
{
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    monitor_set_lost(shell.session->current->monitor, "it was shut down");
    check(&shell, "say x", "x\n");
    check_error(&shell, "info status", HMPSH_ERROR_LOST, "guest 'web01' is gone: it was shut down");
    check_sent(&shell, "");
}

/* --- JSON --- */

/* The one object that was printed. Free with json_object_put(). */
static Json *only_object(Shell *shell)
{
    g_autoptr(GError) error = NULL;
    Json *object;

    g_assert_true(g_utf8_validate(shell->out, -1, NULL));
    g_assert_true(strchr(shell->out, '\n') == shell->out + strlen(shell->out) - 1);
    object = json_parse(shell->out, &error);
    g_assert_no_error(error);
    g_assert_true(json_object_is_type(json_get(object, "seconds"), json_type_double));
    g_assert_cmpfloat(json_object_get_double(json_get(object, "seconds")), >=, 0);
    json_object_object_del(object, "seconds");
    return object;
}

static void check_json(Shell *shell, const char *line, const char *expected)
{
    g_autoptr(Json) object = NULL;
    g_autofree char *text = NULL;

    run(shell, line);
    object = only_object(shell);
    text = json_text(object);
    g_assert_cmpstr(text, ==, expected);
    g_assert_true((shell->error != NULL) == (json_get(object, "error") != NULL));
    g_assert_cmpstr(shell->err, ==, "");
}

static void test_json(void)
{
    g_auto(Shell) shell;

    shell_open(&shell, TRUE, FALSE);
    check_json(&shell, " say hello\n",
               "{\"command\":\"say hello\",\"guest\":\"web01\",\"return\":\"hello\\n\"}");
    check_json(&shell, "show",
               "{\"command\":\"show\",\"guest\":\"web01\",\"return\":{\"things\":5}}");
    check_json(&shell, "info status",
               "{\"command\":\"info status\",\"guest\":\"web01\","
               "\"return\":\"VM status: running\\n\"}");
    check_json(&shell, "stop", "{\"command\":\"stop\",\"guest\":\"web01\",\"return\":\"\"}");
    check_json(&shell, "{\"execute\":\"query-status\"}",
               "{\"command\":\"{\\\"execute\\\":\\\"query-status\\\"}\",\"guest\":\"web01\","
               "\"return\":{\"status\":\"running\"}}");
    check_json(&shell, "fail no",
               "{\"command\":\"fail no\",\"guest\":\"web01\","
               "\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"}}");
    check_json(&shell, "foo",
               "{\"command\":\"foo\",\"guest\":\"web01\",\"error\":{\"class\":\"CommandNotFound\","
               "\"desc\":\"unknown command: 'foo'\"}}");
    check_json(&shell, "inner show", /* one object, the inner one's */
               "{\"command\":\"show\",\"guest\":\"web01\",\"return\":{\"things\":5}}");
    check(&shell, "# nothing", "");
    run(&shell, "foo \xff"); /* what is no UTF-8 is no JSON either */
    json_object_put(only_object(&shell));
    session_detach(shell.session, FALSE);
    check_json(&shell, "say x", "{\"command\":\"say x\",\"return\":\"x\\n\"}");
}

/* --- --read-only --- */

static void check_refused(Shell *shell, const char *line)
{
    g_autofree char *message =
        g_strdup_printf("refused by --read-only: '%s' is not known only to look", line);

    check_error(shell, line, HMPSH_ERROR_FAILED, message);
    g_assert_cmpstr(shell->out, ==, "");
}

static void test_read_only(void)
{
    static const char *const refused[] = {
        "change x",
        "inner change x",
        "stop",
        "xp 0",
        "foo",
        "migrate_set_parameter tls-creds \"\"",
        "{\"execute\":\"stop\"}",
        "{\"execute\":\"query-status\"",
        "{\"execute\":5}",
        "{}",
        "{\"exec-oob\":\"query-x\"}",
        "/info",
    };
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (strcmp(refused[i], "inner change x") != 0) {
            check_refused(&shell, refused[i]);
        }
    }
    check_error(&shell, "inner change x", HMPSH_ERROR_FAILED,
                "refused by --read-only: 'change x' is not known only to look");
    check_sent(&shell, "");

    check(&shell, "say x", "x\n");
    check(&shell, "inner say x", "x\n");
    check(&shell, "info status", "VM status: running\n");
    check(&shell, "x/10i 0", "0x0: add\n");
    check(&shell, "{\"execute\":\"query-status\"}", "{\"return\":{\"status\":\"running\"}}\n");
    g_assert_true(dispatch_may_send(shell.session, "info status", NULL));
    g_assert_false(dispatch_may_send(shell.session, "stop", NULL));
    shell.session->setup.read_only = FALSE;
    g_assert_true(dispatch_may_send(shell.session, "stop", NULL));
}

/* --- the words of a command line --- */

static void test_line_of(void)
{
    static const struct {
        const char *words[6];
        const char *line;
    } cases[] = {
        {{"info status"}, "info status"},
        {{"say \"a"}, "say \"a"},
        {{""}, ""},
        {{"migrate", "-d", "tcp:h:1"}, "migrate -d tcp:h:1"},
        {{"migrate", "exec:gzip > /x"}, "migrate \"exec:gzip > /x\""},
        {{"migrate_set_parameter", "tls-creds", ""}, "migrate_set_parameter tls-creds \"\""},
        {{"foo", "a\"b", "\"c\"", "d\\e", "f\ng"}, "foo a\"b \"\\\"c\\\"\" d\\e \"f\\ng\""},
        {{"say", "a  \"b\" \\t"}, "say a  \"b\" \\t"},
        {{"s", " x"}, "say  x"},
        {{"say", "a", "b c"}, "say a \"b c\""},
        {{"lab", "say", "a b"}, "lab say a b"},
        {{"lab", "say", "a b", "c"}, "lab say \"a b\" c"},
        {{"loud", "-l", "a b"}, "loud -l \"a b\""},
        {{"inner", "migrate -d \"x y\""}, "inner migrate -d \"x y\""},
        {{"show", "a b"}, "show \"a b\""},
    };
    g_auto(Shell) shell;

    shell_open(&shell, FALSE, FALSE);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = dispatch_line_of(shell.session, cases[i].words);

        g_assert_cmpstr(line, ==, cases[i].line);
    }
}

/* What is captured is not printed: of the command and of those that it runs, without colour, and
 * with --json all the same. */
static void test_capture(void)
{
    for (int json = 0; json < 2; json++) {
        g_auto(Shell) shell;
        g_autoptr(GString) text = g_string_new(NULL);
        Capture capture;

        shell_open(&shell, json, FALSE);
        capture_begin(&capture);
        dispatch_capture(shell.session, "say \033[1;32mgreen\033[0m", text, &shell.error);
        dispatch_capture(shell.session, "inner inner info status", text, &shell.error);
        dispatch_capture(shell.session, "show", text, &shell.error);
        dispatch_capture(shell.session, "fail so", text, &shell.error);
        capture_end(&capture, &shell.out, &shell.err);
        g_assert_cmpstr(text->str, ==, "green\nVM status: running\n5 things\nso far\n");
        g_assert_cmpstr(shell.out, ==, "");
        g_assert_error(shell.error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
        g_assert_null(shell.session->captured);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dispatch/rows", test_rows);
    g_test_add_func("/dispatch/failures", test_failures);
    g_test_add_func("/dispatch/to-hmp", test_to_hmp);
    g_test_add_func("/dispatch/to-qmp", test_to_qmp);
    g_test_add_func("/dispatch/long-argument", test_long_argument);
    g_test_add_func("/dispatch/no-guest", test_no_guest);
    g_test_add_func("/dispatch/lost-guest", test_lost_guest);
    g_test_add_func("/dispatch/json", test_json);
    g_test_add_func("/dispatch/read-only", test_read_only);
    g_test_add_func("/dispatch/line-of", test_line_of);
    g_test_add_func("/dispatch/capture", test_capture);
    return g_test_run();
}
