/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU's own `help` says about its commands, taken apart. */
#pragma once

#include <glib.h>

typedef struct {
    char *name;   /* as QEMU's table has it: aliases after '|'; without "info " */
    char *params; /* "[-d] uri"; may be "", and may have several lines */
    char *help;   /* the line's */
    char *more;   /* the lines that go on, each "\n\t..."; or "" */
} HmpHelp;

/* Reads the reply to `help` or `help info`: a line "NAME PARAMS -- HELP" for each command, lines
 * that go on begin with a tab (QEMU: monitor/hmp.c). HmpHelp, owned by the caller. */
GPtrArray *hmp_help_parse(const char *text);

/* The names in such a reply, each alias by itself; NULL when there is none. Free with g_strfreev().
 */
char **hmp_help_names(const char *text);
