/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/installation.h"

char *installation_find(const char *built, const char *installed)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *beside = here ? g_build_filename(here, built, NULL) : NULL;
    g_autofree char *below = here ? g_build_filename(here, "..", installed, NULL) : NULL;

    if (beside && g_file_test(beside, G_FILE_TEST_EXISTS)) {
        return g_steal_pointer(&beside);
    }
    return below && g_file_test(below, G_FILE_TEST_EXISTS) ? g_canonicalize_filename(below, NULL)
                                                           : NULL;
}
