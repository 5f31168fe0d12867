/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/console.h"

#include <string.h>

static const gint64 QUIET_US = 200 * 1000;

static void expect(Console *console, const char *bytes, const char *screen)
{
    g_autofree char *text = NULL;

    console_take(console, bytes, strlen(bytes), 1);
    text = console_text(console, 24, 1 + QUIET_US);
    g_assert_cmpstr(text, ==, screen);
}

static void test_lines(void)
{
    g_autoptr(Console) console = console_new();

    expect(console, "", "");
    expect(console, "one\r\ntw", "one\ntw\n");
    expect(console, "o\r\n", "one\ntwo\n");
    expect(console, "10 %\r20 %\r", "one\ntwo\n20 %\n");
    expect(console, "\r\n\r\nabd\bc\n", "one\ntwo\n20 %\n\nabc\n");
}

static void test_colours_and_controls(void)
{
    g_autoptr(Console) console = console_new();

    expect(console, "\033[7m  PID \033[m\a\n", "  PID\n");
    expect(console, "\033[", "  PID\n"); /* the rest comes with the next read */
    expect(console, "1;31mred", "  PID\nred\n");
    expect(console, "\n\xff", "  PID\nred\n\xef\xbf\xbd\n"); /* U+FFFD */
}

static void test_sequences_that_are_no_text(void)
{
    g_autoptr(Console) console = console_new();

    expect(console, "a\033(Bb\033#8c\n", "abc\n");
    expect(console, "\033]0;a title\ad\033]2;another\033\\e\n", "abc\nde\n");
    expect(console, "\033]0;cut off", "abc\nde\n");
    expect(console, "\nf\033[Hg", "g\n");
}

static void test_erased_characters(void)
{
    g_autoptr(Console) console = console_new();

    expect(console, "\b\bGr\xc3\xbc\b\xc3\xb6\xe8\xaf\xbe\b\xf0\x9f\x98\x80\b\xc3\x9f",
           "Gr\xc3\xb6\xc3\x9f\n");
    expect(console, "\b\b\b\b\b", "");
}

/* Output that never pauses hides the screen before it for half a second. */
static void test_screen_without_a_pause(void)
{
    g_autoptr(Console) console = console_new();
    gint64 now = 1;

    expect(console, "old", "old\n");
    console_take(console, "\033[H\033[J", 6, now);
    for (guint i = 1; i <= 10; i++) {
        g_autofree char *before = NULL;
        g_autofree char *text = NULL;

        before = console_text(console, 24, now += 100 * 1000);
        console_take(console, "x", 1, now);
        text = console_text(console, 24, now);
        g_assert_cmpint(strcmp(before, "old\n") == 0, ==, i <= 5);
        g_assert_cmpint(strcmp(text, "old\n") == 0, ==, i <= 5);
    }
}

/* What `top` does: home, erase below, all lines. */
static void test_screens(void)
{
    g_autoptr(Console) console = console_new();
    static const char FIRST[] = "booting\n\033[H\033[Ja1\r\na2\r\na3";
    static const char *const drawn[] = {"\033[H", "\033[J", "b1\r\n", "b2"};
    g_autofree char *settled = NULL;

    expect(console, FIRST, "a1\na2\na3\n");
    for (gsize i = 0; i < G_N_ELEMENTS(drawn); i++) {
        g_autofree char *text = NULL;

        console_take(console, drawn[i], strlen(drawn[i]), QUIET_US * 10 + (gint64)i);
        text = console_text(console, 24, QUIET_US * 10 + (gint64)i);
        g_assert_cmpstr(text, ==, "a1\na2\na3\n");
    }
    settled = console_text(console, 24, QUIET_US * 11 + 10);
    g_assert_cmpstr(settled, ==, "b1\nb2\n");
    expect(console, "\033[2Jc", "c\n");
    expect(console, "\033cd", "d\n");
    expect(console, "\033[5;1He", "de\n"); /* no new screen */
}

static void test_newest_lines(void)
{
    g_autoptr(Console) console = console_new();
    g_autofree char *three = NULL;
    g_autofree char *none = NULL;
    g_autofree char *all = NULL;
    g_autofree char *long_line = g_strnfill(5000, 'x');

    for (guint i = 1; i <= 1000; i++) {
        g_autofree char *line = g_strdup_printf("%u\n", i);

        console_take(console, line, strlen(line), 1);
    }
    console_take(console, "end", 3, 1);
    three = console_text(console, 3, 1);
    g_assert_cmpstr(three, ==, "999\n1000\nend\n");
    none = console_text(console, 0, 1);
    g_assert_cmpstr(none, ==, "end\n");
    all = console_text(console, G_MAXUINT, 1);
    g_assert_true(g_str_has_prefix(all, "801\n"));
    console_take(console, long_line, strlen(long_line), 1);
    g_clear_pointer(&all, g_free);
    all = console_text(console, 1, 1);
    g_assert_cmpuint(strlen(all), ==, 1001);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/console/lines", test_lines);
    g_test_add_func("/console/colours-and-controls", test_colours_and_controls);
    g_test_add_func("/console/sequences-that-are-no-text", test_sequences_that_are_no_text);
    g_test_add_func("/console/erased-characters", test_erased_characters);
    g_test_add_func("/console/screens", test_screens);
    g_test_add_func("/console/screen-without-a-pause", test_screen_without_a_pause);
    g_test_add_func("/console/newest-lines", test_newest_lines);
    return g_test_run();
}
