/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interactive shell: a prompt with line editing and history, driven by the main loop. */
#pragma once

#include "shell/loop.h"

/* Runs the shell until the user leaves it: @begin first, on the session's thread (FALSE: it has
 * said why, and *@status is the exit status), then @greeting (may be NULL), then line after line.
 * Main thread, once in a program: readline has global state. Returns the exit status. */
int repl_run(Session *session, Loop *loop, gboolean (*begin)(gpointer data, ExitStatus *status),
             gpointer data, const char *greeting);
