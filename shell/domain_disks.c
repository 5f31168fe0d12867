/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/domain_disks.h"

#include <string.h>

#include "shell/xml.h"

static gboolean is_removable(const Xml *disk)
{
    const char *device = xml_get(disk, "@device");

    return device && strcmp(device, "disk") != 0 && strcmp(device, "lun") != 0;
}

char **domain_disks(const char *text)
{
    g_autoptr(Xml) xml = xml_parse(text);
    const Xml *devices = xml_find(xml, "devices");
    GPtrArray *targets = g_ptr_array_new();
    const Xml *disk;

    for (guint i = 0; (disk = xml_child(devices, "disk", i)); i++) {
        const char *target = xml_get(disk, "target@dev");

        if (target && !is_removable(disk)) {
            g_ptr_array_add(targets, g_strdup(target));
        }
    }
    g_ptr_array_add(targets, NULL);
    return (char **)g_ptr_array_free(targets, FALSE);
}
