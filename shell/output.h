/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that hmpsh prints goes through here, from any thread: results to standard output,
 * errors and progress to standard error. While a line is being edited, what is printed appears
 * above it; a live line is taken away before anything else is printed. */
#pragma once

#include <glib.h>

typedef struct Output Output;

typedef enum {
    COLOUR_AUTO, /* not with NO_COLOR or a dumb terminal */
    COLOUR_ON,
    COLOUR_OFF,
} ColourMode;

typedef struct {
    gboolean interactive; /* a person types at a prompt */
    gboolean json;        /* --json: results are objects, one a line; no live line */
    gboolean quiet;       /* --quiet: no progress, no courtesies */
} OutputMode;

Output *output_new(const OutputMode *mode);
void output_free(Output *output);

const OutputMode *output_mode(Output *output);

/* Whether results go to a terminal and so are laid out for a reader's eye. */
gboolean output_is_pretty(Output *output);

/* Whether colour may be used there: as output_set_colour() said, else as COLOUR_AUTO has it. */
gboolean output_has_colour(Output *output);

/* When there is colour; at a terminal only, whatever @mode is. */
void output_set_colour(Output *output, ColourMode mode);

/* Columns of the terminal; 80 where there is none. */
int output_width(Output *output);

/* Lines of the terminal; 24 where there is none. */
int output_height(Output *output);

/* Whether a person looks at a terminal whose screen can be drawn on (no dumb one). */
gboolean output_can_draw(Output *output);

/* Columns that results are laid out for: those of the terminal that they go to; 0 (any number)
 * where they go elsewhere. */
int output_page_width(Output *output);

/* The same for errors and courtesies. */
int output_note_width(Output *output);

/* What QEMU or a guest wrote (@text, taken over) as a part of a result: at a terminal with control
 * characters shown as \xNN, but for newline and tab; elsewhere as it is. Free with g_free(). */
char *output_foreign(Output *output, char *text);

/* A result, as it is. */
void output_text(Output *output, const char *text);

/* Why results could not be written (a reader that went away, a full disk); NULL: all were. */
const char *output_failed(Output *output);

/* Whether that was because whoever reads them has gone (a pipe to `head`). */
gboolean output_reader_left(Output *output);

/* An error or warning; a newline is added when it has none. At a terminal its lines are broken
 * between words, and control characters in it are shown as \xNN. */
void output_error(Output *output, const char *text);

/* A courtesy: progress or what goes without saying in a script. Printed as errors are. Not with
 * --quiet. */
void output_note(Output *output, const char *text);

/* Whether there can be a live line: standard error is a terminal, and no dumb one. */
gboolean output_can_live(Output *output);

/* Shows @line as the live line, in the place of the one before; NULL ends it and leaves the last
 * one standing. Nothing where output_can_live() is FALSE. */
void output_live(Output *output, const char *line);

/* Takes the live line away without a trace. */
void output_live_erase(Output *output);

/* The same after Enter was pressed behind it, which took the cursor to the next line. */
void output_live_entered(Output *output);

/* From here on everything is kept back, the live line too, since the screen is another's; of very
 * much, the newest 1000 lines. Holds may be nested. */
void output_hold(Output *output);

/* The end of that: what was kept is printed. */
void output_release(Output *output);

gboolean output_is_held(Output *output);

/* Writes @text to the screen all the same: for who has called output_hold(). */
void output_draw(Output *output, const char *text);

/* Draws the line being edited anew, if there is one: the prompt may say something else now. On the
 * main thread. */
void output_redraw(Output *output);

/* The prompt's owner: @hide takes the line being edited off the screen, @show puts it back. Both
 * are called on the main thread. NULL, NULL: no line is being edited. */
void output_set_prompt(Output *output, void (*hide)(gpointer data), void (*show)(gpointer data),
                       gpointer data);
