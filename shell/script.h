/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from a file or a pipe. */
#pragma once

#include "shell/error.h"
#include "shell/session.h"

/* Runs every line of the file at @path ("-" is standard input, called <stdin>) on the session's
 * thread, until one fails or one leaves the shell. The failure is the @error, with the place in
 * front: "FILE:LINE: message", or @who in front where it is the file that fails. With --keep-going
 * failures are printed, the first one's exit status is kept in the session, and the result is TRUE.
 */
gboolean script_run(Session *session, const char *path, const char *who, GError **error);

/* The same of one line, which stands in line @number of the file @name. */
gboolean script_line(Session *session, const char *line, const char *name, unsigned number,
                     GError **error);

/* Prints @line as --echo does, a command behind the name of the guest that it goes to. */
void script_echo(Session *session, const char *line);
