/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices of the host that the guest has as its own, and what else of it stays behind (libvirt:
 * formatdomain, "hostdev", "teaming"; QEMU: docs/devel/migration/vfio.rst). */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/check/judge.h"

enum { VFIO_MIGRATES = 801 }; /* QEMU 8.1: where the device's driver can */

/* "0000:3b:02.1" from libvirt's <address>; NULL when there is none. Free with g_free(). */
static char *pci_address(const Xml *address)
{
    static const char *const parts[] = {"@domain", "@bus", "@slot", "@function"};
    guint64 numbers[G_N_ELEMENTS(parts)];

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *text = xml_get(address, parts[i]);

        if (!text) {
            return NULL;
        }
        numbers[i] = g_ascii_strtoull(text, NULL, 0);
    }
    return g_strdup_printf("%04x:%02x:%02x.%x", (guint)numbers[0], (guint)numbers[1],
                           (guint)numbers[2], (guint)numbers[3]);
}

/* Whether QEMU gives a device of VFIO as what bars the migration, or is too old to migrate one. */
static gboolean vfio_bars(const CheckGuest *guest)
{
    Json *reasons = json_get(guest->migration, "blocked-reasons");
    gboolean named = FALSE;

    for (size_t i = 0; i < json_length(reasons); i++) {
        const char *text = json_object_get_string(json_object_array_get_idx(reasons, i));

        named = named || strcasestr(text, "vfio");
    }
    return named || guest->release < VFIO_MIGRATES;
}

/* A device that goes straight to the host's hardware, called @id in QEMU; @host: its PCI address,
 * NULL: not known. */
static void judge_vfio(const CheckGuest *guest, const char *id, const char *host, CheckList *list)
{
    g_autofree char *name = g_strdup_printf("device %s", id);
    g_autofree char *way_out = g_strdup_printf(
        _("'device_del %s' before, with another network card or disk for the guest meanwhile; "
          "'device_add vfio-pci,host=%s,id=%s' at the destination after"),
        id, host ? host : "ADDRESS", id);
    g_autofree char *where = host ? g_strconcat(" ", host, NULL) : g_strdup("");

    if (vfio_bars(guest)) {
        check_add(list, CHECK_BLOCKER, name, way_out,
                  _("the host's own device%s is the guest's (VFIO), and its state cannot be sent"),
                  where);
    } else {
        check_add(list, CHECK_WARNING, name, way_out,
                  _("the host's own device%s is the guest's (VFIO): QEMU can send its state, and "
                    "the destination must have the same"),
                  where);
    }
}

static void judge_hostdev(const CheckGuest *guest, const Xml *device, CheckList *list)
{
    const char *type = xml_get(device, "@type");
    const char *alias = xml_get(device, "alias@name");
    const char *id = alias ? alias : "hostdev";
    g_autofree char *name = g_strdup_printf("device %s", id);
    g_autofree char *host = pci_address(xml_find(device, "source/address"));
    g_autofree char *where = host ? g_strconcat(" ", host, NULL) : g_strdup("");

    if (g_strcmp0(xml_get(device, "teaming@type"), "transient") == 0) {
        check_add(
            list, CHECK_OK, name, NULL,
            _("the host's own network card%s is one of a failover pair: QEMU unplugs it before and "
              "plugs one in at the destination, and the guest stays on line by '%s'"),
            where,
            xml_get(device, "teaming@persistent") ? xml_get(device, "teaming@persistent")
                                                  : _("the other one"));
    } else if (g_strcmp0(type, "usb") == 0 || g_strcmp0(type, "scsi") == 0) {
        check_add(
            list, CHECK_WARNING, name, _("detach it before"),
            _("the host's own %s device is the guest's, and at the destination there may be none"),
            type);
    } else {
        judge_vfio(guest, id, host, list);
    }
}

/* Of the QEMU type @model; the rest of "child<vfio-pci>" is not compared. */
static gboolean is_model(Json *device, const char *model)
{
    const char *type = json_get_string(device, "type");

    return type && g_str_has_prefix(type, "child<") &&
           g_str_has_prefix(type + strlen("child<"), model);
}

static gboolean is_in_xml(const Xml *devices, const char *id)
{
    const Xml *device;

    for (guint i = 0; (device = xml_child(devices, NULL, i)); i++) {
        if (g_strcmp0(xml_get(device, "alias@name"), id) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Those that libvirt does not know of: device_add made them. */
static void judge_unknown_vfio(const CheckGuest *guest, CheckList *list)
{
    const Xml *devices = xml_find(guest->xml, "devices");

    for (size_t i = 0; i < json_length(guest->devices); i++) {
        Json *device = json_object_array_get_idx(guest->devices, i);
        const char *id = json_get_string(device, "name");

        if (is_model(device, "vfio-") && !is_in_xml(devices, id)) {
            judge_vfio(guest, id, NULL, list);
        }
    }
}

static void judge_interface(const CheckGuest *guest, const Xml *interface, CheckList *list)
{
    const char *type = xml_get(interface, "@type");
    const char *alias = xml_get(interface, "alias@name");
    const char *device = xml_get(interface, "source@dev");
    g_autofree char *name = g_strdup_printf("device %s", alias ? alias : "of the network");

    if (g_strcmp0(type, "hostdev") == 0) {
        judge_hostdev(guest, interface, list);
    } else if (g_strcmp0(type, "direct") == 0 &&
               g_strcmp0(xml_get(interface, "source@mode"), "passthrough") == 0) {
        check_add(list, CHECK_WARNING, name,
                  _("a free interface of that name at the destination, or a bridge"),
                  _("the guest has the host's interface %s for itself (direct, passthrough), and "
                    "must have one there"),
                  device ? device : "");
    }
}

/* What libvirt refuses to migrate, or older ones do. */
static void judge_shared(const Xml *device, gboolean managed, CheckList *list)
{
    const char *name = xml_name(device);
    const char *alias = xml_get(device, "alias@name");
    g_autofree char *check = g_strdup_printf("device %s", alias ? alias : name);

    if (strcmp(name, "shmem") == 0 && g_strcmp0(xml_get(device, "@role"), "master") != 0) {
        check_add(list, managed ? CHECK_BLOCKER : CHECK_WARNING, check,
                  _("detach it before, or role='master'"),
                  _("memory shared with others on this host (shmem) does not move with the guest"));
    } else if (strcmp(name, "filesystem") == 0 &&
               g_strcmp0(xml_get(device, "driver@type"), "virtiofs") == 0) {
        check_add(list, CHECK_WARNING, check, _("unmount it in the guest and detach it before"),
                  _("a directory of this host (virtiofs): many releases of QEMU and libvirt do not "
                    "migrate with it, and the destination must have the same directory"));
    }
}

void judge_devices(const CheckFacts *facts, CheckList *list)
{
    const CheckGuest *guest = &facts->source;
    const Xml *devices = xml_find(guest->xml, "devices");
    const Xml *device;

    for (guint i = 0; (device = xml_child(devices, NULL, i)); i++) {
        if (strcmp(xml_name(device), "hostdev") == 0) {
            judge_hostdev(guest, device, list);
        } else if (strcmp(xml_name(device), "interface") == 0) {
            judge_interface(guest, device, list);
        } else {
            judge_shared(device, facts->wish.way == CHECK_MANAGED, list);
        }
    }
    judge_unknown_vfio(guest, list);
}
