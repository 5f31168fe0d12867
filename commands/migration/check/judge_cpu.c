/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs the guest, here and there: the CPU it sees, the machine it is, and the programs. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/check/judge.h"
#include "commands/migration/release.h"

/* --- the CPU --- */

static const char *cpu_mode(const CheckGuest *guest)
{
    return xml_get(guest->xml, "cpu@mode");
}

static gboolean requires(const Xml *cpu, const char *name)
{
    const Xml *feature;

    for (guint i = 0; (feature = xml_child(cpu, "feature", i)); i++) {
        if (g_strcmp0(xml_get(feature, "@name"), name) == 0) {
            const char *policy = xml_get(feature, "@policy");

            return g_strcmp0(policy, "require") == 0 || g_strcmp0(policy, "force") == 0;
        }
    }
    return FALSE;
}

/* QEMU and libvirt migrate invtsc only where the frequency of the TSC is given. */
static void judge_invtsc(const CheckGuest *guest, CheckList *list)
{
    const Xml *cpu = xml_find(guest->xml, "cpu");
    const Xml *clock = xml_find(guest->xml, "clock");
    const Xml *timer;

    for (guint i = 0; (timer = xml_child(clock, "timer", i)); i++) {
        if (xml_get(timer, "@frequency")) {
            return;
        }
    }
    if (requires(cpu, "invtsc")) {
        check_add(list, CHECK_BLOCKER, "invtsc",
                  _("<feature policy='disable' name='invtsc'/> in the guest's <cpu>, or <timer "
                    "name='tsc' frequency='HZ'/> in its <clock>; and a start anew"),
                  _("the guest's TSC is to run at one speed for ever (invtsc), and nobody says at "
                    "which"));
    }
}

/* The guest sees its host's own CPU. */
static void judge_passthrough(const CheckFacts *facts, CheckList *list)
{
    const char *way_out = _("<cpu mode='custom'> with a model that both hosts have ('virsh "
                            "hypervisor-cpu-baseline' finds one), and a start anew");
    Json *answer = check_member(facts->there, "host-cpu");
    const char *result = json_get_string(answer, "result");
    const char *why = json_get_string(answer, "why");

    if (facts->one_host) {
        check_add(list, CHECK_OK, "CPU", NULL, _("one host, and so one CPU, at both ends"));
    } else if (g_strcmp0(result, "incompatible") == 0) {
        check_add_with(
            list, CHECK_BLOCKER, "CPU", way_out, why,
            _("the guest sees its host's CPU (host-passthrough), and %s lacks some of it"),
            check_there(facts));
    } else if (g_strcmp0(result, "identical") == 0) {
        check_add(list, CHECK_OK, "CPU", NULL,
                  _("the guest sees its host's CPU (host-passthrough), and %s has the same"),
                  check_there(facts));
    } else {
        check_add(list, CHECK_WARNING, "CPU", way_out, "%s",
                  result ? _("the guest sees its host's CPU (host-passthrough), and the "
                             "destination has another, with more features")
                         : _("the guest sees its host's CPU (host-passthrough): the destination "
                             "must have the same, microcode included"));
    }
}

static void judge_named_cpu(const CheckFacts *facts, CheckList *list)
{
    Json *answer = check_member(facts->there, "cpu");
    const char *result = json_get_string(answer, "result");
    const char *why = json_get_string(answer, "why");
    const char *model = xml_get(facts->source.xml, "cpu/model");

    if (!result) {
        if (facts->wish.way == CHECK_MANAGED && model && facts->there) {
            check_untold(list, _("whether the CPU of %s is good for %s"), check_there(facts),
                         model);
        }
    } else if (strcmp(result, "incompatible") == 0) {
        check_add_with(list, CHECK_BLOCKER, "CPU",
                       _("a model that both hosts have ('virsh hypervisor-cpu-baseline' finds "
                         "one), and a start anew"),
                       why, _("%s cannot give the guest its CPU %s"), check_there(facts),
                       model ? model : "");
    } else {
        check_add(list, CHECK_OK, "CPU", NULL, _("%s can give the guest its CPU %s"),
                  check_there(facts), model ? model : "");
    }
}

/* The two QEMUs of a raw migration are told their CPUs apart from each other. */
static void judge_peer_cpu(const CheckFacts *facts, CheckList *list)
{
    const Xml *here = xml_find(facts->source.xml, "cpu");
    const Xml *there = xml_find(facts->peer->xml, "cpu");
    const char *mine = xml_get(here, "model");
    const char *theirs = xml_get(there, "model");

    if (mine && theirs && strcmp(mine, theirs) != 0) {
        check_add(list, CHECK_BLOCKER, "CPU", _("start the peer with the same <cpu>"),
                  _("the guest's is %s, and '%s' has %s"), mine, facts->peer->name, theirs);
    } else if (mine && theirs) {
        check_add(list, CHECK_OK, "CPU", NULL, _("%s at both ends"), mine);
    }
}

/* A guest that has found the bit uses it, and crashes on a CPU without it. */
static void judge_nx(const CheckFacts *facts, CheckList *list)
{
    Json *here = check_member(facts->here, "nx");
    Json *there = check_member(facts->there, "nx");
    gboolean has = json_object_get_boolean(here);

    if (!here || !there || facts->one_host) {
        return;
    }
    if (has == (gboolean)json_object_get_boolean(there)) {
        check_add(list, CHECK_OK, "NX", NULL, "%s",
                  has ? _("the CPUs of both hosts have it")
                      : _("the CPUs of both hosts have it not"));
    } else {
        check_add(list, has ? CHECK_BLOCKER : CHECK_WARNING, "NX",
                  _("set it alike in both hosts' firmware"),
                  _("the CPU of %s has the NX bit and that of %s has not"),
                  has ? _("this guest's host") : check_there(facts),
                  has ? check_there(facts) : _("this guest's host"));
    }
}

static void judge_arch(const CheckFacts *facts, CheckList *list)
{
    const char *here = json_get_string(facts->here, "arch");
    const char *there = json_get_string(facts->there, "arch");

    if (here && there && !facts->one_host && strcmp(here, there) != 0) {
        check_add(list, CHECK_WARNING, "architecture", _("a destination of the same architecture"),
                  _("the guest's host is %s and %s is %s"), here, check_there(facts), there);
    }
}

/* --- the machine --- */

static void judge_machine(const CheckFacts *facts, CheckList *list)
{
    Json *answer = check_member(facts->there, "machine");
    const char *here = facts->source.machine;
    const char *there = facts->peer ? facts->peer->machine : NULL;
    const char *why = json_get_string(answer, "why");

    if (there && here && strcmp(here, there) != 0) {
        g_autofree char *way_out = g_strdup_printf(_("start the peer with machine='%s'"), here);

        check_add(list, CHECK_BLOCKER, "machine", way_out, _("the guest is a %s, and '%s' a %s"),
                  here, facts->peer->name, there);
    } else if (there && here) {
        check_add(list, CHECK_OK, "machine", NULL, _("%s at both ends"), here);
    } else if (answer && json_object_get_boolean(json_get(answer, "known"))) {
        check_add(list, CHECK_OK, "machine", NULL, _("%s has %s"), check_there(facts),
                  here ? here : _("it"));
    } else if (answer) {
        check_add(list, CHECK_BLOCKER, "machine",
                  _("a QEMU there that has it, or an older machine for the guest and a start anew"),
                  _("%s cannot run it: %s"), check_there(facts), why ? why : _("unknown"));
    }
}

/* Of a managed migration: the destination's QEMU takes as many. */
static void judge_vcpus(const CheckFacts *facts, CheckList *list)
{
    Json *most = json_get(check_member(facts->there, "machine"), "vcpus");
    int here = facts->source.vcpus;
    int there = facts->peer ? facts->peer->vcpus : 0;

    if (most && here > json_object_get_int(most)) {
        check_add(list, CHECK_BLOCKER, "vCPUs", _("fewer vCPUs ('virsh setvcpus')"),
                  _("the guest has %d, and %s takes %d at most"), here, check_there(facts),
                  json_object_get_int(most));
    } else if (there && here && there != here) {
        check_add(list, CHECK_BLOCKER, "vCPUs", _("start the peer with as many"),
                  _("the guest has %d, and '%s' %d"), here, facts->peer->name, there);
    }
}

/* --- the programs --- */

/* Compares two versions as libvirt counts them: 9000000 is 9.0.0. */
static void judge_version(const char *program, guint64 here, guint64 there, const CheckFacts *facts,
                          CheckList *list)
{
    g_autofree char *mine = g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                                            here / 1000000, here / 1000 % 1000);
    g_autofree char *theirs = g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                                              there / 1000000, there / 1000 % 1000);

    if (!here || !there) {
        return;
    }
    if (there / 1000 < here / 1000) {
        check_add(list, CHECK_WARNING, program, _("migrate to as new a release, or to a newer one"),
                  _("%s here and %s at %s: backwards it may fail, and nobody promises it"), mine,
                  theirs, check_there(facts));
    } else {
        check_add(list, CHECK_OK, program, NULL, _("%s here, %s at %s"), mine, theirs,
                  check_there(facts));
    }
}

static guint64 number(Json *object, const char *name)
{
    return json_object_get_uint64(check_member(object, name));
}

/* 702 as libvirt counts. */
static guint64 of_release(guint release)
{
    return release / 100 * G_GUINT64_CONSTANT(1000000) + release % 100 * G_GUINT64_CONSTANT(1000);
}

static void judge_versions(const CheckFacts *facts, CheckList *list)
{
    guint64 here = of_release(facts->source.release); /* what runs, not what is installed since */

    if (facts->peer) {
        judge_version("QEMU's version", here, of_release(facts->peer->release), facts, list);
    } else {
        judge_version("QEMU's version", here, number(facts->there, "qemu"), facts, list);
        judge_version("libvirt's version", number(facts->here, "libvirt"),
                      number(facts->there, "libvirt"), facts, list);
    }
}

void judge_cpu(const CheckFacts *facts, CheckList *list)
{
    judge_invtsc(&facts->source, list);
    if (g_strcmp0(cpu_mode(&facts->source), "host-passthrough") == 0) {
        judge_passthrough(facts, list);
    } else if (facts->peer) {
        judge_peer_cpu(facts, list);
    } else {
        judge_named_cpu(facts, list);
    }
    judge_arch(facts, list);
    judge_nx(facts, list);
    judge_machine(facts, list);
    judge_vcpus(facts, list);
    judge_versions(facts, list);
}
