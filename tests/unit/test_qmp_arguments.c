/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/qmp_arguments.h"
#include "tests/unit/replayed.h"

static const char SCHEMA[] =
    "> {\"execute\":\"query-qmp-schema\"}\n"
    "{\"return\":[{\"name\":\"c\",\"meta-type\":\"command\",\"arg-type\":\"1\"},"
    "{\"name\":\"int\",\"meta-type\":\"builtin\",\"json-type\":\"int\"},"
    "{\"name\":\"str\",\"meta-type\":\"builtin\",\"json-type\":\"string\"},"
    "{\"name\":\"kind\",\"meta-type\":\"enum\",\"values\":[\"s\",\"n\"]},"
    "{\"name\":\"none\",\"meta-type\":\"object\",\"members\":[]},"
    "{\"name\":\"of-s\",\"meta-type\":\"object\",\"members\":[{\"name\":\"v\",\"type\":\"str\"}]},"
    "{\"name\":\"of-n\",\"meta-type\":\"object\",\"members\":[{\"name\":\"v\",\"type\":\"int\"}]},"
    "{\"name\":\"1\",\"meta-type\":\"object\",\"tag\":\"kind\",\"members\":["
    "{\"name\":\"kind\",\"type\":\"kind\"},{\"name\":\"size\",\"type\":\"int\"},"
    "{\"name\":\"name\",\"type\":\"str\"},{\"name\":\"in\",\"type\":\"of-n\"}],"
    "\"variants\":[{\"case\":\"s\",\"type\":\"of-s\"},{\"case\":\"n\",\"type\":\"of-n\"}]}]}\n";

/* The object that @text is for the command c of a guest with @recording; NULL and the message in
 * *@why when it is refused. *@asked is whether QEMU was asked for the schema, and how often. */
static char *read_for(const char *recording, const char *text, char **why, int *asked)
{
    SessionSetup setup = {0};
    OutputMode mode = {0};
    Session *session = replayed_session(&setup, &mode);
    g_autoptr(GError) error = NULL;
    g_autoptr(QmpArguments) arguments = qmp_arguments_read(text, &error);
    g_autofree char *sent = NULL;
    char *found = NULL;

    session->current = replayed_guest(session, "g", recording);
    for (int i = 0; i < 2 && arguments; i++) { /* the second time the schema is remembered */
        g_autoptr(Json) object = NULL;

        g_clear_error(&error);
        object = qmp_arguments_json(arguments, session->current, "c", &error);
        g_free(found);
        found = object ? json_text(object) : NULL;
    }
    *why = error ? g_strdup(error->message) : NULL;
    sent = replay_sent(session->current->monitor);
    *asked = g_strstr_len(sent, -1, "query-qmp-schema") ? 1 : 0;
    *asked += g_strrstr(sent, "query-qmp-schema") != g_strstr_len(sent, -1, "query-qmp-schema");
    session_free(session);
    return found;
}

static void check(const char *recording, const char *text, const char *json, const char *message,
                  int times)
{
    g_autofree char *why = NULL;
    int asked;
    g_autofree char *found = read_for(recording, text, &why, &asked);

    g_assert_cmpstr(found, ==, json);
    g_assert_cmpstr(why, ==, message);
    g_assert_cmpint(asked, ==, times);
}

static void test_typed(void)
{
    check(SCHEMA, "size=1G name=7 other=7", "{\"size\":1073741824,\"name\":\"7\",\"other\":7}",
          NULL, 1);
    check(SCHEMA, "size=\"1K\" name=\"7\" other=\"7\"",
          "{\"size\":1024,\"name\":\"7\",\"other\":\"7\"}", NULL, 1);
    check(SCHEMA, "\"size=1K\" \"name=a b\"", "{\"size\":1024,\"name\":\"a b\"}", NULL, 1);
    check(SCHEMA, "in.v=2K in.w=2", "{\"in\":{\"v\":2048,\"w\":2}}", NULL, 1);
    check(SCHEMA, "name= size=18446744073709551615",
          "{\"name\":\"\",\"size\":18446744073709551615}", NULL, 1);
    check(SCHEMA, "size=x", NULL, "size: an integer expected, not 'x'", 1);
    check(SCHEMA, "kind=q", NULL, "kind: one of s, n expected, not 'q'", 1);
}

/* The tag may stand behind what it decides. */
static void test_tag(void)
{
    check(SCHEMA, "kind=s v=1", "{\"kind\":\"s\",\"v\":\"1\"}", NULL, 1);
    check(SCHEMA, "v=1 kind=s", "{\"v\":\"1\",\"kind\":\"s\"}", NULL, 1);
    check(SCHEMA, "v=1K kind=n", "{\"v\":1024,\"kind\":\"n\"}", NULL, 1);
    check(SCHEMA, "v=1K kind:=\"s\"", "{\"v\":\"1K\",\"kind\":\"s\"}", NULL, 1);
    check(SCHEMA, "v=x", "{\"v\":\"x\"}", NULL, 1); /* either */
}

/* JSON is sent as it is, and nothing is asked for it. */
static void test_json(void)
{
    check(SCHEMA, "size:=\"1G\" name:=null", "{\"size\":\"1G\",\"name\":null}", NULL, 0);
    check(SCHEMA, "\"size:=[1, 2]\"", "{\"size\":[1,2]}", NULL, 0);
    check(SCHEMA, "{\"size\": \"1G\"}", "{\"size\":\"1G\"}", NULL, 0);
    check(SCHEMA, "", "{}", NULL, 0);
    check(SCHEMA, "size:=1 size=2K", "{\"size\":2048}", NULL, 1);
    check(SCHEMA, "size=2K size:=1", "{\"size\":1}", NULL, 1);
    check(SCHEMA, "in:={\"a\":true} in.v=1K", "{\"in\":{\"a\":true,\"v\":1024}}", NULL, 1);
}

/* A QEMU without a schema: what a bare word looks like decides. */
static void test_untyped(void)
{
    static const char nothing[] = "> {\"execute\":\"query-name\"}\n{\"return\":{}}\n";

    check(nothing, "a=1 b=true c=null d=1G e=\"1\" f=18446744073709551615 g=0.5 h=x",
          "{\"a\":1,\"b\":true,\"c\":null,\"d\":\"1G\",\"e\":\"1\",\"f\":18446744073709551615,"
          "\"g\":0.5,\"h\":\"x\"}",
          NULL, 1);
}

static void test_refused(void)
{
    check(SCHEMA, "size", NULL, "KEY=VALUE or KEY:=JSON expected, not 'size'", 0);
    check(SCHEMA, "=1", NULL, "KEY=VALUE or KEY:=JSON expected, not '=1'", 0);
    check(SCHEMA, ":=1", NULL, "KEY=VALUE or KEY:=JSON expected, not ':=1'", 0);
    check(SCHEMA, "a:=x", NULL, "not JSON: 'x'", 0);
    check(SCHEMA, "\"a b\"", NULL, "KEY=VALUE or KEY:=JSON expected, not 'a b'", 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qmp-arguments/typed", test_typed);
    g_test_add_func("/qmp-arguments/tag", test_tag);
    g_test_add_func("/qmp-arguments/json", test_json);
    g_test_add_func("/qmp-arguments/untyped", test_untyped);
    g_test_add_func("/qmp-arguments/refused", test_refused);
    return g_test_run();
}
