/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/places.h"

#include <string.h>

/* --- files --- */

void places_add_files(Offers *offers, const char *typed)
{
    const char *slash = strrchr(typed, '/');
    g_autofree char *dir = slash ? g_strndup(typed, (gsize)(slash - typed) + 1) : g_strdup("");
    g_autoptr(GDir) stream = g_dir_open(*dir ? dir : ".", 0, NULL);
    gboolean hidden = (slash ? slash[1] : *typed) == '.';
    const char *name;

    while (stream && (name = g_dir_read_name(stream))) {
        g_autofree char *path = g_strconcat(dir, name, NULL);
        gboolean wanted = g_str_has_prefix(path, typed); /* looking at a file may take its time */
        g_autofree char *marked =
            g_strconcat(path, wanted && g_file_test(path, G_FILE_TEST_IS_DIR) ? "/" : NULL, NULL);

        if (*name != '.' || hidden) {
            offers_add(offers, marked);
        }
    }
}

/* Files behind @scheme, which @typed begins with. */
static void add_files_behind(Offers *offers, const char *scheme, const char *typed)
{
    g_autoptr(Offers) files = offers_new();

    places_add_files(files, typed + strlen(scheme));
    offers_add_joined(offers, scheme, files);
}

/* --- hosts --- */

/* Adds the host that @field of a known_hosts line names, without brackets and port; not a pattern,
 * not one that is hashed (sshd(8)). */
static void add_host(GHashTable *hosts, const char *field)
{
    const char *begin = *field == '[' ? field + 1 : field;
    size_t length = *field == '[' ? strcspn(begin, "]") : strlen(begin);

    if (length && !strpbrk(field, "*?!|")) {
        g_hash_table_add(hosts, g_strndup(begin, length));
    }
}

static void read_hosts(GHashTable *hosts, const char *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return;
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *begin = *line + strspn(*line, " \t");
        g_autofree char *names = NULL;
        g_auto(GStrv) fields = NULL;

        if (*begin == '@') { /* a marker */
            begin += strcspn(begin, " \t");
            begin += strspn(begin, " \t");
        }
        names = g_strndup(begin, *begin == '#' ? 0 : strcspn(begin, " \t"));
        fields = g_strsplit(names, ",", -1);
        for (char **field = fields; *field; field++) {
            add_host(hosts, *field);
        }
    }
}

/* The hosts that ssh knows: a set of strings. */
static GHashTable *known_hosts(void)
{
    GHashTable *hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *own = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);

    read_hosts(hosts, own);
    read_hosts(hosts, "/etc/ssh/ssh_known_hosts");
    return hosts;
}

/* "PREFIXhostSUFFIX" for each host; an address of IPv6 gets brackets. */
static void add_hosts(Offers *offers, const char *prefix, const char *suffix)
{
    g_autoptr(GHashTable) hosts = known_hosts();
    GHashTableIter iter;
    gpointer host;

    g_hash_table_iter_init(&iter, hosts);
    while (g_hash_table_iter_next(&iter, &host, NULL)) {
        gboolean six = strchr(host, ':') != NULL;
        g_autofree char *word =
            g_strconcat(prefix, six ? "[" : "", (const char *)host, six ? "]" : "", suffix, NULL);

        offers_add(offers, word);
    }
}

/* --- URIs --- */

/* libvirt's URIs on other hosts, by the transport that @typed begins with. */
static void add_remote_connections(Offers *offers, const char *typed)
{
    static const char *const transports[] = {"qemu+ssh://", "qemu+tcp://", "qemu+tls://",
                                             "qemu://"};

    for (guint i = 0; i < G_N_ELEMENTS(transports); i++) {
        if (g_str_has_prefix(typed, transports[i])) {
            add_hosts(offers, transports[i], "/system");
        }
    }
}

void places_add_migration_uris(Offers *offers, const char *typed)
{
    if (g_str_has_prefix(typed, "unix:")) {
        add_files_behind(offers, "unix:", typed);
    } else if (g_str_has_prefix(typed, "file:")) {
        add_files_behind(offers, "file:", typed);
    } else if (g_str_has_prefix(typed, "tcp:") || g_str_has_prefix(typed, "rdma:")) {
        g_autofree char *scheme = g_strndup(typed, strcspn(typed, ":") + 1);

        add_hosts(offers, scheme, ":");
    } else if (g_str_has_prefix(typed, "qemu+") || g_str_has_prefix(typed, "qemu:")) {
        add_remote_connections(offers, typed);
    }
}

void places_add_connection_uris(Offers *offers)
{
    static const char *const local[] = {"qemu:///system", "qemu:///session", NULL};
    const char *usual = g_getenv("LIBVIRT_DEFAULT_URI");

    offers_add_all(offers, local);
    if (usual && *usual) {
        offers_add(offers, usual);
    }
    add_hosts(offers, "qemu+ssh://", "/system");
}
