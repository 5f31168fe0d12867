/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen of its own: left and taken again, and what is printed meanwhile. */
#include "shell/screen.h"

#include "tests/unit/capture.h"

#define BEGIN "\033[?1049h\033[H\033[2J"
#define END "\033[?1049l"

static char *try(void (*func)(Screen *screen, Output *output))
{
    const OutputMode mode = {0};
    Output *output;
    Screen *screen;
    Capture capture;
    char *out = NULL;
    g_autofree char *err = NULL;

    capture_begin(&capture);
    output = output_new(&mode);
    screen = screen_new(output);
    func(screen, output);
    screen_free(screen);
    output_free(output);
    capture_end(&capture, &out, &err);
    g_assert_cmpstr(err, ==, "");
    return out;
}

static void hold(Screen *screen, Output *output)
{
    screen_begin(screen);
    output_text(output, "printed");
    screen_draw(screen, "drawn");
    screen_end(screen);
}

static void stop(Screen *screen, Output *output G_GNUC_UNUSED)
{
    screen_begin(screen);
    screen_come_back(screen);
    screen_draw(screen, "one");
    screen_leave(screen);
    screen_leave(screen);
    screen_draw(screen, "two"); /* while it is away */
    screen_come_back(screen);
    screen_come_back(screen);
    screen_leave(screen);
    screen_end(screen);
}

static void stop_without(Screen *screen, Output *output)
{
    screen_leave(screen);
    screen_come_back(screen);
    screen_begin(screen);
    screen_leave(screen);
    screen_come_back(screen); /* nothing is drawn yet */
    screen_end(screen);
    screen_leave(screen);
    screen_come_back(screen);
    output_text(output, "after");
}

static void test_screen(void)
{
    g_autofree char *held = try(hold);
    g_autofree char *stopped = try(stop);
    g_autofree char *without = try(stop_without);

    g_assert_cmpstr(held, ==, BEGIN "drawn" END "printed");
    g_assert_cmpstr(stopped, ==, BEGIN "one" END BEGIN "two" END);
    g_assert_cmpstr(without, ==, BEGIN END BEGIN END "after");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screen", test_screen);
    return g_test_run();
}
