/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to the person at the terminal. */
#pragma once

#include "shell/session.h"

/* Asks @question ("End it? [y/N] ") and reads a line: TRUE for an answer that begins with y. FALSE
 * after Ctrl-C, and in a script without asking. On the session's thread, while no line is edited.
 */
gboolean ask_yes(Session *session, const char *question);
