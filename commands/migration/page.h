/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page about a migration being written: labelled values, each put together from figures that are
 * there and mean something. What pretty.c is made with. */
#pragma once

#include "commands/migration/pretty.h"

typedef struct {
    const MigrationStatus *status;
    const MigrationPretty *options;
    MigrationState state;
    int width;
    GString *out;
    GString *line; /* the value being put together */
    MigrationLimits limits;
    const Forecast *forecast; /* or NULL */
} Page;

/* A figure of the status; 0 when it is absent. */
guint64 page_number(const Page *page, MigrationField field);

gboolean page_has(const Page *page, MigrationField field);

/* An amount and a time as one word, never broken. Free with g_free(). */
char *page_size(guint64 bytes);

char *page_duration(guint64 ms);

/* Adds to the value being put together, after a comma. */
void page_add(Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same, where no line is broken. */
void page_add_whole(Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Adds the amount in @field in the place of @phrase's "%s", unless it is 0. */
void page_add_bytes(Page *page, MigrationField field, const char *phrase);

/* The same, where no line is broken. */
void page_add_bytes_whole(Page *page, MigrationField field, const char *phrase);

/* Adds the time in @field, in ms, in the place of @phrase's "%s", when it is given. */
void page_add_time(Page *page, MigrationField field, const char *phrase);

/* Adds the number in @field in the place of @phrase's "%s", unless it is 0. It is not broken from
 * the word behind it. */
void page_add_count(Page *page, MigrationField field, const char *phrase);

/* Adds what the pages in @pages were made to be, unless there are none. */
void page_add_pages(Page *page, MigrationField pages, MigrationField bytes);

/* Adds the list of numbers in @field when there are several: for one vCPU it says nothing new. */
void page_add_list(Page *page, MigrationField field);

/* Prints @text, and what was put together behind @label, if anything was. */
void page_flush(Page *page, const char *label);

/* Prints @text behind @label (layout_put()). */
void page_put(Page *page, const char *label, const char *text);

/* Prints the items of the list in @field, one a line. */
void page_put_items(Page *page, const char *label, MigrationField field);
