/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the program's own files are: in the build directory that it was linked in, or installed. */
#pragma once

#include <glib.h>

/* The absolute path of @built below the directory of the running program when that is a build
 * directory that has it ("commands/lab/guest/lab-guest.elf"), else of @installed below the prefix
 * that the program is installed in ("share/hmpsh/lab-guest.elf"); NULL: neither is there. Free with
 * g_free(). */
char *installation_find(const char *built, const char *installed);
