/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hmpsh's own command line. */
#pragma once

#include <glib.h>

typedef struct {
    char *uri;
    char *peer;
    gboolean lab;
    char *lab_dir;
    char *file;
    gboolean keep_going;
    gboolean read_only;
    gboolean json;
    gboolean echo;
    gboolean quiet;
    gboolean version;
    gboolean self_test;
    gboolean manual;
    gboolean manual_topics;
    double timeout; /* seconds; 0: none */
    char *complete;
    char *domain; /* NULL: none given */
    char **words; /* of the command; NULL: none given */
} Options;

/* Reads @argv (ends with NULL). HMPSH_ERROR_USAGE with a message that names what is wrong. --help
 * is printed here and ends the program. Clear with options_clear() in both cases. */
gboolean options_parse(Options *options, char **argv, GError **error);
void options_clear(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)
