/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/governing.h"

#include "commands/migrate_policy.h"
#include "commands/migration/policy/policy_guest.h"
#include "commands/migration/raw.h"
#include "shell/error.h"

static const guint64 MIB = 1 << 20;

/* What an earlier migration has left behind is put back first, and a running one is not meddled
 * with: QEMU would refuse another one only afterwards. */
static gboolean check_over(Guest *guest, GError **error)
{
    g_autoptr(MigrationStatus) status = raw_query(guest->monitor, error);

    if (!status) {
        return FALSE;
    }
    if (migration_state_is_running(migration_status_state(status))) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            "There's a migration process in progress");
        return FALSE;
    }
    governor_settle(guest);
    return TRUE;
}

static gboolean prepare(Guest *guest, Guest *peer, const GovernorWish *asked, Governor **governor,
                        GError **error)
{
    g_auto(PolicyGuest) size = {0};
    GovernorWish wish = *asked;

    wish.policy = policy_chosen(guest->session);
    wish.size = &size;
    if (*governor || (policy_is_manual(wish.policy) && !governor_is_known(guest))) {
        return TRUE;
    }
    if (!check_over(guest, error)) {
        return FALSE;
    }
    if (policy_is_manual(wish.policy)) {
        return TRUE;
    }
    if (!policy_guest_ask(guest, wish.disks, &size, error)) {
        return FALSE;
    }
    *governor = governor_prepare(guest, peer, &wish, error);
    return *governor != NULL;
}

gboolean governing_prepare(Guest *guest, Guest *peer, gboolean disks, Governor **governor,
                           GError **error)
{
    return prepare(guest, peer, &(GovernorWish){.disks = disks}, governor, error);
}

unsigned governing_flags(Session *session)
{
    static const PolicyGuest any = {0}; /* it is all the same for these */
    PolicyStart start;

    policy_start(policy_chosen(session), &any, &start);
    return (start.auto_converge ? VIR_MIGRATE_AUTO_CONVERGE : 0u) |
           (start.postcopy ? VIR_MIGRATE_POSTCOPY : 0u) |
           (start.xbzrle ? VIR_MIGRATE_COMPRESSED : 0u);
}

static void add_unless_said(ManagedCall *call, const char *parameter, guint64 value)
{
    if (!virTypedParamsGet(call->parameters, call->n_parameters, parameter)) {
        virTypedParamsAddULLong(&call->parameters, &call->n_parameters, &call->n_allocated,
                                parameter, value);
    }
}

gboolean governing_prepare_managed(Guest *guest, ManagedCall *call, Governor **governor,
                                   GError **error)
{
    gboolean disks =
        (call->flags & (VIR_MIGRATE_NON_SHARED_DISK | VIR_MIGRATE_NON_SHARED_INC)) != 0;
    g_auto(PolicyGuest) size = {0};
    PolicyStart start;

    if (call->flags & VIR_MIGRATE_OFFLINE) { /* the definition alone is sent */
        return TRUE;
    }
    if (!policy_is_manual(policy_chosen(guest->session)) &&
        !policy_guest_ask(guest, FALSE, &size, error)) {
        return FALSE;
    }
    policy_start(policy_chosen(guest->session), &size, &start);
    if (start.sets_bandwidth) {
        add_unless_said(call, VIR_MIGRATE_PARAM_BANDWIDTH, (start.bandwidth + MIB - 1) / MIB);
    }
    if (start.sets_cache) { /* which libvirt takes only with the method's name */
        if (!virTypedParamsGet(call->parameters, call->n_parameters,
                               VIR_MIGRATE_PARAM_COMPRESSION)) {
            virTypedParamsAddString(&call->parameters, &call->n_parameters, &call->n_allocated,
                                    VIR_MIGRATE_PARAM_COMPRESSION, "xbzrle");
        }
        add_unless_said(call, VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, start.cache);
    }
    return prepare(guest, NULL, &(GovernorWish){.managed = TRUE, .disks = disks}, governor, error);
}

char **governing_leave(Session *session)
{
    Guest *guests[] = {session->current, session->peer};
    GPtrArray *lines = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(guests); i++) {
        char *text = guests[i] ? governor_leave(guests[i]) : NULL;

        if (text) {
            g_ptr_array_add(lines, text);
        }
    }
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}
