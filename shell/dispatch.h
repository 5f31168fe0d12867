/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a line to its result: finds the row, reads the arguments, runs the command and prints what
 * it has to say. What no row is for goes to the guest: QMP when it begins with "{", else HMP. */
#pragma once

#include "shell/session.h"

/* Runs @line on the session's thread. Results are printed; with --json errors too, as objects.
 * FALSE with the error, which the caller reports to the user. */
gboolean dispatch(Session *session, const char *line, GError **error);

/* The same, but what the command, and those that it runs, have to say is appended to @text, without
 * colour and never as JSON; it is there after a failure too. */
gboolean dispatch_capture(Session *session, const char *line, GString *text, GError **error);

/* For a command that adds something to QEMU's own: sends its line to QEMU's HMP as it was typed.
 * The reply's text; or QEMU's words as the error. */
gboolean dispatch_forward(Session *session, const Arguments *arguments, Reply *reply,
                          GError **error);

/* Whether --read-only lets @line go to QEMU as it is (HMP, or QMP when it begins with "{"). */
gboolean dispatch_may_send(Session *session, const char *line, GError **error);

/* The line that @words make, each kept whole. A last argument that takes the rest of the line is
 * taken as it is when it is a single word. Free with g_free(). */
char *dispatch_line_of(Session *session, const char *const *words);
