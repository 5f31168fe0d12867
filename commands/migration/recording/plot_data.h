/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of a picture of a migration, in gnuplot's own form. Figures that are not known are NaN.
 */
#pragma once

#include "commands/migration/course.h"

/* Appends two blocks. $looks has a line a look: seconds, MiB left, the MiB at which QEMU switches
 * over; throughput, dirty rate and bandwidth limit in MiB/s; downtime limit and expected downtime
 * in ms; MiB of disks left and copied. $passes has a line a pass: seconds, W in MiB. */
void plot_data_add(const MigrationCourse *course, GString *out);

/* The seconds from the first look, the picture's left edge, to @time (as CourseSample's). */
double plot_data_seconds(const MigrationCourse *course, gint64 time);

/* Whether disks are copied. */
gboolean plot_data_has_disks(const MigrationStatus *status);
