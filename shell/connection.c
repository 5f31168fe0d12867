/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/connection.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "shell/error.h"

/* A dead link is noticed after about 16 s. Often, since in libvirt 9.0 a call whose reply was
 * missed comes back with the next answer to a ping only (a race in its client's loop, seen). */
enum { KEEPALIVE_SECONDS = 2, KEEPALIVE_MISSES = 7 };

struct Connection {
    gatomicrefcount references;
    virConnectPtr handle;
    char *asked_uri;
    GMutex lock;
    char *uri; /* under the lock; NULL until somebody wants to know: libvirt has to ask for it */
};

static void swallow_error(void *data G_GNUC_UNUSED, virErrorPtr error G_GNUC_UNUSED)
{
}

void connection_init_library(void)
{
    if (!g_getenv("LIBVIRT_DEBUG") && !g_getenv("LIBVIRT_LOG_OUTPUTS")) {
        g_setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", TRUE);
    }
    virSetErrorFunc(NULL, swallow_error);
    virEventRegisterDefaultImpl();
}

void connection_set_error(Connection *connection, int code, const char *prefix, GError **error)
{
    const char *message = virGetLastErrorMessage();
    g_autofree char *copy = g_strdup(message ? message : _("unknown error"));

    if (connection && virConnectIsAlive(connection->handle) != 1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST, _("lost the connection to %s: %s"),
                    connection_uri(connection), copy);
        return;
    }
    g_set_error(error, HMPSH_ERROR, code, "%s: %s", prefix, copy);
}

/* --- credentials --- */

struct Answers {
    GMutex lock;
    GHashTable *given; /* URI and prompt -> what was typed */
};

typedef struct {
    Answers *answers;
    const char *uri;
} Asking;

Answers *answers_new(void)
{
    Answers *answers = g_new0(Answers, 1);

    g_mutex_init(&answers->lock);
    answers->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return answers;
}

void answers_free(Answers *answers)
{
    g_hash_table_unref(answers->given);
    g_mutex_clear(&answers->lock);
    g_free(answers);
}

static char *answer_key(const Asking *asking, const virConnectCredential *credential)
{
    return g_strdup_printf("%s\n%d %s", asking->uri ? asking->uri : "", credential->type,
                           credential->prompt);
}

/* Fills in what was answered before; FALSE when not everything was. */
static gboolean fill_in(const Asking *asking, virConnectCredentialPtr credentials, unsigned n)
{
    gboolean known = TRUE;

    for (unsigned i = 0; known && i < n; i++) {
        g_autofree char *key = answer_key(asking, &credentials[i]);

        known = g_hash_table_contains(asking->answers->given, key);
    }
    for (unsigned i = 0; known && i < n; i++) {
        g_autofree char *key = answer_key(asking, &credentials[i]);

        /* libvirt frees it with free(), which is g_free()'s */
        credentials[i].result = g_strdup(g_hash_table_lookup(asking->answers->given, key));
        credentials[i].resultlen = (unsigned)strlen(credentials[i].result);
    }
    return known;
}

static int ask_user(const Asking *asking, virConnectCredentialPtr credentials, unsigned n)
{
    int result = virConnectAuthPtrDefault->cb(credentials, n, virConnectAuthPtrDefault->cbdata);

    for (unsigned i = 0; result == 0 && i < n; i++) {
        g_hash_table_insert(asking->answers->given, answer_key(asking, &credentials[i]),
                            g_strdup(credentials[i].result ? credentials[i].result : ""));
    }
    return result;
}

static int give_credentials(virConnectCredentialPtr credentials, unsigned n, void *data)
{
    const Asking *asking = data;
    int result;

    g_mutex_lock(&asking->answers->lock);
    result = fill_in(asking, credentials, n) ? 0 : ask_user(asking, credentials, n);
    g_mutex_unlock(&asking->answers->lock);
    return result;
}

static virConnectPtr open_handle(const char *uri, Answers *answers)
{
    virConnectAuth silent = {NULL, 0, NULL, NULL};
    virConnectAuth auth = *virConnectAuthPtrDefault;
    Asking asking = {answers, uri};
    virConnectPtr handle;

    auth.cb = give_credentials;
    auth.cbdata = &asking;
    handle = virConnectOpenAuth(uri, answers ? &auth : &silent, 0);
    if (!handle && answers) { /* perhaps a wrong password: ask again */
        g_mutex_lock(&answers->lock);
        g_hash_table_remove_all(answers->given);
        g_mutex_unlock(&answers->lock);
    }
    return handle;
}

/* --- connections --- */

Connection *connection_open(const char *uri, Answers *answers, GError **error)
{
    virConnectPtr handle = open_handle(uri, answers);
    Connection *connection;

    if (!handle) {
        const char *named = uri ? uri : g_getenv("LIBVIRT_DEFAULT_URI");
        g_autofree char *prefix =
            g_strdup_printf(_("cannot connect to %s"), named ? named : _("libvirt's default URI"));

        connection_set_error(NULL, HMPSH_ERROR_LOST, prefix, error);
        return NULL;
    }
    virConnectSetKeepAlive(handle, KEEPALIVE_SECONDS, KEEPALIVE_MISSES);
    connection = g_new0(Connection, 1);
    g_atomic_ref_count_init(&connection->references);
    connection->handle = handle;
    connection->asked_uri = g_strdup(uri);
    g_mutex_init(&connection->lock);
    return connection;
}

Connection *connection_ref(Connection *connection)
{
    g_atomic_ref_count_inc(&connection->references);
    return connection;
}

void connection_unref(Connection *connection)
{
    if (!g_atomic_ref_count_dec(&connection->references)) {
        return;
    }
    virConnectClose(connection->handle);
    g_mutex_clear(&connection->lock);
    g_free(connection->asked_uri);
    g_free(connection->uri);
    g_free(connection);
}

virConnectPtr connection_handle(Connection *connection)
{
    return connection->handle;
}

const char *connection_uri(Connection *connection)
{
    const char *uri;

    g_mutex_lock(&connection->lock);
    if (!connection->uri) {
        connection->uri = virConnectGetURI(connection->handle);
    }
    if (!connection->uri) { /* a dead connection does not know */
        connection->uri = g_strdup(connection->asked_uri ? connection->asked_uri : "libvirt");
    }
    uri = connection->uri;
    g_mutex_unlock(&connection->lock);
    return uri;
}

virDomainPtr connection_find(Connection *connection, const char *name, GError **error)
{
    virConnectPtr handle = connection->handle;
    virDomainPtr domain = NULL;
    char *end;
    gint64 id = g_ascii_strtoll(name, &end, 10);

    if (*name && !*end && id >= 0 && id <= G_MAXINT) {
        domain = virDomainLookupByID(handle, (int)id);
    }
    if (!domain && g_uuid_string_is_valid(name)) {
        domain = virDomainLookupByUUIDString(handle, name);
    }
    if (!domain) {
        domain = virDomainLookupByName(handle, name);
    }
    if (!domain) {
        virErrorPtr last = virGetLastError();

        if (last && last->code == VIR_ERR_NO_DOMAIN) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST, _("no guest '%s' on %s"), name,
                        connection_uri(connection));
        } else {
            g_autofree char *prefix = g_strdup_printf(_("cannot look up guest '%s'"), name);

            connection_set_error(connection, HMPSH_ERROR_NO_GUEST, prefix, error);
        }
        return NULL;
    }
    if (virDomainGetID(domain) == (unsigned)-1) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_NO_GUEST, _("guest '%s' is not running"),
                    virDomainGetName(domain));
        virDomainFree(domain);
        return NULL;
    }
    return domain;
}

gboolean connection_has_migrated(virDomainPtr domain)
{
    int state, reason;

    return virDomainGetState(domain, &state, &reason, 0) == 0 && state == VIR_DOMAIN_SHUTOFF &&
           reason == VIR_DOMAIN_SHUTOFF_MIGRATED;
}

static const char *state_name(virDomainPtr domain)
{
    static const char *const names[] = {
        [VIR_DOMAIN_NOSTATE] = "no state",     [VIR_DOMAIN_RUNNING] = "running",
        [VIR_DOMAIN_BLOCKED] = "blocked",      [VIR_DOMAIN_PAUSED] = "paused",
        [VIR_DOMAIN_SHUTDOWN] = "in shutdown", [VIR_DOMAIN_SHUTOFF] = "shut off",
        [VIR_DOMAIN_CRASHED] = "crashed",      [VIR_DOMAIN_PMSUSPENDED] = "suspended",
    };
    int state;

    if (virDomainGetState(domain, &state, NULL, 0) < 0 || state < 0 ||
        (size_t)state >= G_N_ELEMENTS(names)) {
        return "unknown";
    }
    return names[state];
}

static void domain_entry_free(gpointer data)
{
    DomainEntry *entry = data;

    g_free(entry->name);
    g_free(entry);
}

/* Those that run by their ids, then the others by name. */
static int compare_entries(gconstpointer a, gconstpointer b)
{
    const DomainEntry *one = *(const DomainEntry *const *)a;
    const DomainEntry *other = *(const DomainEntry *const *)b;

    return (one->id < 0) != (other->id < 0) ? (one->id < 0) - (other->id < 0)
           : one->id != other->id           ? (one->id > other->id) - (one->id < other->id)
                                            : g_strcmp0(one->name, other->name);
}

GPtrArray *connection_domains(Connection *connection, gboolean only_running, GError **error)
{
    GPtrArray *entries;
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection->handle, &domains,
                                     only_running ? VIR_CONNECT_LIST_DOMAINS_ACTIVE : 0);

    if (n < 0) {
        connection_set_error(connection, HMPSH_ERROR_FAILED, _("cannot list the guests"), error);
        return NULL;
    }
    entries = g_ptr_array_new_with_free_func(domain_entry_free);
    for (int i = 0; i < n; i++) {
        DomainEntry *entry = g_new0(DomainEntry, 1);
        unsigned id = virDomainGetID(domains[i]);

        entry->name = g_strdup(virDomainGetName(domains[i]));
        virDomainGetUUIDString(domains[i], entry->uuid);
        entry->id = id == (unsigned)-1 ? -1 : (int)id;
        entry->state = state_name(domains[i]);
        g_ptr_array_add(entries, entry);
        virDomainFree(domains[i]);
    }
    free(domains);
    g_ptr_array_sort(entries, compare_entries);
    return entries;
}
