/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration's course as a picture: a script for gnuplot, with its data in it. Over time: what is
 * left, W as each pass began and the amount at which QEMU switches over; throughput, dirty rate and
 * bandwidth limit; downtime limit and expected downtime, after the first pass; the disks where
 * there are any; and marks for passes and events. Nothing is run here. */
#pragma once

#include "commands/migration/course.h"

typedef enum {
    PLOT_TEXT, /* characters */
    PLOT_SVG,
    PLOT_PNG,
} PlotForm;

typedef struct {
    PlotForm form;
    const char *guest; /* for the title; NULL: not known */
    int columns;       /* of PLOT_TEXT */
} PlotSetup;

/* Which picture a file's name asks for by its ending; HMPSH_ERROR_SYNTAX names the endings. */
gboolean plot_form(const char *path, PlotForm *form, GError **error);

/* The script, which writes the picture to standard output. Whatever is in @course or the setup, it
 * is only ever text in it: gnuplot runs nothing because of it. Free with g_free(). */
char *plot_script(const MigrationCourse *course, const PlotSetup *setup);
