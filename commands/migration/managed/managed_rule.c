/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_rule.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/release.h"
#include "shell/error.h"

#define COPY_STORAGE "copy-storage-all copy-storage-inc"

static const ManagedRule table[] = {
    /* virsh.rst: "QEMU does not support direct migration". */
    {.option = "direct",
     .kind = RULE_NEVER,
     .reason = N_("direct migration is not supported by libvirt's driver for QEMU"),
     .way_out =
         N_("--p2p leaves the work to the source; a raw migration (tcp:...) is QEMU's alone")},

    /* As virsh. */
    {.option = "no-live",
     .kind = RULE_EXCLUDES,
     .others = "live",
     .reason = N_("the guest either runs meanwhile or does not")},
    {.option = "offline",
     .kind = RULE_EXCLUDES,
     .others = "live",
     .reason = N_("only the definition is migrated, the guest is not touched"),
     .way_out = N_("leave out --live")},

    /* libvirt: qemuMigrationSrcBeginPhase(). */
    {.option = "offline",
     .kind = RULE_NEEDS,
     .others = "persistent",
     .reason = N_("a guest that is not started can only be defined there")},
    {.option = "offline",
     .kind = RULE_EXCLUDES,
     .others = COPY_STORAGE,
     .reason = N_("disks are copied by a running QEMU"),
     .way_out = N_("copy the images by other means, or migrate the running guest")},
    {.option = "offline",
     .kind = RULE_EXCLUDES,
     .others = "tunnelled postcopy",
     .reason = N_("there is no memory to send"),
     .way_out = N_("leave out one of them")},
    {.option = "postcopy",
     .kind = RULE_NEEDS,
     .others = "live",
     .reason = N_("a guest that stands still does not need it"),
     .way_out = N_("leave out --no-live")},
    {.option = "postcopy",
     .kind = RULE_EXCLUDES,
     .others = "suspend",
     .reason = N_("the guest must run there to ask for its pages"),
     .way_out = N_("'stop' it when it has arrived")},
    {.option = "postcopy",
     .kind = RULE_EXCLUDES,
     .others = "tunnelled",
     .reason = N_("the tunnel has no way back for the pages that are asked for"),
     .way_out = N_("leave out --tunnelled; --tls encrypts")},
    {.option = "zerocopy",
     .kind = RULE_NEEDS,
     .others = "parallel",
     .reason = N_("only QEMU's multifd sends so")},
    /* The same; libvirt 9.0 has no such message yet. */
    {.option = "migrate-disks",
     .kind = RULE_NEEDS,
     .others = COPY_STORAGE,
     .reason = N_("it chooses among the disks that are copied")},
    {.option = "migrate-disks-detect-zeroes",
     .kind = RULE_NEEDS,
     .others = COPY_STORAGE,
     .reason = N_("it concerns the disks that are copied")},

    /* libvirt: qemuMigrationAnyCanResume(). */
    {.option = "postcopy-resume",
     .kind = RULE_NEEDS,
     .others = "postcopy",
     .reason = N_("it goes on with the same options")},

    /* libvirt: virDomainMigrate3(), virDomainMigrateToURI3(); libvirt-domain.h. */
    {.option = "tunnelled",
     .kind = RULE_NEEDS,
     .others = "p2p",
     .reason = N_("the tunnel is the source's connection to the destination")},
    {.option = "tunnelled",
     .kind = RULE_EXCLUDES,
     .others = "parallel",
     .reason = N_("the tunnel is one connection"),
     .way_out = N_("leave out --tunnelled; --tls encrypts")},
    {.option = "copy-storage-all",
     .kind = RULE_EXCLUDES,
     .others = "copy-storage-inc",
     .reason = N_("disks are copied wholly or from their backing file on")},
    {.option = "copy-storage-synchronous-writes",
     .kind = RULE_NEEDS,
     .others = COPY_STORAGE,
     .reason = N_("without a copy there is nothing to wait for")},

    /* libvirt: qemuMigrationSrcBeginPhase(). Seen with 9.0: "argument key 'host' must not have null
     * value". */
    {.option = "tunnelled",
     .kind = RULE_EXCLUDES,
     .others = COPY_STORAGE,
     .reason = N_("disks go to an NBD server, past the tunnel"),
     .way_out = N_("leave out --tunnelled; --tls encrypts memory and disks")},
    /* Seen with 9.0: "failed to convert virJSONValue to yajl data". */
    {.option = "tunnelled",
     .kind = RULE_EXCLUDES,
     .others = "tls",
     .reason = N_("QEMU encrypts a connection of its own, which the tunnel is not"),
     .way_out = N_("the tunnel is as safe as URI's transport (qemu+tls, qemu+ssh); or leave out "
                   "--tunnelled")},
    /* libvirt: "... is not supported by tunnelled migration". */
    {.option = "tunnelled",
     .kind = RULE_EXCLUDES,
     .others = "migrateuri listen-address disks-port disks-uri",
     .reason = N_("all goes to where libvirt itself is connected"),
     .way_out = N_("choose the network by URI, or leave out --tunnelled")},

    /* QEMU: migrate_caps_check(); gone with 10.1. */
    {.option = "postcopy",
     .kind = RULE_EXCLUDES,
     .others = "parallel",
     .qemu_until = "10.1",
     .reason = N_("QEMU can do both at once since 10.1 only"),
     .way_out = N_("leave out one of them")},
    /* QEMU: migrate_caps_check(), migrate_params_check(); since 7.1, which has it first. */
    {.option = "zerocopy",
     .kind = RULE_EXCLUDES,
     .others = "tls compressed comp-methods",
     .reason = N_("what is encrypted or compressed is a copy"),
     .way_out = N_("leave out --zerocopy")},

    /* libvirt: qemuMigrationParamsSetCompression(). */
    {.option = "comp-methods=mt",
     .kind = RULE_NEVER,
     .qemu_since = "9.1",
     .reason = N_("gone since QEMU 9.1"),
     .way_out = N_("--parallel with --comp-methods zlib or zstd")},
    {.option = "comp-methods=mt",
     .kind = RULE_EXCLUDES,
     .others = "parallel",
     .reason = N_("it is not for several connections"),
     .way_out = N_("zlib or zstd with --parallel")},
    {.option = "comp-methods=xbzrle",
     .kind = RULE_EXCLUDES,
     .others = "parallel",
     .reason = N_("it is not for several connections"),
     .way_out = N_("zlib or zstd with --parallel")},
    {.option = "comp-methods=zlib",
     .kind = RULE_NEEDS,
     .others = "parallel",
     .reason = N_("it is QEMU's multifd that compresses so")},
    {.option = "comp-methods=zstd",
     .kind = RULE_NEEDS,
     .others = "parallel",
     .reason = N_("it is QEMU's multifd that compresses so")},
    {.option = "comp-methods=zlib",
     .kind = RULE_EXCLUDES,
     .others = "comp-methods=zstd",
     .reason = N_("several connections have one method")},
    {.option = "compressed",
     .with = "parallel",
     .kind = RULE_NEEDS,
     .others = "comp-methods",
     .reason = N_("there is no default for several connections"),
     .way_out = N_("--comp-methods zlib or zstd")},
    {.option = "comp-mt-level",
     .kind = RULE_NEEDS,
     .others = "comp-methods=mt",
     .reason = N_("it tunes that method")},
    {.option = "comp-mt-threads",
     .kind = RULE_NEEDS,
     .others = "comp-methods=mt",
     .reason = N_("it tunes that method")},
    {.option = "comp-mt-dthreads",
     .kind = RULE_NEEDS,
     .others = "comp-methods=mt",
     .reason = N_("it tunes that method")},
    {.option = "comp-xbzrle-cache",
     .kind = RULE_NEEDS,
     .others = "comp-methods=xbzrle",
     .reason = N_("libvirt wants the method by name, although it is the default of --compressed")},
    {.option = "comp-zlib-level",
     .kind = RULE_NEEDS,
     .others = "comp-methods=zlib",
     .reason = N_("it tunes that method")},
    {.option = "comp-zstd-level",
     .kind = RULE_NEEDS,
     .others = "comp-methods=zstd",
     .reason = N_("it tunes that method")},

    /* libvirt: qemuMigrationParamsFromFlags(). */
    {.option = "auto-converge-initial",
     .kind = RULE_NEEDS,
     .others = "auto-converge",
     .reason = N_("it tunes that")},
    {.option = "auto-converge-increment",
     .kind = RULE_NEEDS,
     .others = "auto-converge",
     .reason = N_("it tunes that")},
    {.option = "parallel-connections",
     .kind = RULE_NEEDS,
     .others = "parallel",
     .reason = N_("without it there is one connection")},

    /* virsh.rst. */
    {.option = "disks-uri",
     .kind = RULE_EXCLUDES,
     .others = "disks-port",
     .reason = N_("the port is part of the URI")},
    /* As virsh. */
    {.option = "persistent-xml",
     .kind = RULE_NEEDS,
     .others = "persistent",
     .reason = N_("without it nothing is defined there")},
    {.option = "tls-destination",
     .kind = RULE_NEEDS,
     .others = "tls",
     .reason = N_("without it no certificate is looked at")},
    /* libvirt 9.0: "Explicit destination hostname is required for TLS migration over UNIX
     * socket". */
    {.option = "tls",
     .with = "migrateuri=unix:",
     .kind = RULE_NEEDS,
     .others = "tls-destination",
     .reason = N_("a socket has no host's name to compare with the certificate")},
};

const ManagedRule *managed_rule_at(guint i)
{
    return i < G_N_ELEMENTS(table) ? &table[i] : NULL;
}

static gboolean holds(const ManagedRule *rule, guint qemu)
{
    if (!rule->qemu_since && !rule->qemu_until) {
        return TRUE;
    }
    return qemu > 0 && (!rule->qemu_since || release_has(qemu, rule->qemu_since, NULL)) &&
           (!rule->qemu_until || !release_has(qemu, rule->qemu_until, NULL));
}

/* As it is typed: "--comp-methods mt". */
static char *typed(const char *option)
{
    g_autofree char *text = g_strconcat("--", option, NULL);

    return g_strdup(g_strdelimit(text, "=", ' '));
}

/* The first of @others that is given, as it is typed; NULL: none. Free with g_free(). */
static char *first_given(char *const *others, ManagedHas has, gconstpointer data)
{
    for (; others && *others; others++) {
        if (has(*others, data)) {
            return typed(*others);
        }
    }
    return NULL;
}

/* "--a, --b or --c". Free with g_free(). */
static char *alternatives(char *const *others)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; others[i]; i++) {
        g_autofree char *one = typed(others[i]);

        g_string_append_printf(text, "%s%s",
                               i == 0          ? ""
                               : others[i + 1] ? _(", ")
                                               : _(" or "),
                               one);
    }
    return g_strdup(text->str);
}

/* What a rule is about: "--a with --b". Free with g_free(). */
static char *subject_of(const ManagedRule *rule)
{
    g_autofree char *option = typed(rule->option);
    g_autofree char *with = rule->with ? typed(rule->with) : NULL;

    return with ? g_strdup_printf(_("%s with %s"), option, with) : g_steal_pointer(&option);
}

/* What the rule says of what is given; NULL when it is not broken. Free with g_free(). */
static char *breach(const ManagedRule *rule, ManagedHas has, gconstpointer data)
{
    g_autofree char *option = typed(rule->option);
    g_auto(GStrv) others = rule->others ? g_strsplit(rule->others, " ", -1) : NULL;
    g_autofree char *given = NULL;
    g_autofree char *subject = NULL;
    g_autofree char *needed = NULL;

    if (!has(rule->option, data) || (rule->with && !has(rule->with, data))) {
        return NULL;
    }
    given = first_given(others, has, data);
    switch (rule->kind) {
    case RULE_NEVER:
        return g_strdup_printf(_("%s cannot be"), option);
    case RULE_EXCLUDES:
        return given ? g_strdup_printf(_("%s and %s exclude one another"), option, given) : NULL;
    default:
        subject = subject_of(rule);
        needed = alternatives(others);
        return given ? NULL : g_strdup_printf(_("%s needs %s"), subject, needed);
    }
}

/* --- for a reader --- */

/* Whether @written, which may have a "=VALUE", is @option. */
static gboolean is_written(const char *written, const char *option)
{
    size_t length = strlen(option);

    return written && strncmp(written, option, length) == 0 &&
           (!written[length] || written[length] == '=');
}

static gboolean is_among(const char *others, const char *option)
{
    g_auto(GStrv) list = others ? g_strsplit(others, " ", -1) : NULL;

    for (guint i = 0; list && list[i]; i++) {
        if (is_written(list[i], option)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean managed_rule_concerns(const ManagedRule *rule, const char *option)
{
    return is_written(rule->option, option) || is_written(rule->with, option) ||
           is_among(rule->others, option);
}

static gboolean holds_always(const ManagedRule *rule)
{
    return !rule->with && !rule->qemu_since && !rule->qemu_until && !strchr(rule->option, '=');
}

gboolean managed_rule_forbids(const char *option, const char *other)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        const ManagedRule *rule = &table[i];
        gboolean own = strcmp(rule->option, option) == 0;

        if (!holds_always(rule)) {
            continue;
        }
        if (!other ? own && rule->kind == RULE_NEVER
                   : rule->kind == RULE_EXCLUDES &&
                         ((own && is_among(rule->others, other)) ||
                          (strcmp(rule->option, other) == 0 && is_among(rule->others, option)))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What the rule says, for all it concerns. Free with g_free(). */
static char *statement_of(const ManagedRule *rule)
{
    g_autofree char *subject = subject_of(rule);
    g_auto(GStrv) list = rule->others ? g_strsplit(rule->others, " ", -1) : NULL;
    g_autofree char *others = list ? alternatives(list) : NULL;

    return rule->kind == RULE_NEEDS ? g_strdup_printf(_("%s needs %s"), subject, others)
           : rule->kind == RULE_EXCLUDES
               ? g_strdup_printf(_("%s cannot stand with %s"), subject, others)
               : g_strdup_printf(_("%s cannot be"), subject);
}

char *managed_rule_describe(const ManagedRule *rule)
{
    g_autofree char *said = statement_of(rule);
    g_autofree char *when =
        rule->qemu_since   ? g_strdup_printf(_("%s from QEMU %s on"), said, rule->qemu_since)
        : rule->qemu_until ? g_strdup_printf(_("%s before QEMU %s"), said, rule->qemu_until)
                           : g_strdup(said);

    return rule->way_out
               ? g_strdup_printf(_("%s: %s; %s."), when, _(rule->reason), _(rule->way_out))
               : g_strdup_printf(_("%s: %s."), when, _(rule->reason));
}

/* --- the check --- */

gboolean managed_rule_check(ManagedHas has, gconstpointer data, guint qemu, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        const ManagedRule *rule = &table[i];
        g_autofree char *what = holds(rule, qemu) ? breach(rule, has, data) : NULL;

        if (what && rule->way_out) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s: %s\n(%s)"), what,
                        _(rule->reason), _(rule->way_out));
        } else if (what) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s: %s"), what, _(rule->reason));
        }
        if (what) {
            return FALSE;
        }
    }
    return TRUE;
}
