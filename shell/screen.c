/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/screen.h"

static const char BEGIN[] = "\033[?1049h\033[H\033[2J";
static const char END[] = "\033[?1049l";

struct Screen {
    Output *output;
    GMutex lock;
    gboolean begun;
    gboolean away; /* left, but not ended */
    char *drawn;   /* last; NULL: nothing yet */
};

Screen *screen_new(Output *output)
{
    Screen *screen = g_new0(Screen, 1);

    screen->output = output;
    g_mutex_init(&screen->lock);
    return screen;
}

void screen_free(Screen *screen)
{
    g_mutex_clear(&screen->lock);
    g_free(screen->drawn);
    g_free(screen);
}

void screen_begin(Screen *screen)
{
    output_hold(screen->output);
    g_mutex_lock(&screen->lock);
    screen->begun = TRUE;
    output_draw(screen->output, BEGIN);
    g_mutex_unlock(&screen->lock);
}

void screen_draw(Screen *screen, const char *text)
{
    g_mutex_lock(&screen->lock);
    g_free(screen->drawn);
    screen->drawn = g_strdup(text);
    if (!screen->away) {
        output_draw(screen->output, text);
    }
    g_mutex_unlock(&screen->lock);
}

void screen_end(Screen *screen)
{
    g_mutex_lock(&screen->lock);
    if (!screen->away) {
        output_draw(screen->output, END);
    }
    screen->begun = screen->away = FALSE;
    g_clear_pointer(&screen->drawn, g_free);
    g_mutex_unlock(&screen->lock);
    output_release(screen->output);
}

void screen_leave(Screen *screen)
{
    g_mutex_lock(&screen->lock);
    if (screen->begun && !screen->away) {
        screen->away = TRUE;
        output_draw(screen->output, END);
    }
    g_mutex_unlock(&screen->lock);
}

void screen_come_back(Screen *screen)
{
    g_mutex_lock(&screen->lock);
    if (screen->away) {
        screen->away = FALSE;
        output_draw(screen->output, BEGIN);
        output_draw(screen->output, screen->drawn ? screen->drawn : "");
    }
    g_mutex_unlock(&screen->lock);
}
