/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines in Chinese, which has no blanks between words, and in both languages at once. */
#include "shell/layout.h"

#include <string.h>

enum { LONGEST = 26 }; /* columns of what stays together in the text below, at most */

/* @text without blanks and newlines. Free with g_free(). */
static char *letters(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        if (!strchr(" \t\n", *text)) {
            g_string_append_c(out, *text);
        }
    }
    return g_string_free(out, FALSE);
}

static char *wrap(const char *text, int width, int hang)
{
    GString *out = g_string_new(NULL);

    layout_wrap(out, width, hang, text);
    return g_string_free(out, FALSE);
}

static void test_wrap(void)
{
    static const struct {
        int width;
        const char *text, *expected;
    } cases[] = {
        {12, "脏页速率高于吞吐量时", "脏页速率高于\n  吞吐量时"},
        {11, "脏页速率高于吞吐量时", "脏页速率高\n  于吞吐量\n  时"},
        /* no line begins with a closing sign: the character before it goes along */
        {12, "脏页速率高于，吞吐量", "脏页速率高\n  于，吞吐量"},
        {12, "脏页速率高于。吞吐量", "脏页速率高\n  于。吞吐量"},
        {12, "脏页速率高于、吞吐量", "脏页速率高\n  于、吞吐量"},
        {12, "脏页速率高于；吞吐量", "脏页速率高\n  于；吞吐量"},
        {12, "脏页速率高于：吞吐量", "脏页速率高\n  于：吞吐量"},
        {12, "脏页速率高于！吞吐量", "脏页速率高\n  于！吞吐量"},
        {12, "脏页速率高于？吞吐量", "脏页速率高\n  于？吞吐量"},
        {12, "（脏页速率高）吞吐量", "（脏页速率\n  高）吞吐量"},
        {12, "「脏页速率高」吞吐量", "「脏页速率\n  高」吞吐量"},
        {11, "“脏页速率高”吞吐量", "“脏页速率\n  高”吞吐量"},
        {12, "脏页速率高）。吞吐量", "脏页速率\n  高）。吞吐\n  量"},
        /* none ends with an opening one */
        {12, "脏页速率高（吞吐量）", "脏页速率高\n  （吞吐量）"},
        {12, "脏页速率高「吞吐量」", "脏页速率高\n  「吞吐量」"},
        {11, "脏页速率高“吞吐量”", "脏页速率高\n  “吞吐量”"},
        /* words of Latin letters stay whole, whatever stands beside them */
        {18, "迁移由 migrate_cancel 取消", "迁移由\n  migrate_cancel\n  取消"},
        {19, "使用migrate_set_speed", "使用\n  migrate_set_speed"},
        {13, "等待 300 ms，然后", "等待 300 ms，\n  然后"},
        {13, "等待了300ms，然后", "等待了300ms，\n  然后"},
        {12, "等待 300 ms，然后", "等待 300\n  ms，然后"},
        {10, "超过了百分之九十%了", "超过了百分\n  之九十%\n  了"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = wrap(cases[i].text, cases[i].width, 2);

        g_test_message("%" G_GSIZE_FORMAT, i);
        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

/* Whatever the width, no line begins or ends as it must not. */
static void test_signs(void)
{
    static const char TEXT[] =
        "工作集（W）是每轮结束时剩余的脏页：若 W 不大于“吞吐量 × 停机时间上限”，迁移收敛；否则"
        "不会收敛！是否继续？见「migrate_set_downtime」、「migrate_set_speed」。";
    static const char *const closing[] = {"，", "。", "、", "；", "：",
                                          "）", "」", "”",  "！", "？"};
    static const char *const opening[] = {"（", "「", "“"};
    g_autofree char *expected = letters(TEXT);

    for (int width = 8; width <= 80; width++) {
        g_autofree char *page = wrap(TEXT, width, 0);
        g_autofree char *got = letters(page);
        g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

        g_assert_cmpstr(got, ==, expected);
        for (char **line = lines; *line; line++) {
            for (size_t i = 0; i < G_N_ELEMENTS(closing); i++) {
                g_assert_false(g_str_has_prefix(*line, closing[i]));
            }
            for (size_t i = 0; i < G_N_ELEMENTS(opening); i++) {
                g_assert_false(g_str_has_suffix(*line, opening[i]));
            }
            if (width >= LONGEST) {
                g_assert_cmpint(layout_columns(*line), <=, width);
                g_assert_cmpint(layout_columns(*line), >, line[1] ? width - LONGEST - 1 : 0);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/line-break/wrap", test_wrap);
    g_test_add_func("/line-break/signs", test_signs);
    return g_test_run();
}
