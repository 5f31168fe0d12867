/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/host.h"

#include <string.h>

static Json *string_or_null(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

/* What the guest is run as there. */
static Json *machine(const CheckGuest *guest, const char *xml)
{
    const char *name = xml_get(guest->xml, "os/type@machine");

    return json_dict("arch", string_or_null(xml_get(guest->xml, "os/type@arch")), "machine",
                     string_or_null(guest->machine ? guest->machine : name), "type",
                     string_or_null(xml_get(guest->xml, "@type")), "xml", string_or_null(xml),
                     NULL);
}

/* The guest's <cpu> as it is now, when it says which CPU that is: what was asked for and QEMU could
 * not give, as with check='none', is not missed elsewhere. Free with g_free(). */
static char *named_cpu(const CheckGuest *guest)
{
    const Xml *cpu = xml_find(guest->xml, "cpu");

    return xml_find(cpu, "model") ? xml_text(cpu) : NULL;
}

/* What the destination must have for the guest's interfaces (check_link()), each once. */
static void add_names(Json *list, const CheckGuest *guest, const char *path)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    const Xml *devices = xml_find(guest->xml, "devices");
    const Xml *interface;

    for (guint i = 0; (interface = xml_child(devices, "interface", i)); i++) {
        const char *name = check_link(interface, path);

        if (name && g_hash_table_add(known, (char *)name)) {
            json_object_array_add(list, json_object_new_string(name));
        }
    }
}

static Json *images(const CheckGuest *guest)
{
    const Xml *devices = xml_find(guest->xml, "devices");
    Json *list = json_object_new_array();
    const Xml *disk;

    for (guint i = 0; (disk = xml_child(devices, "disk", i)); i++) {
        const char *file = xml_get(disk, "source@file");

        if (file) {
            json_object_array_add(list, json_object_new_string(file));
        }
    }
    for (guint i = 0; check_boot_files[i]; i++) {
        const char *file = xml_get(guest->xml, check_boot_files[i]);

        if (file) {
            json_object_array_add(list, json_object_new_string(file));
        }
    }
    return list;
}

static Json *page_sizes(const CheckGuest *guest)
{
    const Xml *hugepages = xml_find(guest->xml, "memoryBacking/hugepages");
    const Xml *page = xml_child(hugepages, "page", 0);
    const char *size = page ? xml_get(page, "@size") : NULL;
    Json *list = json_object_new_array();

    /* else a node's memory would have to be told from another's, or a host's own size is meant */
    if (page && !xml_child(hugepages, "page", 1) && !xml_get(page, "@nodeset") && size) {
        json_object_array_add(list, json_object_new_int64(g_ascii_strtoll(size, NULL, 10)));
    }
    return list;
}

/* Of a guest that is to be started there. @other: the <cpu> of the guest's host (taken over). */
static Json *guest_questions(const CheckFacts *facts, Json *other)
{
    const CheckGuest *guest = &facts->source;
    g_autofree char *cpu = other ? NULL : named_cpu(guest);
    Json *networks = json_object_new_array();
    Json *interfaces = json_object_new_array();

    add_names(networks, guest, "source@network");
    add_names(interfaces, guest, "source@bridge");
    add_names(interfaces, guest, "source@dev");
    return json_dict("host", json_object_new_boolean(TRUE), "name",
                     json_object_new_string(facts->wish.name ? facts->wish.name : guest->name),
                     "uuid", json_object_new_string(guest->uuid), "machine", machine(guest, NULL),
                     "cpu", cpu ? machine(guest, cpu) : NULL, "host-cpu", other, "networks",
                     networks, "interfaces", interfaces, "images", images(guest), "pages",
                     page_sizes(guest), NULL);
}

Json *host_questions(const CheckFacts *facts)
{
    const char *mode = xml_get(facts->source.xml, "cpu@mode");
    gboolean passthrough = g_strcmp0(mode, "host-passthrough") == 0;
    Json *other = passthrough ? json_object_get(check_member(facts->here, "host-xml")) : NULL;

    if (facts->wish.way == CHECK_MANAGED && facts->source.xml) {
        return guest_questions(facts, other);
    }
    /* a peer has it all already, but for the host's CPU */
    return json_dict("host", facts->one_host ? NULL : json_object_new_boolean(TRUE), "host-cpu",
                     other, NULL);
}

Json *host_questions_here(void)
{
    return json_dict("host", json_object_new_boolean(TRUE), NULL);
}
