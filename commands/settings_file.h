/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings that a user has for every interactive shell. */
#pragma once

#include "shell/session.h"

/* Sets what $XDG_CONFIG_HOME/hmpsh/settings says: a line is "NAME VALUE" or "set NAME VALUE", or
 * empty, or begins with "#". A wrong one is told as "FILE:LINE: message" and the rest is read; no
 * file is no settings. What the command line says (--quiet, --timeout) stays. On the main thread,
 * before the shell begins. */
void settings_load(Session *session);
