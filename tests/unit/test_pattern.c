/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/pattern.h"

#include "shell/error.h"

static gboolean matches(const char *text, gboolean any_case, const char *subject)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pattern) pattern = pattern_new(text, any_case, &error);

    g_assert_no_error(error);
    return pattern_matches(pattern, subject);
}

static void test_matches(void)
{
    g_assert_true(matches("tat", FALSE, "status"));
    g_assert_false(matches("TAT", FALSE, "status"));
    g_assert_true(matches("TAT", TRUE, "status"));
    g_assert_true(matches("^status=\\w+$", FALSE, "status=active"));
    g_assert_false(matches("^tatus", FALSE, "status"));
    g_assert_true(matches("", FALSE, ""));
    g_assert_true(matches("^.$", FALSE, "\xc3\xbc")); /* one character, two bytes */
    g_assert_true(matches("\xc3\x9c", TRUE, "\xc3\xbc"));
}

/* QEMU may say anything. */
static void test_subject_that_is_not_utf8(void)
{
    g_assert_true(matches("Error", FALSE, "\xff\xfe Error \xc3"));
    g_assert_false(matches("^.$", FALSE, "\xff"));
}

/* The matches that are not empty, each as "FROM-TO". */
static void check_found(const char *text, const char *subject, const char *places)
{
    g_autoptr(Pattern) pattern = pattern_new(text, FALSE, NULL);
    g_autoptr(GString) found = g_string_new(NULL);
    gsize start, end = 0;

    while (pattern_find(pattern, subject, end, &start, &end)) {
        g_string_append_printf(found, "%" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT " ", start, end);
    }
    g_assert_cmpstr(found->str, ==, places);
}

static void test_find(void)
{
    check_found("a", "banana", "1-2 3-4 5-6 ");
    check_found("ana", "banana", "1-4 ");
    check_found("a*", "baab", "1-3 ");
    check_found("", "banana", "");
    check_found("^", "banana", "");
    check_found("^b|a$", "banana", "0-1 5-6 ");
    check_found("^a", "aa", "0-1 "); /* the line begins only once */
    check_found("(?<=n)a", "banana", "3-4 5-6 ");
    check_found(".", "\xc3\xbc\xe2\x82\xac", "0-2 2-5 ");
    check_found("a",
                "\xff"
                "a\xfe"
                "a",
                "1-2 3-4 ");
    check_found("nosuch", "banana", "");
}

static void check_wrong(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(pattern_new(text, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_true(g_str_has_prefix(error->message, message));
}

static void test_wrong(void)
{
    check_wrong("(", "the pattern '(' is wrong at byte 1: ");
    check_wrong("a**b[", "the pattern 'a**b[' is wrong at byte ");
    check_wrong("*", "the pattern '*' is wrong at byte ");
    check_wrong("\xff", "the pattern '");
}

/* One that backtracks for ever is given up. */
static void test_endless(void)
{
    gint64 begun = g_get_monotonic_time();

    g_assert_false(
        matches("^(\\w+\\s?)*$", FALSE,
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"));
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pattern/matches", test_matches);
    g_test_add_func("/pattern/subject-that-is-not-utf8", test_subject_that_is_not_utf8);
    g_test_add_func("/pattern/find", test_find);
    g_test_add_func("/pattern/wrong", test_wrong);
    g_test_add_func("/pattern/endless", test_endless);
    return g_test_run();
}
