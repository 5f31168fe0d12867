/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/installation.h"

/* As seen from the program's directory; absolute where it is outside the prefix. By Meson. */
static const char *const DIRECTORIES[] = {
    [INSTALLED_DATA] = HMPSH_DATADIR,
    [INSTALLED_LIBRARIES] = HMPSH_LIBDIR,
    [INSTALLED_LOCALES] = HMPSH_LOCALEDIR,
};

char *installation_find(const char *built, InstallationDirectory directory, const char *installed)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *beside = here ? g_build_filename(here, built, NULL) : NULL;
    g_autofree char *name = g_build_filename(DIRECTORIES[directory], installed, NULL);
    g_autofree char *path = here ? g_canonicalize_filename(name, here) : NULL;

    if (beside && g_file_test(beside, G_FILE_TEST_EXISTS)) {
        return g_steal_pointer(&beside);
    }
    return path && g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}
