/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed to standard output and standard error meanwhile, for the unit tests of what
 * prints. */
#pragma once

#include <stdio.h>
#include <unistd.h>

#include <glib.h>

typedef struct {
    int saved[2];  /* standard output and standard error as they were */
    FILE *file[2]; /* what they are now */
} Capture;

/* Nothing may fail a test before capture_end(): nobody would see why. */
static inline void capture_begin(Capture *capture)
{
    fflush(stdout);
    fflush(stderr);
    for (int i = 0; i < 2; i++) {
        capture->saved[i] = dup(STDOUT_FILENO + i);
        capture->file[i] = tmpfile();
        g_assert_nonnull(capture->file[i]);
        dup2(fileno(capture->file[i]), STDOUT_FILENO + i);
    }
}

/* Free both with g_free(). */
static inline void capture_end(Capture *capture, char **out, char **err)
{
    char **texts[] = {out, err};

    fflush(stdout);
    fflush(stderr);
    for (int i = 0; i < 2; i++) {
        GString *text = g_string_new(NULL);
        int c;

        dup2(capture->saved[i], STDOUT_FILENO + i);
        close(capture->saved[i]);
        rewind(capture->file[i]);
        while ((c = getc(capture->file[i])) != EOF) {
            g_string_append_c(text, (char)c);
        }
        fclose(capture->file[i]);
        *texts[i] = g_string_free(text, FALSE);
    }
}
