/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the destination: as far as it can be gone without harm. A QEMU that waits for a
 * migration takes any connection for it, and is lost when that ends; so no port is tried out. */
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "commands/migration/check/address.h"
#include "commands/migration/check/judge.h"
#include "commands/migration/raw.h"

enum { FILE_SINCE = 802 }; /* QEMU 8.2: file: */

/* --- QEMU's URIs --- */

static void judge_host(const CheckFacts *facts, const char *host, const char *port, CheckList *list)
{
    Json *found = check_member(facts->names, host);
    const char *address = json_get_string(found, "address");
    gboolean own = json_object_get_boolean(check_member(found, "own"));
    guint number = (guint)g_ascii_strtoull(port, NULL, 10);

    if (!found) {
        check_untold(list, _("whether the name '%s' is known (nobody answered)"), host);
    } else if (!address) {
        check_add(list, CHECK_BLOCKER, "way there", _("another name, or its address"),
                  _("the name '%s' is not known here: %s"), host, json_get_string(found, "error"));
    } else if (own && !facts->peer && !address_is_listened_at(number)) {
        check_add(list, CHECK_BLOCKER, "way there",
                  _("'migrate_incoming' at the destination, before"),
                  _("nobody listens at port %s of this host"), port);
    } else {
        check_add(list, CHECK_OK, "way there", NULL, own ? _("%s is %s, this host") : _("%s is %s"),
                  host, address);
        if (!facts->peer && !own) {
            check_untold(list,
                         _("whether a QEMU listens at port %s of %s (it would take a try for the "
                           "migration)"),
                         port, host);
        }
    }
}

static void judge_tcp(const CheckFacts *facts, const char *uri, CheckList *list)
{
    g_autofree char *host = address_host(uri);
    const char *colon = strrchr(uri, ':');

    if (!host || !g_ascii_isdigit(colon[1])) {
        check_add(list, CHECK_BLOCKER, "way there", "tcp:HOST:PORT",
                  _("'%s' lacks a host or a port"), uri);
    } else {
        judge_host(facts, host, colon + 1, list);
    }
}

static void judge_unix(const char *path, CheckList *list)
{
    struct stat found;

    if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
        check_add(list, CHECK_BLOCKER, "way there", _("a shorter path"),
                  _("the socket's path has more than the %zu bytes that can be"),
                  sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
    } else if (stat(path, &found) != 0) {
        check_add(list, CHECK_BLOCKER, "way there",
                  _("'migrate_incoming' at the destination, before"), _("there is no %s"), path);
    } else if (!S_ISSOCK(found.st_mode)) {
        check_add(list, CHECK_BLOCKER, "way there", _("the path of a socket"), _("%s is no socket"),
                  path);
    } else {
        check_add(list, CHECK_OK, "way there", NULL, _("%s is a socket"), path);
    }
}

static void judge_file(const CheckFacts *facts, const char *path, CheckList *list)
{
    g_autofree char *directory = g_path_get_dirname(path);

    if (facts->source.release && facts->source.release < FILE_SINCE) {
        check_add(list, CHECK_BLOCKER, "way there", _("'migrate fd:NAME', or 'savevm'"),
                  _("QEMU migrates to a file since 8.2"));
    } else if (g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        check_add(list, CHECK_OK, "way there", NULL, _("%s is a directory here"), directory);
    } else {
        check_add(list, CHECK_BLOCKER, "way there", _("make it"), _("there is no directory %s"),
                  directory);
    }
}

/* What is neither asked for nor looked at here: rdma:, vsock: and fd:. */
static void judge_scheme(const char *uri, CheckList *list)
{
    static const char *const others[] = {"rdma:", "vsock:", "fd:"};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_str_has_prefix(uri, others[i])) {
            check_untold(list, _("the way to %s"), uri);
            return;
        }
    }
    check_add(list, CHECK_BLOCKER, "way there", "tcp:HOST:PORT, unix:PATH, 'peer'",
              _("'%s' is no URI that a guest can be migrated to"), uri);
}

static void judge_address(const CheckFacts *facts, const char *uri, CheckList *list)
{
    g_autoptr(GError) why = NULL;

    if (!raw_check_uri(uri, &why)) {
        check_add(list, CHECK_BLOCKER, "way there", NULL, "%s", why->message);
    } else if (!facts->source.local) { /* it is the guest's host that has to get there */
        check_untold(list, _("the way to %s (the guest's host is not this one)"), uri);
    } else if (g_str_has_prefix(uri, "tcp:")) {
        judge_tcp(facts, uri, list);
    } else if (g_str_has_prefix(uri, "unix:")) {
        judge_unix(uri + strlen("unix:"), list);
    } else if (g_str_has_prefix(uri, "file:")) {
        judge_file(facts, uri + strlen("file:"), list);
    } else {
        judge_scheme(uri, list);
    }
}

/* The port of "tcp:HOST:PORT,OPTION...", by which alone an address can be told from another. */
static gboolean is_same_port(const char *uri, const char *other)
{
    const char *port = strrchr(uri, ':');
    const char *found = strrchr(other, ':');

    return g_str_has_prefix(other, "tcp:") &&
           g_ascii_strtoull(port + 1, NULL, 10) == g_ascii_strtoull(found + 1, NULL, 10);
}

/* A name that is not known leads nowhere. */
static gboolean is_unknown(const CheckFacts *facts, const char *uri)
{
    g_autofree char *host = g_str_has_prefix(uri, "tcp:") ? address_host(uri) : NULL;
    Json *found = host ? check_member(facts->names, host) : NULL;

    return found && !check_member(found, "address");
}

/* Whether the URI leads to the peer, as far as can be told. */
static gboolean judge_peer_address(const CheckFacts *facts, const char *uri, CheckList *list)
{
    const char *found = facts->peer->listening;
    gboolean tcp = g_str_has_prefix(uri, "tcp:");
    gboolean same = found && (tcp ? is_same_port(uri, found) : strcmp(uri, found) == 0);
    g_autofree char *way_out =
        g_strdup_printf(_("'peer migrate_incoming %s', or 'migrate peer'"), uri);

    if (!tcp && !g_str_has_prefix(uri, "unix:")) { /* QEMU tells nothing of others */
        return TRUE;
    }
    if (!same && found) {
        check_add(list, CHECK_BLOCKER, "way there", way_out,
                  _("'%s' does not listen at %s but at %s"), facts->peer->name, uri, found);
    } else if (!same) {
        check_add(list, CHECK_BLOCKER, "way there", way_out, _("'%s' does not listen at %s"),
                  facts->peer->name, uri);
    }
    if (!same) {
        return FALSE;
    }
    return TRUE;
}

/* --- libvirt's --- */

/* By its own name the destination is reached, unless --migrateuri says otherwise (libvirt:
 * qemuMigrationDstPrepareDirect()). */
static void judge_destination_name(const CheckFacts *facts, CheckList *list)
{
    const char *way_out = _("'--migrateuri tcp://ADDRESS', or a right name in its /etc/hosts");
    const char *name = json_get_string(facts->there, "hostname");
    Json *found = check_member(facts->names, name);
    const char *address = json_get_string(found, "address");

    if (facts->wish.memory_uri || facts->wish.offline || !name) {
        return;
    }
    if (g_str_has_prefix(name, "localhost")) {
        check_add(list, CHECK_BLOCKER, "memory's way", way_out,
                  _("the destination calls itself '%s', and sends the source to that"), name);
    } else if (!found) {
        check_untold(list,
                     facts->source.local
                         ? _("whether the guest's host knows the name '%s'")
                         : _("whether the guest's host knows the name '%s' (it is not this one)"),
                     name);
    } else if (!address) {
        check_add(list, CHECK_BLOCKER, "memory's way", way_out,
                  _("the destination calls itself '%s', which is not known here"), name);
    } else if (json_object_get_boolean(check_member(found, "own"))) {
        check_add(list, CHECK_BLOCKER, "memory's way", way_out,
                  _("the destination calls itself '%s', which here is this host"), name);
    } else {
        check_add(list, CHECK_OK, "memory's way", NULL, _("to %s, which is %s"), name, address);
    }
}

static void judge_libvirt(const CheckFacts *facts, CheckList *list)
{
    if (facts->source.embedded) {
        check_add(list, CHECK_BLOCKER, "libvirt", _("'migrate peer' is QEMU's own"),
                  _("the guest runs in libvirt's embedded driver, which takes part in no migration "
                    "of libvirt's"));
    } else if (facts->unreachable) {
        check_add(list, CHECK_BLOCKER, "libvirt", _("'!virsh -c URI uri' tries it alone"), "%s",
                  facts->unreachable);
    } else if (facts->one_host) {
        check_add(list, CHECK_BLOCKER, "libvirt", _("another host"),
                  _("%s is the guest's own host, and libvirt migrates to others only"),
                  facts->wish.uri);
    } else {
        check_add(list, CHECK_OK, "libvirt", NULL,
                  facts->source.local ? _("%s answers")
                                      : _("%s answers this host, which is not the guest's"),
                  check_there(facts));
        judge_destination_name(facts, list);
    }
}

void judge_reach(const CheckFacts *facts, CheckList *list)
{
    const char *uri = facts->wish.uri;

    if (facts->wish.way == CHECK_MANAGED) {
        judge_libvirt(facts, list);
    } else if (uri && strcmp(uri, "peer") != 0) {
        if (!facts->peer || is_unknown(facts, uri) || judge_peer_address(facts, uri, list)) {
            judge_address(facts, uri, list);
        }
    }
}

void judge(const CheckFacts *facts, CheckList *list)
{
    judge_reach(facts, list);
    judge_guest(facts, list);
    judge_devices(facts, list);
    judge_disks(facts, list);
    judge_peer(facts, list);
    judge_cpu(facts, list);
    judge_hosts(facts, list);
}
