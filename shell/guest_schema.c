/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/guest_schema.h"

static const char KEY[] = "qmp-schema";
static const char QUERY[] = "query-qmp-schema";

static const Schema *remember(Guest *guest, Json *reply)
{
    Schema *schema = schema_new(reply);

    g_datalist_set_data_full(&guest->notes, KEY, schema, (GDestroyNotify)schema_free);
    return schema;
}

const Schema *guest_schema(Guest *guest, GError **error)
{
    const Schema *schema = g_datalist_get_data(&guest->notes, KEY);
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) reply = NULL;

    if (schema) {
        return schema;
    }
    reply = monitor_qmp(guest->monitor, QUERY, NULL, &why);
    if (!reply && !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND) &&
        !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return remember(guest, reply);
}

const Schema *guest_schema_quickly(Guest *guest, int milliseconds)
{
    const Schema *schema = g_datalist_get_data(&guest->notes, KEY);
    g_autoptr(Json) reply = NULL;

    if (schema) {
        return schema;
    }
    reply = monitor_qmp_quickly(guest->monitor, QUERY, milliseconds);
    return reply ? remember(guest, reply) : NULL;
}
