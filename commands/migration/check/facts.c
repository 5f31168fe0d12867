/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/facts.h"

#include <glib/gi18n.h>

#include "commands/migration/check/address.h"

const char *const check_boot_files[] = {"os/kernel", "os/initrd", "os/dtb", "os/loader", NULL};

void check_guest_clear(CheckGuest *guest)
{
    g_free(guest->name);
    g_free(guest->uuid);
    g_free(guest->machine);
    g_free(guest->listening);
    xml_free(guest->xml);
    json_object_put(guest->status);
    json_object_put(guest->migration);
    json_object_put(guest->block_jobs);
    json_object_put(guest->jobs);
    json_object_put(guest->capabilities);
    json_object_put(guest->parameters);
    json_object_put(guest->blocks);
    json_object_put(guest->memory);
    json_object_put(guest->devices);
    *guest = (CheckGuest){0};
}

void check_facts_clear(CheckFacts *facts)
{
    check_guest_clear(&facts->source);
    if (facts->peer) {
        check_guest_clear(facts->peer);
        g_free(facts->peer);
    }
    g_free(facts->peer_lack);
    json_object_put(facts->here);
    json_object_put(facts->there);
    json_object_put(facts->names);
    g_free(facts->unreachable);
    *facts = (CheckFacts){0};
}

const char *check_there(const CheckFacts *facts)
{
    const char *host = json_get_string(facts->there, "hostname");

    if (facts->peer) {
        return facts->peer->name;
    }
    return host ? host : _("the destination");
}

char *check_host_name(const CheckFacts *facts)
{
    if (!facts->source.local) {
        return NULL;
    }
    if (facts->wish.way == CHECK_MANAGED) {
        return facts->wish.memory_uri || facts->wish.offline
                   ? NULL
                   : g_strdup(json_get_string(facts->there, "hostname"));
    }
    return facts->wish.uri ? address_host(facts->wish.uri) : NULL;
}

Json *check_member(Json *object, const char *name)
{
    Json *member = NULL;

    return object && json_object_object_get_ex(object, name, &member) ? member : NULL;
}

const char *check_link(const Xml *interface, const char *path)
{
    static const char network[] = "source@network";

    return xml_get(interface, network) && g_strcmp0(path, network) != 0 ? NULL
                                                                        : xml_get(interface, path);
}
