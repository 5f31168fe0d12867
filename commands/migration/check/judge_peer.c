/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The QEMU that is to take the guest in a raw migration: it must wait for it, be made like it, and
 * be told the same. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/capability.h"
#include "commands/migration/check/judge.h"
#include "shell/values.h"

/* Parameters that both sides must agree on, with the capability that makes them count (NULL: they
 * always do). */
static const struct {
    const char *name;
    const char *capability;
} PARAMETERS[] = {
    {"multifd-channels", "multifd"},
    {"multifd-compression", "multifd"},
};

static gboolean is_on(const CheckGuest *guest, const char *name)
{
    gboolean on = FALSE;

    return capability_state(guest->capabilities, name, &on) && on;
}

/* --- whether it waits --- */

static void judge_waiting(const CheckFacts *facts, CheckList *list)
{
    const CheckGuest *peer = facts->peer;
    const char *state = json_get_string(peer->status, "status");

    if (g_strcmp0(state, "inmigrate") != 0) {
        check_add(list, CHECK_BLOCKER, "peer",
                  peer->embedded ? _("'lab reset' makes a fresh pair")
                                 : _("start its QEMU with '-incoming defer'"),
                  _("'%s' does not wait for a migration (it is '%s')"), peer->name,
                  state ? state : _("unknown"));
    } else if (peer->listening) {
        check_add(list, CHECK_OK, "peer", NULL, _("'%s' waits for a migration at %s"), peer->name,
                  peer->listening);
    } else {
        check_add(list, CHECK_OK, "peer", NULL, _("'%s' waits for a migration"), peer->name);
    }
}

/* --- whether it is alike --- */

static guint64 memory_of(const CheckGuest *guest, const char *name)
{
    return json_object_get_uint64(check_member(guest->memory, name));
}

static void judge_memory_size(const CheckFacts *facts, CheckList *list)
{
    static const char *const parts[] = {"base-memory", "plugged-memory"};
    const CheckGuest *peer = facts->peer;

    for (guint i = 0; facts->source.memory && peer->memory && i < G_N_ELEMENTS(parts); i++) {
        guint64 here = memory_of(&facts->source, parts[i]);
        guint64 there = memory_of(peer, parts[i]);
        g_autofree char *mine = size_format(here);
        g_autofree char *theirs = size_format(there);

        if (here != there) {
            check_add(list, CHECK_BLOCKER, "memory size",
                      i ? _("plug the same memory in there") : _("start the peer with as much"),
                      i ? _("the guest has %s plugged in, and '%s' %s")
                        : _("the guest has %s, and '%s' %s"),
                      mine, peer->name, theirs);
        }
    }
}

/* --- what it was told --- */

static gboolean judge_capabilities(const CheckFacts *facts, CheckList *list)
{
    gboolean alike = TRUE;

    for (guint i = 0; capability_both[i]; i++) {
        const char *name = capability_both[i];
        gboolean here = is_on(&facts->source, name);
        gboolean there = is_on(facts->peer, name);
        g_autofree char *way_out =
            g_strdup_printf("'%smigrate_set_capability %s on'", here ? "peer " : "", name);

        if (here != there) {
            check_add(list, CHECK_BLOCKER, name, way_out, _("it is %s at '%s' and %s at '%s'"),
                      here ? "on" : "off", facts->source.name, there ? "on" : "off",
                      facts->peer->name);
            alike = FALSE;
        }
    }
    return alike;
}

static gboolean judge_parameters(const CheckFacts *facts, CheckList *list)
{
    gboolean alike = TRUE;

    for (guint i = 0; i < G_N_ELEMENTS(PARAMETERS); i++) {
        const char *name = PARAMETERS[i].name;
        const char *here = json_object_get_string(check_member(facts->source.parameters, name));
        const char *there = json_object_get_string(check_member(facts->peer->parameters, name));
        g_autofree char *way_out =
            g_strdup_printf("'peer migrate_set_parameter %s %s'", name, here ? here : "");

        if (is_on(&facts->source, PARAMETERS[i].capability) && here && there &&
            strcmp(here, there) != 0) {
            check_add(list, CHECK_BLOCKER, name, way_out, _("it is %s at '%s' and %s at '%s'"),
                      here, facts->source.name, there, facts->peer->name);
            alike = FALSE;
        }
    }
    return alike;
}

static gboolean judge_tls(const CheckFacts *facts, CheckList *list)
{
    const char *here = json_get_string(facts->source.parameters, "tls-creds");
    const char *there = json_get_string(facts->peer->parameters, "tls-creds");
    gboolean mine = here && *here;
    gboolean theirs = there && *there;

    if (mine == theirs) {
        return TRUE;
    }
    check_add(list, CHECK_BLOCKER, "tls-creds",
              mine ? _("'peer migrate_set_parameter tls-creds ID', or '' here")
                   : _("'migrate_set_parameter tls-creds ID', or '' at the peer"),
              _("only '%s' encrypts"), mine ? facts->source.name : facts->peer->name);
    return FALSE;
}

static void judge_settings(const CheckFacts *facts, CheckList *list)
{
    gboolean capabilities = judge_capabilities(facts, list);
    gboolean parameters = judge_parameters(facts, list);
    gboolean alike = judge_tls(facts, list) && capabilities && parameters;

    if (alike && facts->source.capabilities && facts->peer->capabilities) {
        check_add(list, CHECK_OK, "capabilities", NULL, "%s",
                  is_on(&facts->source, "postcopy-ram")
                      ? _("both ends are set alike, and both can do post-copy")
                      : _("both ends are set alike"));
    }
}

/* Without a peer: what it must be told too. */
static void judge_unknown_side(const CheckFacts *facts, CheckList *list)
{
    for (guint i = 0; capability_both[i]; i++) {
        if (is_on(&facts->source, capability_both[i])) {
            check_untold(list, _("whether %s is on at the destination too, as it must be"),
                         capability_both[i]);
        }
    }
}

void judge_peer(const CheckFacts *facts, CheckList *list)
{
    if (facts->peer_lack) {
        check_add(list, CHECK_BLOCKER, "peer",
                  facts->peer_named ? _("its QEMU, or its libvirtd, is to answer first")
                                    : _("'attach -p DOMAIN[@URI]' names it"),
                  "%s", facts->peer_lack);
    } else if (facts->peer) {
        judge_waiting(facts, list);
        judge_memory_size(facts, list);
        judge_settings(facts, list);
    } else if (facts->wish.way != CHECK_MANAGED) {
        judge_unknown_side(facts, list);
    }
}
