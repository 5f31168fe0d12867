/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen of its own, which a command draws on as a whole and which leaves no trace (the
 * terminal's alternate screen). While it is there, the output is held. */
#pragma once

#include "shell/output.h"

typedef struct Screen Screen;

/* @output must outlive it. */
Screen *screen_new(Output *output);
void screen_free(Screen *screen);

/* An empty screen; output_can_draw() must say that there can be one. */
void screen_begin(Screen *screen);

/* Draws @text, which overwrites what was drawn before. */
void screen_draw(Screen *screen, const char *text);

/* Brings the old screen back. */
void screen_end(Screen *screen);

/* The screen is left while the program is stopped (Ctrl-Z), and there again, with what was drawn
 * last, when that goes on. From any thread; without a screen, or a second time, they do nothing. */
void screen_leave(Screen *screen);
void screen_come_back(Screen *screen);
