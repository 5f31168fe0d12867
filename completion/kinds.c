/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/kinds.h"

#include <string.h>

#include "completion/known.h"
#include "completion/places.h"
#include "shell/guest_schema.h"
#include "shell/line.h"

/* --- what a question to QEMU answers --- */

static char **(*const LISTS[])(Inquiry *inquiry) = {
    [ARGUMENT_CAPABILITY] = known_capabilities,
    [ARGUMENT_PARAMETER] = known_parameters,
    [ARGUMENT_SNAPSHOT] = known_snapshots,
    [ARGUMENT_DEVICE] = known_devices,
    [ARGUMENT_BLOCK] = known_blocks,
    [ARGUMENT_BLOCK_JOB] = known_block_jobs,
    [ARGUMENT_NETDEV] = known_netdevs,
    [ARGUMENT_CHARDEV] = known_chardevs,
    [ARGUMENT_OBJECT] = known_objects,
    [ARGUMENT_TRACE] = known_traces,
    [ARGUMENT_CPU] = known_cpus,
};

static void offer_list(Inquiry *inquiry, ArgumentKind kind, Offers *offers)
{
    g_auto(GStrv) list = NULL;

    if (kind < G_N_ELEMENTS(LISTS) && LISTS[kind]) {
        list = LISTS[kind](inquiry);
        offers_add_all(offers, (const char *const *)list);
    }
}

/* --- others --- */

static void offer_events(Inquiry *inquiry, Offers *offers)
{
    const Schema *schema = inquiry_schema(inquiry);

    offers_add_all(offers, schema ? schema_events(schema) : NULL);
}

/* QOM's paths are walked like directories, from the root. */
static void offer_qom_paths(Inquiry *inquiry, const char *typed, Offers *offers)
{
    const char *slash = strrchr(typed, '/');
    g_autofree char *dir = g_strndup(typed, slash ? (gsize)(slash - typed) : 0);
    g_autofree char *prefix = g_strconcat(dir, "/", NULL);
    g_auto(GStrv) names = NULL;
    g_autoptr(Offers) inner = offers_new();

    if (*typed && *typed != '/') {
        return;
    }
    names = known_qom(inquiry, *dir ? dir : "/", TRUE);
    offers_add_all(inner, (const char *const *)names);
    offers_add_joined(offers, prefix, inner);
}

/* Of the object whose path is the argument before. */
static void offer_properties(Inquiry *inquiry, const char *before, Offers *offers)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) names = NULL;

    while (*line_rest(before)) {
        char *word = line_token(&before, NULL, NULL);

        if (!word) {
            return;
        }
        g_free(path);
        path = word;
    }
    names = path ? known_qom(inquiry, path, FALSE) : NULL;
    offers_add_all(offers, (const char *const *)names);
}

static const char QOM_TYPE[] = "qom-type="; /* may stand before an object's type */

/* "TYPE,PROPERTY=VALUE,...": the type, then properties of it. */
static void offer_type(Inquiry *inquiry, const char *typed, gboolean objects, Offers *offers)
{
    const char *comma = strrchr(typed, ',');
    const char *begin = typed + (g_str_has_prefix(typed, QOM_TYPE) ? strlen(QOM_TYPE) : 0);
    const char *last = comma ? comma + 1 : begin;
    g_autofree char *prefix = g_strndup(typed, (gsize)(last - typed));
    g_autofree char *type = g_strndup(begin, strcspn(begin, ","));
    g_auto(GStrv) names =
        comma ? known_type_properties(inquiry, type, objects) : known_types(inquiry, objects);
    g_autoptr(Offers) inner = offers_new();

    for (char **name = names; name && *name; name++) {
        g_autofree char *word = g_strconcat(*name, comma ? "=" : "", NULL);

        offers_add(inner, word);
    }
    offers_add_joined(offers, prefix, inner);
}

/* The guests, those that run first; behind an "@" where they may be. */
static void offer_domains(Inquiry *inquiry, const char *typed, Offers *offers)
{
    const char *at = strchr(typed, '@');
    const GPtrArray *domains = at ? NULL : inquiry_domains(inquiry);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (at) {
        g_autofree char *name = g_strndup(typed, (gsize)(at - typed) + 1);
        g_autoptr(Offers) uris = offers_new();

        places_add_connection_uris(uris);
        offers_add_joined(offers, name, uris);
    }
    for (guint i = 0; domains && i < domains->len; i++) {
        g_ptr_array_add(names, ((const DomainEntry *)domains->pdata[i])->name);
    }
    g_ptr_array_add(names, NULL);
    offers_add_ordered(offers, (const char *const *)names->pdata);
}

/* In the XML's order. */
static void offer_disks(Inquiry *inquiry, Offers *offers)
{
    g_auto(GStrv) disks = inquiry_disks(inquiry);

    offers_add_ordered(offers, (const char *const *)disks);
}

void kinds_offer(Inquiry *inquiry, ArgumentKind kind, const char *before, const char *typed,
                 Offers *offers)
{
    static const char *const switches[] = {"on", "off", NULL};

    switch (kind) {
    case ARGUMENT_SWITCH:
        offers_add_all(offers, switches);
        break;
    case ARGUMENT_EVENT:
        offer_events(inquiry, offers);
        break;
    case ARGUMENT_QOM_PATH:
        offer_qom_paths(inquiry, typed, offers);
        break;
    case ARGUMENT_PROPERTY:
        offer_properties(inquiry, before, offers);
        break;
    case ARGUMENT_MODEL:
    case ARGUMENT_OBJECT_TYPE:
        offer_type(inquiry, typed, kind == ARGUMENT_OBJECT_TYPE, offers);
        break;
    case ARGUMENT_URI:
        places_add_migration_uris(offers, typed);
        break;
    case ARGUMENT_DOMAIN:
        offer_domains(inquiry, typed, offers);
        break;
    case ARGUMENT_DISKS:
        offer_disks(inquiry, offers);
        break;
    case ARGUMENT_FILE:
    case ARGUMENT_SYSTEM:
        places_add_files(offers, typed);
        break;
    default:
        offer_list(inquiry, kind, offers);
    }
}
