/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the destination's host has for the guest: its name and UUID, networks, memory; and the time
 * of both. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "commands/migration/check/judge.h"
#include "shell/values.h"

/* Two clocks further apart than this tell other times of one event. */
enum { CLOCK_US = G_USEC_PER_SEC };

/* --- names --- */

static void judge_name(const CheckFacts *facts, CheckList *list)
{
    const char *name = facts->wish.name ? facts->wish.name : facts->source.name;
    Json *other = check_member(facts->there, "name");
    const char *uuid = json_get_string(other, "uuid");

    if (uuid && g_strcmp0(uuid, facts->source.uuid) != 0) {
        check_add(list, CHECK_BLOCKER, "name", _("'--dname NAME' gives it another name there"),
                  _("another guest of %s is called '%s' (%s)"), check_there(facts), name,
                  g_strcmp0(json_get_string(other, "state"), "active") == 0 ? _("active")
                                                                            : _("inactive"));
    } else {
        check_add(list, CHECK_OK, "name", NULL, _("'%s' is free at %s"), name, check_there(facts));
    }
}

static void judge_uuid(const CheckFacts *facts, CheckList *list)
{
    Json *other = check_member(facts->there, "guest");
    const char *name = json_get_string(other, "name");
    const char *wanted = facts->wish.name ? facts->wish.name : facts->source.name;
    gboolean active = g_strcmp0(json_get_string(other, "state"), "active") == 0;
    g_autofree char *end =
        name ? g_strdup_printf(active ? _("'virsh destroy %s' at %s, if that is not this guest")
                                      : _("'virsh undefine %s' at %s, if that is not this guest"),
                               name, check_there(facts))
             : NULL;

    if (name && active) {
        check_add(list, CHECK_BLOCKER, "UUID", end, _("'%s' runs at %s with the guest's UUID"),
                  name, check_there(facts));
    } else if (name && strcmp(name, wanted) != 0) {
        check_add(list, CHECK_BLOCKER, "UUID", end,
                  _("'%s' is defined at %s with the guest's UUID"), name, check_there(facts));
    } else {
        check_add(list, CHECK_OK, "UUID", NULL, "%s",
                  name ? _("the guest's own definition is there") : _("it is free"));
    }
}

/* --- networks --- */

static void judge_network(const CheckFacts *facts, const char *name, CheckList *list)
{
    Json *answer = check_member(check_member(facts->there, "networks"), name);
    const char *state = json_object_get_string(answer);
    g_autofree char *check = g_strdup_printf("network %s", name);
    g_autofree char *way_out = g_strdup_printf(
        g_strcmp0(state, "missing") == 0 ? _("'virsh net-define' and 'virsh net-start %s' there")
                                         : _("'virsh net-start %s' there"),
        name);

    if (!state) {
        check_untold(list, _("whether %s has the network %s"), check_there(facts), name);
    } else if (strcmp(state, "active") == 0) {
        check_add(list, CHECK_OK, check, NULL, _("%s has it"), check_there(facts));
    } else {
        check_add(list, CHECK_BLOCKER, check, way_out,
                  strcmp(state, "missing") == 0 ? _("it is missing at %s")
                                                : _("it is inactive at %s"),
                  check_there(facts));
    }
}

static void judge_link(const CheckFacts *facts, const char *kind, const char *name, CheckList *list)
{
    Json *answer = check_member(check_member(facts->there, "interfaces"), name);
    const char *state = json_object_get_string(answer);
    g_autofree char *check = g_strdup_printf("%s %s", kind, name);

    if (!state) {
        check_untold(list,
                     strcmp(kind, "bridge") == 0 ? _("whether %s has the bridge %s")
                                                 : _("whether %s has the interface %s"),
                     check_there(facts), name);
    } else if (strcmp(state, "missing") == 0) {
        check_add(list, CHECK_BLOCKER, check, _("make one of that name there"), _("%s has none"),
                  check_there(facts));
    } else {
        check_add(list, CHECK_OK, check, NULL, _("%s has it"), check_there(facts));
    }
}

static void judge_networks(const CheckFacts *facts, CheckList *list)
{
    static const struct {
        const char *path;
        const char *kind;
    } links[] = {
        {"source@network", "network"}, {"source@bridge", "bridge"}, {"source@dev", "interface"}};
    const Xml *devices = xml_find(facts->source.xml, "devices");
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    const Xml *interface;

    for (guint i = 0; (interface = xml_child(devices, "interface", i)); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(links); j++) {
            const char *name = check_link(interface, links[j].path);

            if (!name || !g_hash_table_add(known, (char *)name)) {
                continue;
            }
            if (j == 0) {
                judge_network(facts, name, list);
            } else {
                judge_link(facts, links[j].kind, name, list);
            }
        }
    }
}

/* --- memory --- */

/* What the guest has, in bytes; 0: not known. */
static guint64 guest_memory(const CheckGuest *guest)
{
    return json_object_get_uint64(check_member(guest->memory, "base-memory")) +
           json_object_get_uint64(check_member(guest->memory, "plugged-memory"));
}

static void judge_memory(const CheckFacts *facts, CheckList *list)
{
    Json *memory = check_member(facts->there, "memory");
    guint64 total = json_object_get_uint64(check_member(memory, "total"));
    guint64 available = json_object_get_uint64(check_member(memory, "available"));
    guint64 wanted = guest_memory(&facts->source);
    g_autofree char *has = size_format(wanted);
    g_autofree char *room = size_format(available);
    g_autofree char *all = size_format(total);

    if (!memory || !wanted || xml_get(facts->source.xml, "memoryBacking/hugepages")) {
        return;
    }
    if (wanted > total) {
        check_add(list, CHECK_BLOCKER, "memory", _("another destination"),
                  _("the guest has %s, and all of %s %s"), has, check_there(facts), all);
    } else if (wanted > available) {
        check_add(list, CHECK_WARNING, "memory", _("end or move guests there"),
                  _("the guest has %s, and %s is free at %s"), has, room, check_there(facts));
    } else {
        check_add(list, CHECK_OK, "memory", NULL, _("%s of %s that are free at %s"), has, room,
                  check_there(facts));
    }
}

static void judge_pages(const CheckFacts *facts, const char *size, Json *free_pages,
                        CheckList *list)
{
    guint64 bytes = g_ascii_strtoull(size, NULL, 10) * 1024;
    guint64 wanted = (guest_memory(&facts->source) + bytes - 1) / MAX(bytes, 1);
    guint64 found = json_object_get_uint64(free_pages);
    g_autofree char *page = size_format(bytes);
    g_autofree char *way_out = g_strdup_printf(_("'virsh allocpages %s %" PRIu64 " --add' there"),
                                               size, wanted > found ? wanted - found : 0);

    check_add(list, wanted > found ? CHECK_BLOCKER : CHECK_OK, "huge pages",
              wanted > found ? way_out : NULL,
              _("the guest needs %" PRIu64 " of %s, and %s has %" PRIu64 " free"), wanted, page,
              check_there(facts), found);
}

/* --- clocks --- */

static void judge_clocks(const CheckFacts *facts, CheckList *list)
{
    gint64 apart;
    g_autofree char *shown = NULL;

    if (facts->one_host || !facts->there) {
        return;
    }
    if (!facts->peer || !facts->source.knows_clock || !facts->peer->knows_clock) {
        check_untold(list, "%s",
                     facts->peer ? _("whether the hosts' clocks agree (both guests' events tell, "
                                     "once there are some)")
                                 : _("whether the hosts' clocks agree"));
        return;
    }
    apart = ABS(facts->source.clock_us - facts->peer->clock_us);
    shown = duration_format(apart / 1000);
    check_add(
        list, apart > CLOCK_US ? CHECK_WARNING : CHECK_OK, "clocks",
        apart > CLOCK_US ? _("set both by NTP") : NULL,
        apart > CLOCK_US
            ? _("the hosts' clocks are %s apart: the blackout as measured is wrong by as much")
            : _("the hosts' clocks are %s apart"),
        shown);
}

void judge_hosts(const CheckFacts *facts, CheckList *list)
{
    Json *pages = check_member(facts->there, "pages");

    if (facts->there && facts->wish.way == CHECK_MANAGED && !facts->one_host) {
        judge_name(facts, list);
        judge_uuid(facts, list);
        judge_networks(facts, list);
        if (xml_find(facts->source.xml, "memoryBacking/hugepages") &&
            (!pages || json_object_object_length(pages) == 0)) {
            check_untold(list, _("whether %s has enough huge pages"), check_there(facts));
        }
        if (pages) {
            json_object_object_foreach (pages, size, count) {
                judge_pages(facts, size, count, list);
            }
        }
    }
    judge_memory(facts, list);
    judge_clocks(facts, list);
}
