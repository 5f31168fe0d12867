/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two threads: the main one runs GLib's main loop (events, readline, signals, timers), the
 * session's one runs commands as straight-line code. */
#pragma once

#include "shell/session.h"

typedef struct Loop Loop;

typedef void (*LoopFunc)(gpointer data);

/* On the main thread, before any other thread needs it. */
Loop *loop_new(Session *session);

/* Call after loop_run(). Waits for the session's thread unless that is stuck. */
void loop_free(Loop *loop);

/* Runs @job on the session's thread, after the jobs before it, and then @done on the main thread.
 */
void loop_hand_over(Loop *loop, LoopFunc job, LoopFunc done, gpointer data);

/* Whether a job is under way. Main thread. */
gboolean loop_is_busy(Loop *loop);

/* Whether a signal is ending the program: nothing new is begun then. Main thread. */
gboolean loop_is_ending(Loop *loop);

/* The last job: runs @job on the session's thread, and returns when it is done or after
 * @milliseconds, whichever is first. After loop_run(), when no job is under way. */
void loop_finish(Loop *loop, LoopFunc job, gpointer data, int milliseconds);

/* Called for Ctrl-C on the main thread; without it Ctrl-C ends the program as SIGTERM does. */
void loop_on_interrupt(Loop *loop, LoopFunc func, gpointer data);

/* Runs until loop_leave() or a signal that ends the program: the status given, or 128 + the
 * signal's number. A command under way is interrupted by a signal and given a moment to say its
 * last words; a program that has the terminal is ended. */
int loop_run(Loop *loop);

/* Ends loop_run(), from any thread. */
void loop_leave(Loop *loop, int status);
