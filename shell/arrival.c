/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/arrival.h"

#include <glib/gi18n.h>

#include "shell/domain_call.h"
#include "shell/holder.h"

static gboolean run(DomainCall *call, virDomainPtr domain, GError **error G_GNUC_UNUSED)
{
    call->number = holder_is_receiving(domain);
    return TRUE;
}

gboolean arrival_check(Guest *guest, GError **error)
{
    DomainCall call = {.run = run, .name = _("asking libvirt for its state"), .seconds = 1};
    g_autofree char *sentence = NULL;

    if (!domain_call(guest, &call, NULL) || !call.number) {
        return TRUE;
    }
    sentence = holder_receiving_sentence(guest->name);
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, sentence);
    return FALSE;
}
