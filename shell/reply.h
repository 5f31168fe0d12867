/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling from the text of a reply whether a command of the human monitor failed. HMP has no error
 * status: through QMP's human-monitor-command every failure is a successful reply whose text says
 * so (QEMU: monitor/hmp.c, and the command handlers in monitor/hmp-cmds.c, hmp.c up to 3.1).
 * Nothing else in hmpsh judges reply texts. QEMU 2.0 to 11.1. */
#pragma once

#include <glib.h>

typedef enum {
    REPLY_OK,              /* the command's output, or its silence; warnings too */
    REPLY_REFUSED,         /* the command is known, but said no, or its arguments were wrong */
    REPLY_UNKNOWN_COMMAND, /* this QEMU has no such command, or no such info or help topic */
} ReplyKind;

/* @text with the monitor's line ends (CR LF) made into LF. Free with g_free(). */
char *reply_normalise(const char *text);

/* What @text, with either line end, is as the reply to @command_line (as it was sent). The command
 * matters. What a command shows (info, help, x, print …) is a failure only where QEMU's message
 * stands in its place. And a bare message (only since 4.0 most begin with "Error: ") is a failure
 * only from a command that says nothing when it succeeds, or whose words at success are known. */
ReplyKind reply_classify(const char *command_line, const char *text);

/* FALSE if @text is a failure: HMPSH_ERROR_NOT_FOUND for an unknown command, else
 * HMPSH_ERROR_FAILED, with the whole text as the message, without the newlines at its end. */
gboolean reply_check(const char *command_line, const char *text, GError **error);
