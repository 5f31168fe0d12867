/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lesson_file.h"

#include <string.h>

/* All that a lesson is read as, a line each: "= title", "! two hosts", "- step", then "p" a
 * paragraph, "e" an example with "| remark", "NUMBER" a command. */
static char *dump(const char *text)
{
    g_autoptr(Lesson) lesson = lesson_parse("03-x", text);
    GString *out = g_string_new(NULL);

    if (!lesson) {
        return g_string_free(g_string_assign(out, "none"), FALSE);
    }
    g_string_append_printf(out, "= %s\n%s", lesson->title,
                           lesson->two_hosts ? "! two hosts\n" : "");
    for (guint i = 0; i < lesson->steps->len; i++) {
        const LessonStep *step = lesson->steps->pdata[i];

        g_string_append(out, "-\n");
        for (guint n = 0; n < step->texts->len; n++) {
            const LessonText *each = step->texts->pdata[n];

            g_string_append_printf(out, "%c %s%s%s\n", each->example ? 'e' : 'p', each->text,
                                   each->remark ? " | " : "", each->remark ? each->remark : "");
        }
        for (guint n = 0; n < step->commands->len; n++) {
            const LessonCommand *command = step->commands->pdata[n];

            g_string_append_printf(out, "%u %s\n", command->number, command->line);
        }
    }
    return g_string_free(out, FALSE);
}

static void check(const char *text, const char *expected)
{
    g_autofree char *got = dump(text);

    g_assert_cmpstr(got, ==, expected);
}

static void test_paragraphs(void)
{
    check("# A title.\n"
          "# One paragraph\n"
          "# in two lines.\n"
          "#\n"
          "# Another one: what\n"
          "#     qemu-img  create\n"
          "#      deeper\n"
          "# does,\n"
          "#   and more.\n"
          "\n"
          "# A third.\n"
          "stop\n",
          "= A title\n-\n"
          "p One paragraph in two lines.\n"
          "p Another one: what\n"
          "e qemu-img  create\n"
          "e  deeper\n"
          "p does, and more.\n"
          "p A third.\n"
          "12 stop\n");
}

static void test_steps(void)
{
    check("# T\nstop\n  cont\n#\n\ninfo status\n# Then\n#\nstop\n# The end.\n",
          "= T\n-\n2 stop\n3 cont\n6 info status\n-\np Then\n9 stop\n-\np The end.\n");
}

static void test_try(void)
{
    check("# T\n#     a   no remark here\nstop\n"
          "# Try it yourself:\n"
          "#     lab dirty 10M   less than the link\n"
          "#     info migrate\n"
          "#     plot x.svg      the same as a picture  \n"
          "# Another paragraph.\n"
          "#     a   b\n",
          "= T\n-\ne a   no remark here\n3 stop\n-\n"
          "p Try it yourself:\n"
          "e lab dirty 10M | less than the link\n"
          "e info migrate\n"
          "e plot x.svg | the same as a picture\n"
          "p Another paragraph.\n"
          "e a   b\n");
}

static void test_two_hosts(void)
{
    check("# T\n# Needs: two hosts\n# Text.\nstop\n", "= T\n! two hosts\n-\np Text.\n4 stop\n");
    check("# T\n# Text\n# Needs: two hosts\n# more.\nstop\n",
          "= T\n! two hosts\n-\np Text\np more.\n5 stop\n");
}

static void test_title(void)
{
    check("# And so on ...\nstop\n", "= And so on ...\n-\n2 stop\n");
    check("#Title\r\n# Text\r\nstop \r\n", "= Title\n-\np Text\n3 stop \n");
}

static void test_none(void)
{
    check("", "none");
    check("stop\n", "none");
    check("# only a title\n", "none");
    check("# T\xff\nstop\n", "none");
}

static void test_number(void)
{
    g_autofree char *number = lesson_number("03-never-stops");

    g_assert_cmpstr(number, ==, "03");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lesson-file/paragraphs", test_paragraphs);
    g_test_add_func("/lesson-file/steps", test_steps);
    g_test_add_func("/lesson-file/try", test_try);
    g_test_add_func("/lesson-file/two-hosts", test_two_hosts);
    g_test_add_func("/lesson-file/title", test_title);
    g_test_add_func("/lesson-file/none", test_none);
    g_test_add_func("/lesson-file/number", test_number);
    return g_test_run();
}
