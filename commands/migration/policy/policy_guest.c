/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/policy_guest.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "shell/domain_call.h"
#include "shell/domain_disks.h"

void policy_guest_clear(PolicyGuest *size)
{
    g_clear_pointer(&size->disks, g_free);
    size->n_disks = 0;
}

/* The .json of the call: the lengths of the images. */
static gboolean ask_images(DomainCall *call, virDomainPtr domain, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, 0);
    g_auto(GStrv) disks = xml ? domain_disks(xml) : NULL;

    free(xml);
    if (!disks) {
        return domain_call_error(error);
    }
    call->json = json_object_new_array();
    for (char **disk = disks; *disk; disk++) {
        virDomainBlockInfo info;

        if (virDomainGetBlockInfo(domain, *disk, &info, 0) == 0) {
            json_object_array_add(call->json, json_object_new_uint64(info.physical));
        }
    }
    return TRUE;
}

static gboolean ask_disks(Guest *guest, PolicyGuest *size, GError **error)
{
    DomainCall call = {.run = ask_images, .name = _("asking libvirt for its disks")};
    g_autoptr(Json) list = NULL;

    if (!domain_call(guest, &call, error)) {
        return FALSE;
    }
    list = call.json;
    size->n_disks = json_object_array_length(list);
    size->disks = g_new0(guint64, size->n_disks);
    for (gsize i = 0; i < size->n_disks; i++) {
        size->disks[i] = json_object_get_uint64(json_object_array_get_idx(list, i));
    }
    return TRUE;
}

gboolean policy_guest_ask(Guest *guest, gboolean disks, PolicyGuest *size, GError **error)
{
    g_autoptr(Json) memory = monitor_qmp(guest->monitor, "query-memory-size-summary", NULL, error);

    *size = (PolicyGuest){0};
    if (!memory) {
        return FALSE;
    }
    size->memory = json_object_get_uint64(json_get(memory, "base-memory")) +
                   json_object_get_uint64(json_get(memory, "plugged-memory"));
    return !disks || ask_disks(guest, size, error);
}
