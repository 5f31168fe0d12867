/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words. */
#include "shell/words.h"

static void test_list(void)
{
    static const char *const none[] = {NULL}, *const one[] = {"a", NULL},
                             *const three[] = {"a", "b", "c", NULL};
    g_auto(GStrv) twelve = g_strsplit("1 2 3 4 5 6 7 8 9 10 11 12", " ", -1);
    g_auto(GStrv) more = g_strsplit("1 2 3 4 5 6 7 8 9 10 11 12 13 14", " ", -1);
    const struct {
        const char *const *words;
        const char *last, *expected;
    } cases[] = {
        {none, " or ", ""},
        {one, " or ", "a"},
        {three, " or ", "a, b or c"},
        {three, NULL, "a, b, c"},
        {(const char *const *)twelve, " or ", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or 12"},
        {(const char *const *)more, " or ", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ..."},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *list = words_list(cases[i].words, cases[i].last);

        g_assert_cmpstr(list, ==, cases[i].expected);
    }
}

static void test_put_first(void)
{
    static const char *const words[] = {"a", "b", "c", NULL};
    static const struct {
        const char *first, *expected;
    } cases[] = {{"c", "c a b"}, {"a", "a b c"}, {"d", "a b c"}, {NULL, "a b c"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) put = words_put_first(words, cases[i].first);
        g_autofree char *list = g_strjoinv(" ", put);

        g_assert_cmpstr(list, ==, cases[i].expected);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/list", test_list);
    g_test_add_func("/words/put-first", test_put_first);
    return g_test_run();
}
