/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/sparkline.h"

static void check(const guint64 *numbers, gsize count, int columns, gboolean ascii,
                  const char *expected)
{
    g_autofree char *line = sparkline(numbers, count, columns, ascii);

    g_assert_cmpstr(line, ==, expected);
}

static void test_blocks(void)
{
    const guint64 rising[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const guint64 flat[] = {G_MAXUINT64, G_MAXUINT64};

    check(rising, 9, 9, FALSE, "▁▂▃▄▅▆▇██");
    check(rising, 9, 9, TRUE, "..:-=+*##");
    check(rising, 9, 3, FALSE, "▇██"); /* the newest, by the largest of them */
    check(flat, 2, 80, FALSE, "██");
}

static void test_nothing(void)
{
    const guint64 zeros[] = {0, 0, 0};

    check(NULL, 0, 10, FALSE, "");
    check(zeros, 3, 0, FALSE, "");
    check(zeros, 3, -1, TRUE, "");
    check(zeros, 3, 10, FALSE, "▁▁▁");
    check(zeros, 3, 10, TRUE, "...");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sparkline/blocks", test_blocks);
    g_test_add_func("/sparkline/nothing", test_nothing);
    return g_test_run();
}
