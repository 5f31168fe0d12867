/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/check.h"

#include <glib/gi18n.h>
#include <string.h>

static void row_free(gpointer data)
{
    CheckRow *row = data;

    g_free(row->check);
    g_free(row->reason);
    g_free(row->way_out);
    g_free(row);
}

CheckList *check_list_new(void)
{
    CheckList *list = g_new0(CheckList, 1);

    list->rows = g_ptr_array_new_with_free_func(row_free);
    list->untold = g_ptr_array_new_with_free_func(g_free);
    return list;
}

void check_list_free(CheckList *list)
{
    if (list) {
        g_ptr_array_unref(list->rows);
        g_ptr_array_unref(list->untold);
        g_free(list);
    }
}

void check_add(CheckList *list, CheckResult result, const char *check, const char *way_out,
               const char *format, ...)
{
    CheckRow *row = g_new0(CheckRow, 1);
    va_list arguments;

    row->result = result;
    row->check = g_strdup(check);
    row->way_out = g_strdup(way_out);
    va_start(arguments, format);
    row->reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(list->rows, row);
}

void check_add_with(CheckList *list, CheckResult result, const char *check, const char *way_out,
                    const char *more, const char *format, ...)
{
    g_autofree char *reason = NULL;
    va_list arguments;

    va_start(arguments, format);
    reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (more) {
        check_add(list, result, check, way_out, _("%s: %s"), reason, more);
    } else {
        check_add(list, result, check, way_out, "%s", reason);
    }
}

void check_untold(CheckList *list, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (!g_ptr_array_find_with_equal_func(list->untold, text, g_str_equal, NULL)) {
        g_ptr_array_add(list->untold, g_steal_pointer(&text));
    }
}

char *check_untold_text(const CheckList *list)
{
    GString *text = g_string_new(NULL);
    g_autofree char *all = NULL;

    for (guint i = 0; i < list->untold->len; i++) {
        g_string_append_printf(text, "%s%s", i ? _("; ") : "", (char *)list->untold->pdata[i]);
    }
    all = g_string_free(text, FALSE);
    return *all ? g_strdup_printf(_("not looked at: %s"), all) : NULL;
}

const char *check_result_name(CheckResult result)
{
    static const char *const names[] = {"ok", "warning", "blocker"};

    return names[result];
}

guint check_count(const CheckList *list, CheckResult result)
{
    guint count = 0;

    for (guint i = 0; i < list->rows->len; i++) {
        count += ((const CheckRow *)list->rows->pdata[i])->result == result;
    }
    return count;
}

const CheckRow *check_find(const CheckList *list, const char *check)
{
    for (guint i = 0; i < list->rows->len; i++) {
        const CheckRow *row = list->rows->pdata[i];

        if (strcmp(row->check, check) == 0) {
            return row;
        }
    }
    return NULL;
}

static Json *row_json(const char *check, const char *result, const char *reason,
                      const char *way_out)
{
    return json_dict("check", json_object_new_string(check), "result",
                     json_object_new_string(result), "reason", json_object_new_string(reason),
                     "way-out", way_out ? json_object_new_string(way_out) : NULL, NULL);
}

Json *check_json(const CheckList *list)
{
    Json *array = json_object_new_array();
    g_autofree char *untold = check_untold_text(list);

    for (guint i = 0; i < list->rows->len; i++) {
        const CheckRow *row = list->rows->pdata[i];

        json_object_array_add(
            array, row_json(row->check, check_result_name(row->result), row->reason, row->way_out));
    }
    if (untold) {
        json_object_array_add(array, row_json("the rest", "unknown", untold, NULL));
    }
    return array;
}
