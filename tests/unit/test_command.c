/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows found, by all their names, and what is said of them; the messages are QEMU's. */
#include "tests/unit/command_rows.h"

/* The message has the table's name, for `info` the topic; the second line what was typed. */
static void test_names(void)
{
    static const Case cases[] = {
        {"info migrate", ""},
        {"info migrate x", "migrate: extraneous characters at the end of line" TRY("info migrate")},
        {"  info  migrate  x ",
         "migrate: extraneous characters at the end of line" TRY("info  migrate")},
        {"info migratex", "topic=<migratex> "},
        {"info migrate/x", "topic=<migrate/x> "},
        {"quit", ""},
        {"q", ""},
        {"exit ", ""},
        {"q x", "quit|q|exit: extraneous characters at the end of line" TRY("q")},
        {"exit now", "quit|q|exit: extraneous characters at the end of line" TRY("exit")},
        {"qui", "no row"},
        {"quit|q", "no row"},
        {"|", "no row"},
        {"lab", "no row"},
        {"lab dirt 1", "no row"},
        {"lab\tdirty 1", "rate=1048576 "},
        {"migrate/foo", "no row"},
        {"migrate /foo", "uri=</foo> "},
        {"info/migrate", "no row"},
        {"/migrate", "no row"},
        {"\"migrate\" x", "no row"},
        {"Migrate x", "no row"},
        {"migrate; stop", "no row"},
        {"migrate_", "no row"},
        {"mig", "no row"},
        {"", "no row"},
        {" \t", "no row"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_find(void)
{
    const char *line = " info  migrate x";
    const char *rest = NULL;
    const Command *command = command_find(table, line, &rest);
    g_autofree char *plain = NULL;

    g_assert_true(command == &migration_rows[6]);
    g_assert_cmpstr(rest, ==, " x");
    g_assert_true(command_find(table, "info block", &rest) == &shell_rows[0]);
    g_assert_cmpstr(rest, ==, " block");
    g_assert_null(command_find(table, "quit!", &rest));
    command = command_find(table, " !/bin/ls -l ", &rest);
    g_assert_cmpstr(command->name, ==, "!");
    g_assert_cmpstr(rest, ==, "/bin/ls -l ");
    command = command_find(table, "q", &rest);
    g_assert_cmpstr(rest, ==, "");
    plain = command_plain_name(command);
    g_assert_cmpstr(plain, ==, "quit");
    g_assert_true(command_is_called(command, "exit"));
    g_assert_false(command_is_called(command, ""));
    g_assert_false(command_is_called(command, "quit|q|exit"));
}

static void check_parameters(const char *line, const char *expected)
{
    const char *rest;
    g_autofree char *text = command_parameters(command_find(table, line, &rest));

    g_assert_cmpstr(text, ==, expected);
}

static void test_parameters(void)
{
    check_parameters("migrate", "[-d] [-b] [-i] [-r] uri");
    check_parameters("migrate_cancel", "");
    check_parameters("wait", "condition [seconds]");
    check_parameters("info", "[topic]");
    check_parameters("attach", "[-p] domain");
    check_parameters("lab start", "[--disk size] [--base]");
    check_parameters("move", "[-d] [-r] [--live] [--dname name] [--bandwidth speed] "
                             "[--timeout seconds] [--return-path switch] uri [seconds]");
    check_parameters("many", "[-d] [--option...] uri");
}

static void append_name(const Command *command, gpointer data)
{
    g_string_append_printf(data, "%s ", command->name);
}

static void test_foreach(void)
{
    static const Command one[] = {{.name = "a"}, {.name = "b|c"}, {0}};
    static const Command none[] = {{0}};
    static const Command other[] = {{.name = "info d"}, {0}};
    static const Command *const lists[] = {one, none, other, NULL};
    g_autoptr(GString) names = g_string_new(NULL);

    command_foreach(lists, append_name, names);
    g_assert_cmpstr(names->str, ==, "a b|c info d ");
}

static void test_reply(void)
{
    g_auto(Reply) reply;

    reply_init(&reply);
    g_assert_cmpstr(reply.text->str, ==, "");
    g_assert_null(reply.json);
    g_assert_false(reply.spoken);
    g_string_append(reply.text, "x");
    reply.json = json_object_new_string("x"); /* both are freed with it */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/names", test_names);
    g_test_add_func("/command/find", test_find);
    g_test_add_func("/command/parameters", test_parameters);
    g_test_add_func("/command/foreach", test_foreach);
    g_test_add_func("/command/reply", test_reply);
    return g_test_run();
}
