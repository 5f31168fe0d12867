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

/* What came of asking: @reply (taken over), or @why there is none. That QEMU has no such command is
 * remembered too. */
static const Schema *conclude(Guest *guest, Json *reply, GError *why, GError **error)
{
    gboolean none = g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND);
    const Schema *schema = reply || none ? remember(guest, reply) : NULL;

    json_object_put(reply);
    if (schema) {
        g_clear_error(&why);
    } else {
        g_propagate_error(error, why);
    }
    return schema;
}

gboolean guest_schema_is_known(Guest *guest)
{
    return g_datalist_get_data(&guest->notes, KEY) != NULL;
}

const Schema *guest_schema(Guest *guest, GError **error)
{
    const Schema *schema = g_datalist_get_data(&guest->notes, KEY);
    GError *why = NULL;
    Json *reply;

    if (schema) {
        return schema;
    }
    reply = monitor_qmp(guest->monitor, QUERY, NULL, &why);
    return conclude(guest, reply, why, error);
}

const Schema *guest_schema_quickly(Guest *guest, int milliseconds)
{
    const Schema *schema = g_datalist_get_data(&guest->notes, KEY);
    GError *why = NULL;
    Json *reply;

    if (schema) {
        return schema;
    }
    reply = monitor_qmp_quickly(guest->monitor, QUERY, NULL, milliseconds, &why);
    return conclude(guest, reply, why, NULL);
}
