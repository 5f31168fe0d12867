/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A migration's figures by name: those of query-migrate (field.h), and those that its course, its
 * forecast and its summary add. */
#pragma once

#include "commands/migration/course.h"
#include "commands/migration/summary.h"

/* What is known of a figure without any migration. */
typedef struct {
    const char *name;   /* as it was asked for; static */
    MigrationKind kind; /* never KIND_LIST: a list is one text */
    MigrationUnit unit;
    int index; /* which one; figure_get()'s own */
} FigureInfo;

/* Its value now. */
typedef struct {
    gboolean known;
    guint64 number; /* in its unit */
    double real;
    char *text;
} Figure;

void figure_clear(Figure *figure);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Figure, figure_clear)

/* Where figures are looked for. */
typedef struct {
    const MigrationStatus *status;
    const MigrationCourse *course;   /* which @status is the newest look of */
    const MigrationSummary *summary; /* NULL: it is not over */
} FigureSource;

/* The figure called @name: a key or a path of the field table, or "passes", "pass", "percent",
 * "left", "threshold", "working-set", "trend", "eta", "verdict", "throughput", "real-time",
 * "blackout", "silence". HMPSH_ERROR_SYNTAX, with the name that was probably meant. */
gboolean figure_find(const char *name, FigureInfo *info, GError **error);

/* Its value. The status is always known: "none" when no migration was started. Free the result with
 * figure_clear(). */
void figure_get(const FigureInfo *info, const FigureSource *source, Figure *figure);

/* A value that is known, for a reader, exactly: "512 ms", "67108865 bytes (64 MiB)", "'active'".
 * Free with g_free(). */
char *figure_text(const FigureInfo *info, const Figure *figure);

/* The same, the size first that is read at once: "64 MiB (67108865 bytes)". Free with g_free(). */
char *figure_text_rounded(const FigureInfo *info, const Figure *figure);

/* The same as JSON, without its unit. The caller owns the result. */
Json *figure_json(const FigureInfo *info, const Figure *figure);

/* All names but the paths; NULL-terminated, static. */
const char *const *figure_names(void);
