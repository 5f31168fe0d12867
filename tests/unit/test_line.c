/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/line.h"

#include "shell/error.h"

static void test_word(void)
{
    static const struct {
        const char *line;
        const char *word;
        const char *rest;
    } cases[] = {
        {"", NULL, ""},
        {" \t\r\n\v\f", NULL, " \t\r\n\v\f"},
        {"migrate", "migrate", ""},
        {"  migrate -d x", "migrate", " -d x"},
        {"stop\ncont", "stop", "\ncont"},
        {"a\vb", "a", "\vb"},
        {"x/10i 0", "x", "/10i 0"},
        {"x /2bx 0", "x", " /2bx 0"},
        {"/foo", "", "/foo"},
        {"info/foo", "info", "/foo"},
        {"stop; cont", "stop;", " cont"},
        {"\"migrate\" x", "\"migrate\"", " x"},
        {"?migrate", "?migrate", ""},
        {"größe x", "größe", " x"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *line = cases[i].line;
        g_autofree char *word = line_word(&line);

        g_assert_cmpstr(word, ==, cases[i].word);
        g_assert_cmpstr(line, ==, cases[i].rest);
    }
}

static void test_token(void)
{
    static const struct {
        const char *line;
        const char *token;
        gboolean quoted;
        const char *rest;
    } cases[] = {
        {"", NULL, FALSE, ""},
        {" \t ", NULL, FALSE, " \t "},
        {" tcp:h:1 x", "tcp:h:1", FALSE, " x"},
        {"xb\"le\" y", "xb\"le\"", FALSE, " y"},
        {"'a b'", "'a", FALSE, " b'"},
        {"a\\n\\t", "a\\n\\t", FALSE, ""},
        {"$x*;&", "$x*;&", FALSE, ""},
        {"a/b", "a/b", FALSE, ""},
        {"\"\"", "", TRUE, ""},
        {"\"\" x", "", TRUE, " x"},
        {"\"exec:gzip > /x\"", "exec:gzip > /x", TRUE, ""},
        {"\"xbzrle\"on", "xbzrle", TRUE, "on"},
        {"\"a\"\"b\"", "a", TRUE, "\"b\""},
        {"\"-x\"", "-x", TRUE, ""},
        {"\"a\\n\\r\\\\\\'\\\"b\"c", "a\n\r\\'\"b", TRUE, "c"},
        {"\"a\tb\nc\"", "a\tb\nc", TRUE, ""},
        {"\"größe\"", "größe", TRUE, ""},
        {"größe x", "größe", FALSE, " x"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *line = cases[i].line;
        gboolean quoted;
        g_autoptr(GError) error = NULL;
        g_autofree char *token = line_token(&line, &quoted, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(token, ==, cases[i].token);
        g_assert_cmpint(quoted, ==, cases[i].quoted);
        g_assert_cmpstr(line, ==, cases[i].rest);
    }
}

static void test_token_errors(void)
{
    static const struct {
        const char *line;
        const char *message;
    } cases[] = {
        {"\"", "unterminated string"},
        {" \"abc", "unterminated string"},
        {"\"abc\\\"", "unterminated string"},
        {"\"abc\\", "unterminated string"},
        {"\"a\\tb\"", "unsupported escape code: '\\t'"},
        {"\"a\\ b\"", "unsupported escape code: '\\ '"},
        {"\"\\é\"", "unsupported escape code: '\\é'"},
        {"\"\\\xff\"", "unsupported escape code: '\\\xef\xbf\xbd'"},
        {"\"\\\xc3", "unsupported escape code: '\\\xef\xbf\xbd'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *line = cases[i].line;
        g_autoptr(GError) error = NULL;
        g_autofree char *token = line_token(&line, NULL, &error);

        g_assert_null(token);
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
        g_assert_cmpstr(error->message, ==, cases[i].message);
        g_assert_true(line == cases[i].line);
    }
}

static void test_whole_line(void)
{
    const char *line = " migrate -d \"tcp:h:1\"x\t\"y z\" ";
    const char *expected[] = {"-d", "tcp:h:1", "x", "y z"};
    g_autofree char *word = line_word(&line);

    g_assert_cmpstr(word, ==, "migrate");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *token = line_token(&line, NULL, NULL);

        g_assert_cmpstr(token, ==, expected[i]);
    }
    g_assert_null(line_token(&line, NULL, NULL));
}

static void test_rest(void)
{
    g_assert_cmpstr(line_rest(" \t\"a\\ b\"  c "), ==, "\"a\\ b\"  c ");
    g_assert_cmpstr(line_rest("  "), ==, "");
    g_assert_cmpstr(line_rest(""), ==, "");
}

static void test_nothing(void)
{
    g_assert_true(line_is_nothing(""));
    g_assert_true(line_is_nothing(" \t\r\n\v\f"));
    g_assert_true(line_is_nothing("# x"));
    g_assert_true(line_is_nothing("\t#"));
    g_assert_false(line_is_nothing("stop # x"));
    g_assert_false(line_is_nothing("/"));
}

static void test_quote(void)
{
    static const char *const cases[][2] = {
        {"x", "x"},
        {"-d", "-d"},
        {"#", "#"},
        {"", "\"\""},
        {"C:\\a\\b", "C:\\a\\b"},
        {"a\"b", "a\"b"},
        {"'", "'"},
        {"\"a", "\"\\\"a\""},
        {"a b", "\"a b\""},
        {"a \"b\" \\ 'c'", "\"a \\\"b\\\" \\\\ 'c'\""},
        {"a\n", "\"a\\n\""},
        {"\r\n", "\"\\r\\n\""},
        {"a\tb", "\"a\tb\""},
        {"grün", "grün"},
        {"grün blau", "\"grün blau\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *quoted = line_quote(cases[i][0]);

        g_assert_cmpstr(quoted, ==, cases[i][1]);
    }
}

/* Every word of up to four of the bytes that matter comes back as it was. */
static void test_round_trip(void)
{
    static const char *const bytes[] = {"", "a", " ", "\"", "\\", "'", "\n", "\r", "\t", "\v", "é"};
    const size_t n = G_N_ELEMENTS(bytes);

    for (size_t i = 0; i < n * n * n * n; i++) {
        g_autofree char *word = g_strconcat(bytes[i % n], bytes[i / n % n], bytes[i / n / n % n],
                                            bytes[i / n / n / n], NULL);
        g_autofree char *quoted = line_quote(word);
        const char *line = quoted;
        g_autoptr(GError) error = NULL;
        g_autofree char *token = line_token(&line, NULL, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(token, ==, word);
        g_assert_cmpstr(line, ==, "");
    }
}

static void test_join(void)
{
    const char *none[] = {NULL};
    const char *words[] = {"migrate", "-d", "exec:cat > /x", "", "a\"b", NULL};
    g_autofree char *empty = line_join(none);
    g_autofree char *line = line_join(words);

    g_assert_cmpstr(empty, ==, "");
    g_assert_cmpstr(line, ==, "migrate -d \"exec:cat > /x\" \"\" a\"b");
}

static void check_last(const char *line, const char *rest, const char *typed, gboolean open)
{
    g_autofree char *found = NULL;
    gboolean is_open;

    g_assert_cmpstr(line_last_word(line, &found, &is_open), ==, rest);
    g_assert_cmpstr(found, ==, typed);
    g_assert_cmpint(is_open, ==, open);
}

static void test_last_word(void)
{
    check_last("", "", "", FALSE);
    check_last("  ", "", "", FALSE);
    check_last("migr", "migr", "migr", FALSE);
    check_last("  migrate ", "", "", FALSE);
    check_last("migrate  tcp:h", "tcp:h", "tcp:h", FALSE);
    check_last("loadvm \"a b", "\"a b", "a b", TRUE);
    check_last("loadvm \"a \\\"b", "\"a \\\"b", "a \"b", TRUE);
    check_last("loadvm \"a b\"", "\"a b\"", "a b", FALSE);
    check_last("loadvm \"a b\" c", "c", "c", FALSE);
    check_last("loadvm \"", "\"", "", TRUE);
    check_last("loadvm \"a\\", "\"a\\", "", TRUE); /* half an escape */
    check_last("echo a\"b c", "c", "c", FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/line/word", test_word);
    g_test_add_func("/line/token", test_token);
    g_test_add_func("/line/token-errors", test_token_errors);
    g_test_add_func("/line/whole-line", test_whole_line);
    g_test_add_func("/line/rest", test_rest);
    g_test_add_func("/line/nothing", test_nothing);
    g_test_add_func("/line/quote", test_quote);
    g_test_add_func("/line/round-trip", test_round_trip);
    g_test_add_func("/line/join", test_join);
    g_test_add_func("/line/last-word", test_last_word);
    return g_test_run();
}
