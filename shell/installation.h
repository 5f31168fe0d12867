/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the program's own files are: in the build directory that it was linked in, or installed. */
#pragma once

#include <glib.h>

/* Directories that the build was configured with (--datadir, --libdir, --localedir). */
typedef enum { INSTALLED_DATA, INSTALLED_LIBRARIES, INSTALLED_LOCALES } InstallationDirectory;

/* The absolute path of @built below the directory of the running program when that is a build
 * directory that has it ("commands/lab/guest/lab-guest.elf"), else of @installed below that
 * directory of the installation ("hmpsh/lab-guest.elf"), which may have been moved as a whole; ""
 * is the directory itself. NULL: neither is there. Free with g_free(). */
char *installation_find(const char *built, InstallationDirectory directory, const char *installed);
