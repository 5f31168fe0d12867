/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can stand at the end of an unfinished line: derived from the command rows and the live
 * guest.
 *
 * The contract of everything here: it never prints, never changes the guest, waits for QEMU at most
 * 300 ms, asks it at most twice for one Tab and not again for what it knows, reads the line with
 * the parser's own functions, and has no candidates where the guest is gone. */
#pragma once

#include "shell/session.h"

/* The candidates for the word that @line ends in, sorted, without doubles; *@start gets the byte
 * where that word begins. Strings, owned by the caller; may be empty. */
GPtrArray *candidates_find(Session *session, const char *line, size_t *start);
