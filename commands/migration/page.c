/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/page.h"

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

void page_add(Page *page, const char *format, ...)
{
    va_list list;

    if (page->line->len) {
        g_string_append(page->line, ", ");
    }
    va_start(list, format);
    g_string_append_vprintf(page->line, format, list);
    va_end(list);
}

void page_add_bytes(Page *page, const char *before, MigrationField field, const char *after)
{
    g_autofree char *amount = page_size(page_number(page, field));

    if (page_number(page, field)) {
        page_add(page, "%s%s%s", before, amount, after);
    }
}

void page_add_time(Page *page, const char *before, MigrationField field)
{
    g_autofree char *time = page_duration(page_number(page, field));

    if (page_has(page, field)) {
        page_add(page, "%s%s", before, time);
    }
}

void page_add_count(Page *page, MigrationField field, const char *one, const char *many)
{
    guint64 count = page_number(page, field);

    if (count) {
        page_add(page, "%" G_GUINT64_FORMAT LAYOUT_BLANK "%s", count, count == 1 ? one : many);
    }
}

void page_add_pages(Page *page, MigrationField pages, MigrationField bytes)
{
    g_autofree char *amount = page_size(page_number(page, bytes));

    page_add_count(page, pages, "page", "pages");
    if (page_number(page, pages)) {
        g_string_append_printf(page->line, " in" LAYOUT_BLANK "%s", amount);
    }
}

void page_add_list(Page *page, MigrationField field)
{
    g_autofree char *numbers = migration_status_format(page->status, field);

    if (numbers && strchr(numbers, ' ')) {
        page_add(page, "by vCPU %s" LAYOUT_BLANK "%s", numbers,
                 migration_unit_name(migration_field_info(field)->unit));
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
