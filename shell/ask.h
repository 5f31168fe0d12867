/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the person at the terminal. */
#pragma once

#include "shell/session.h"

/* Asks @question ("End it? [y/N] ") and reads a line: TRUE for an answer that begins with y. FALSE
 * after Ctrl-C, and in a script without asking. On the session's thread, while no line is edited.
 */
gboolean ask_yes(Session *session, const char *question);

/* Shows @invitation ("Enter goes on"), one line, and waits for Enter; events that come meanwhile
 * appear above it, and afterwards it is gone. FALSE for q or quit, after Ctrl-D and after Ctrl-C;
 * TRUE in a script without waiting. To anything else it says @otherwise, a sentence, and asks
 * again. What was typed before does not count. On the session's thread, while no line is edited. */
gboolean ask_enter(Session *session, const char *invitation, const char *otherwise);
