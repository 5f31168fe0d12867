/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt's text: a format in which
 *
 *   %g  is the current guest            %s  its state: ": gone", ": moved", ": lost" (the
 *                                           connection to it), ": pending" or nothing
 *   %p  is its peer                     %u  the URI of the guest's connection
 *   %%  is a percent sign */
#pragma once

#include "shell/session.h"

#define PROMPT_DEFAULT "(%g%s) "

/* Makes @format the session's. HMPSH_ERROR_SYNTAX for another "%x", control characters, and what is
 * not UTF-8. */
gboolean prompt_set(Session *session, const char *format, GError **error);

/* The prompt as it is now. Free with g_free(). On the main thread while no command runs, or on the
 * session's. */
char *prompt_text(Session *session);
