/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text and tables for windows from 40 to 200 columns: no line is longer, nothing is lost, and no
 * control character reaches the terminal. */
#include "shell/layout.h"

#include <string.h>

#include "shell/table.h"

enum { NARROWEST = 40, WIDEST = 200 };

static const char SENTENCE[] =
    "the disks of 'destination' are other images than those of 'source', whose contents stay "
    "behind ('migrate -b' and '-i' copy them)";

static const char WIDE[] = "日本語の名前 größer e\xcc\x81\xcc\x81te\xcc\x81 日本語日本語日本語";

/* --- control characters --- */

static void test_visible(void)
{
    static const struct {
        const char *text, *kept, *visible;
    } cases[] = {
        {"", "\n\t", ""},
        {"a\tb\n", "\n\t", "a\tb\n"},
        {"a\tb\n", "", "a\\x09b\\x0a"},
        {"\033[31mred\033[0m\r\a\x7f", "\n\t", "\\x1b[31mred\\x1b[0m\\x0d\\x07\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\n\t", "\\x9b31m"}, /* a C1 control, which begins a sequence as well */
        {"\xff"
         "a\xc3",
         "", "\357\277\275a\357\277\275"},
        {"größer 日本", "", "größer 日本"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *visible = layout_visible(cases[i].text, cases[i].kept);

        g_assert_cmpstr(visible, ==, cases[i].visible);
    }
}

/* --- wrapping --- */

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

static void test_line_count(void)
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
        g_assert_cmpuint(layout_line_count(cases[i].text, 10), ==, cases[i].lines);
    }
}

/* By what a terminal shows: two columns for a wide character, none for a combining mark. */
static void test_padded(void)
{
    static const struct {
        const char *text, *padded;
    } cases[] = {
        {"", "        "},
        {"status", "status  "},
        {"already full", "already full"},
        {"源端", "源端    "},
        {"目的端:", "目的端: "},
        {"四个字符", "四个字符"},
        {"e\xcc\x81", "e\xcc\x81       "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new("x");

        layout_append_padded(out, cases[i].text, 8);
        g_assert_cmpstr(out->str + 1, ==, cases[i].padded);
    }
}

/* A label in Chinese, too wide a one among them. */
static void test_put_labels(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    layout_put(out, 40, "status", "active");
    layout_put(out, 40, "停机时间", "300 ms");
    layout_put(out, 40, "停机时间上限很长", "300 ms");
    g_assert_cmpstr(out->str, ==,
                    "  status        active\n"
                    "  停机时间      300 ms\n"
                    "  停机时间上限很长 300 ms\n");
}

static void check_lines(const char *text, int width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (char **line = lines; *line; line++) {
        g_assert_cmpint(layout_columns(*line), <=, width);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
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
        int width, hang;
        const char *text, *expected;
    } cases[] = {
        {0, 2, "any length,  as\tit is\n", "any length,  as\tit is\n"},
        {20, 2, "short,  as it is\n", "short,  as it is\n"},
        {20, 2, "the lines stay\nlines, and one that is longer is broken\n",
         "the lines stay\nlines, and one that\n  is longer is\n  broken\n"},
        {20, 2, "/a/word/that/is/longer/than/a/line ends",
         "/a/word/that/is/longer/than/a/line\n  ends"},
        {30, 4, "  -d  do not wait for completion at all",
         "  -d  do not wait for\n      completion at all"},
        {30, 4, "  a long first column  and the second one",
         "  a long first column\n      and the second one"},
        {30, 4, "\t\t\t -r to resume it", "       -r to resume it"},
        {30, 4, "  field: one of the names, indented",
         "  field: one of the names,\n      indented"},
        {20, 2, "cannot read /a/word/that/is/long/too here",
         "cannot read /a/word/that/is/long/too\n  here"},
        {20, 2, "日本語日本 日本語日本 日本語日", "日本語日本 日本語日\n  本 日本語日"},
        {20, 2, "a\tb", "a       b"},
        {20, 2, "", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = wrap(cases[i].text, cases[i].width, cases[i].hang);

        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

/* Where nothing is laid out, they stay what they are. */
static void test_wrap_any_bytes(void)
{
    static const char *const cut[] = {"a \xff\xfe b", "cut off \xe6\xbc", "\xf0", "\xc3\n\xc3"};

    for (size_t i = 0; i < G_N_ELEMENTS(cut); i++) {
        g_autofree char *plain = wrap(cut[i], 0, 2);

        g_assert_cmpstr(plain, ==, cut[i]);
        for (int width = 1; width < 20; width++) {
            g_autofree char *text = wrap(cut[i], width, 2);

            g_assert_true(g_utf8_validate(text, -1, NULL));
        }
    }
}

/* Whatever the width, down to the absurd. */
static void test_wrap_fits(void)
{
    g_autofree char *text =
        g_strconcat(SENTENCE, "\n\n  ", SENTENCE, "\n  --disk size  ", SENTENCE,
                    "\n                              ", WIDE, "\n", WIDE, WIDE, "\n", NULL);
    g_autofree char *expected = letters(text);

    for (int width = 4; width <= WIDEST; width++) {
        g_autofree char *page = wrap(text, width, 4);
        g_autofree char *got = letters(page);

        g_assert_cmpstr(got, ==, expected);
        if (width >= NARROWEST) {
            check_lines(page, width);
        }
    }
}

static void test_lines(void)
{
    g_auto(GStrv) lines = layout_lines("a longer-than-that 日本語日本語 b", 9);
    g_auto(GStrv) none = layout_lines("  ", 9);
    g_autofree char *text = g_strjoinv("|", lines);
    g_autofree char *nothing = g_strjoinv("|", none);

    g_assert_cmpstr(text, ==, "a|longer-th|an-that|日本語日|本語 b");
    g_assert_cmpstr(nothing, ==, "");
    g_assert_cmpuint(g_strv_length(none), ==, 1);
}

static void test_paragraphs(void)
{
    g_autofree char *chinese =
        layout_paragraphs("第一段很长，\n在下一行继续，\n并结束。\n第二段 a\nb 结束");
    g_autofree char *text = layout_paragraphs("A sentence that:\ngoes on, and ends.\nAnother one: "
                                              "a\nlist of\n  one\n  two\n\nand what\nfollows\n");

    g_assert_cmpstr(text, ==,
                    "A sentence that: goes on, and ends.\nAnother one: a list of\n  one\n  two\n\n"
                    "and what follows\n");
    g_assert_cmpstr(chinese, ==, "第一段很长，在下一行继续，并结束。\n第二段 a b 结束");
}

/* --- tables --- */

static Table *make_table(void)
{
    Table *table = table_new("id", "name", "state", "uuid", "", NULL);

    table_add(table, "1", "source", "running", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "current",
              NULL);
    table_add(table, "2", WIDE, "paused\033[31m\n", "f81d4fae-7dec-11d0-a765-00a0c91e6bf7", "",
              NULL);
    table_add(table, "-", SENTENCE, "", "", "peer", NULL);
    return table;
}

static char *print(Table *table, int width)
{
    GString *out = g_string_new(NULL);

    table_print(table, width, out);
    return g_string_free(out, FALSE);
}

static void check_printed(Table *table, int width, const char *expected)
{
    g_autofree char *text = print(table, width);

    g_assert_cmpstr(text, ==, expected);
}

static void test_table_shrinks(void)
{
    g_autoptr(Table) table = table_new("setting", "value", "meaning", NULL);

    table_add(table, "return-path", "on", "a migration over a network has a way back", NULL);
    table_add(table, "x", "off", "", NULL);
    check_printed(table, 40,
                  "setting      value  meaning\n"
                  "return-path  on     a migration over a\n"
                  "                    network has a way\n"
                  "                    back\n"
                  "x            off\n");
    check_printed(table, 61,
                  "setting      value  meaning\n"
                  "return-path  on     a migration over a network has a way back\n"
                  "x            off\n");
}

/* A word that no column has room for is broken. */
static void test_table_breaks(void)
{
    g_autoptr(Table) table = table_new("disk", "from", "to", NULL);

    table_add(table, "disk0", "/var/lib/images/one.qcow2", "/srv/日本語日本語.qcow2", NULL);
    check_printed(table, 40,
                  "disk   from             to\n"
                  "disk0  /var/lib/images  /srv/日本語日本\n"
                  "       /one.qcow2       語.qcow2\n");
}

/* More columns than there is room for. */
static void test_table_lists(void)
{
    g_autoptr(Table) table = table_new("guest", "result", "downtime", "blackout", "MiB/s", NULL);

    check_printed(table, 20, "guest\nresult\ndowntime\nblackout\nMiB/s\n");
    table_add(table, "source", "completed", "300 ms", "", "64", NULL);
    table_add(table, "source", "a result in several words", "", "", "-", NULL);
    check_printed(table, 20,
                  "guest     source\n"
                  "result    completed\n"
                  "downtime  300 ms\n"
                  "MiB/s     64\n"
                  "\n"
                  "guest     source\n"
                  "result    a result\n"
                  "          in several\n"
                  "          words\n"
                  "MiB/s     -\n");
}

/* How often @part is in @text. */
static guint count(const char *text, const char *part)
{
    g_auto(GStrv) parts = g_strsplit(text, part, -1);

    return g_strv_length(parts) - 1;
}

static void test_table_fits(void)
{
    static const char *const kept[] = {"日", "本", "語", "ß", "\xcc\x81", "k", "x", "7", "("};
    g_autoptr(Table) table = make_table();
    g_autofree char *natural = print(table, 0);

    for (int width = NARROWEST; width <= WIDEST; width++) {
        g_autofree char *page = print(table, width);

        check_lines(page, width);
        g_assert_nonnull(strstr(page, "running"));
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
            g_assert_cmpuint(count(page, kept[i]), ==, count(natural, kept[i]));
        }
    }
}

/* At its natural width and above, the table is as it is in a script. */
static void test_table_natural(void)
{
    g_autoptr(Table) table = table_new("id", "name", NULL);

    table_add(table, "1", "two  blanks\nand a line", NULL);
    check_printed(table, 0, "id  name\n1   two  blanks\\x0aand a line\n");
    check_printed(table, 29, "id  name\n1   two  blanks\\x0aand a line\n");
    check_printed(table, 200, "id  name\n1   two  blanks\\x0aand a line\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/visible", test_visible);
    g_test_add_func("/layout/line-count", test_line_count);
    g_test_add_func("/layout/padded", test_padded);
    g_test_add_func("/layout/put-labels", test_put_labels);
    g_test_add_func("/layout/wrap", test_wrap);
    g_test_add_func("/layout/wrap-any-bytes", test_wrap_any_bytes);
    g_test_add_func("/layout/wrap-fits", test_wrap_fits);
    g_test_add_func("/layout/lines", test_lines);
    g_test_add_func("/layout/paragraphs", test_paragraphs);
    g_test_add_func("/layout/table/shrinks", test_table_shrinks);
    g_test_add_func("/layout/table/breaks", test_table_breaks);
    g_test_add_func("/layout/table/lists", test_table_lists);
    g_test_add_func("/layout/table/fits", test_table_fits);
    g_test_add_func("/layout/table/natural", test_table_natural);
    return g_test_run();
}
