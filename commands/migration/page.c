/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/page.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "shell/layout.h"
#include "shell/values.h"

guint64 page_number(const Page *page, MigrationField field)
{
    return migration_status_number(page->status, field);
}

gboolean page_has(const Page *page, MigrationField field)
{
    return migration_status_has(page->status, field);
}

char *page_size(guint64 bytes)
{
    return layout_glue(size_format(bytes));
}

char *page_duration(guint64 ms)
{
    return layout_glue(duration_format((gint64)MIN(ms, G_MAXINT64)));
}

/* Begins one more part of the value. */
static void separate(Page *page)
{
    if (page->line->len) {
        g_string_append(page->line, _(", "));
    }
}

void page_add(Page *page, const char *format, ...)
{
    va_list list;

    separate(page);
    va_start(list, format);
    g_string_append_vprintf(page->line, format, list);
    va_end(list);
}

void page_add_whole(Page *page, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list list;

    va_start(list, format);
    text = layout_glue(g_strdup_vprintf(format, list));
    va_end(list);
    separate(page);
    g_string_append(page->line, text);
}

/* @phrase with @value for its "%s". Free with g_free(). */
static char *fill(const char *phrase, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(phrase, "%s", -1);

    return g_strjoinv(value, parts);
}

void page_add_bytes(Page *page, MigrationField field, const char *phrase)
{
    g_autofree char *amount = page_size(page_number(page, field));
    g_autofree char *text = fill(phrase, amount);

    if (page_number(page, field)) {
        page_add(page, "%s", text);
    }
}

void page_add_bytes_whole(Page *page, MigrationField field, const char *phrase)
{
    g_autofree char *whole = layout_glue(g_strdup(phrase));

    page_add_bytes(page, field, whole);
}

void page_add_time(Page *page, MigrationField field, const char *phrase)
{
    g_autofree char *time = page_duration(page_number(page, field));
    g_autofree char *text = fill(phrase, time);

    if (page_has(page, field)) {
        page_add(page, "%s", text);
    }
}

void page_add_count(Page *page, MigrationField field, const char *phrase)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, page_number(page, field));
    g_auto(GStrv) parts = g_strsplit(phrase, "%s ", -1);
    g_autofree char *glued = g_strjoinv("%s" LAYOUT_BLANK, parts);
    g_autofree char *text = fill(glued, number);

    if (page_number(page, field)) {
        page_add(page, "%s", text);
    }
}

void page_add_pages(Page *page, MigrationField pages, MigrationField bytes)
{
    guint64 count = page_number(page, pages);
    g_autofree char *amount = page_size(page_number(page, bytes));

    if (count) {
        page_add_whole(page, ngettext("%" PRIu64 " page in %s", "%" PRIu64 " pages in %s", count),
                       count, amount);
    }
}

void page_add_list(Page *page, MigrationField field)
{
    g_autofree char *numbers = migration_status_format(page->status, field);

    if (numbers && strchr(numbers, ' ')) {
        g_autofree char *all = g_strconcat(
            numbers, LAYOUT_BLANK, migration_unit_name(migration_field_info(field)->unit), NULL);

        page_add(page, _("by vCPU %s"), all);
    }
}

void page_flush(Page *page, const char *label)
{
    if (page->line->len) {
        layout_put(page->out, page->width, label, page->line->str);
    }
    g_string_truncate(page->line, 0);
}

void page_put(Page *page, const char *label, const char *text)
{
    layout_put(page->out, page->width, label, text);
}

void page_put_items(Page *page, const char *label, MigrationField field)
{
    Json *list = migration_status_list(page->status, field);

    for (size_t i = 0; list && i < json_object_array_length(list); i++) {
        g_autofree char *item = migration_item_format(json_object_array_get_idx(list, i));

        page_put(page, i ? "" : label, item);
    }
}
