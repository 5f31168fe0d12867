/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/raw.h"

#include <glib/gi18n.h>

#include "commands/migration/capability.h"
#include "shell/error.h"

enum {
    RECKONING_US = 5000,
    RECKONING_TRIES = 20,
};

static MigrationStatus *query(Monitor *monitor, GError **error)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate", NULL, error);

    return reply ? migration_status_from_qmp(reply) : NULL;
}

/* QEMU says `completed` a moment before it reckons how long it took (7.2: migration_completion(),
 * then migration_calculate_complete()). */
static gboolean is_reckoned(const MigrationStatus *status)
{
    return migration_status_state(status) != MIGRATION_COMPLETED ||
           !migration_status_has(status, FIELD_RAM_TRANSFERRED_BYTES) ||
           migration_status_number(status, FIELD_RAM_TRANSFERRED_BYTES) == 0 ||
           !migration_status_has(status, FIELD_TOTAL_TIME_MS) ||
           migration_status_number(status, FIELD_TOTAL_TIME_MS) > 0;
}

MigrationStatus *raw_query(Monitor *monitor, GError **error)
{
    MigrationStatus *status = query(monitor, error);

    for (int i = 0; status && !is_reckoned(status) && i < RECKONING_TRIES; i++) {
        MigrationStatus *next;

        g_usleep(RECKONING_US);
        next = query(monitor, NULL);
        if (next) {
            migration_status_free(status);
            status = next;
        }
    }
    return status;
}

/* --- starting and ending --- */

gboolean raw_check_uri(const char *uri, GError **error)
{
    if (g_str_has_prefix(uri, "exec:")) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("exec: is refused: libvirt's sandbox forbids QEMU to start programs, "
                              "and QEMU 7.2 is killed for trying"));
        return FALSE;
    }
    if (g_str_has_prefix(uri, "rdma:") &&
        !g_regex_match_simple("^rdma:(\\[[^]]+\\]|[^:]+):[0-9]+$", uri, 0, 0)) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("rdma:HOST:PORT expected (QEMU 8.2 and later crash without a port)"));
        return FALSE;
    }
    return TRUE;
}

/* A loadvm that fails leaves the guest in restore-vm, and QEMU 7.2 aborts when it is migrated so.
 */
static gboolean check_run_state(Monitor *monitor, GError **error)
{
    g_autoptr(Json) run = monitor_qmp(monitor, "query-status", NULL, error);

    if (g_strcmp0(json_get_string(run, "status"), "restore-vm") == 0) {
        g_set_error_literal(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("refused: the guest stands in 'restore-vm' after a loadvm that failed, and QEMU 7.2 "
              "aborts when it is migrated so; 'cont' lets it run on"));
        return FALSE;
    }
    return run != NULL;
}

/* A member that is there when it is TRUE. */
static Json *flag(gboolean on)
{
    return on ? json_object_new_boolean(TRUE) : NULL;
}

gboolean raw_start(Monitor *monitor, const char *uri, const RawStart *how, GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (!raw_check_uri(uri, error) || !check_run_state(monitor, error)) {
        return FALSE;
    }
    reply = monitor_qmp(monitor, "migrate",
                        json_dict("uri", json_object_new_string(uri), "resume", flag(how->resume),
                                  "blk", flag(how->blk), "inc", flag(how->inc), NULL),
                        error);
    return reply != NULL;
}

char *raw_listening_at(Monitor *monitor)
{
    g_autoptr(MigrationStatus) status = raw_query(monitor, NULL);
    Json *list = status ? migration_status_list(status, FIELD_SOCKET_ADDRESS) : NULL;

    return list && json_object_array_length(list) > 0
               ? migration_item_format(json_object_array_get_idx(list, 0))
               : NULL;
}

/* The first address that QEMU tells is its newest listener's (QEMU: migrate_add_address()). */
static gboolean listen_by(Monitor *monitor, const char *command, const char *uri, char **address,
                          GError **error)
{
    g_autoptr(Json) reply = NULL;

    if (!raw_check_uri(uri, error)) {
        return FALSE;
    }
    reply =
        monitor_qmp(monitor, command, json_dict("uri", json_object_new_string(uri), NULL), error);
    if (!reply) {
        return FALSE;
    }
    *address = raw_listening_at(monitor);
    if (!*address) { /* not a socket, or QEMU before 4.0 */
        *address = g_strdup(uri);
    }
    return TRUE;
}

gboolean raw_listen(Monitor *monitor, const char *uri, char **address, GError **error)
{
    return listen_by(monitor, "migrate-incoming", uri, address, error);
}

gboolean raw_listen_again(Monitor *monitor, const char *uri, char **address, GError **error)
{
    return listen_by(monitor, "migrate-recover", uri, address, error);
}

gboolean raw_check_cancellable(const MigrationStatus *status, GError **error)
{
    if (!migration_state_is_postcopy(migration_status_state(status))) {
        return TRUE;
    }
    g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        "Postcopy migration in progress, cannot cancel.");
    return FALSE;
}

gboolean raw_cancel(Monitor *monitor, gboolean *was_running, GError **error)
{
    g_autoptr(MigrationStatus) status = raw_query(monitor, error);
    g_autoptr(Json) reply = NULL;

    if (!status) {
        return FALSE;
    }
    *was_running = migration_state_is_running(migration_status_state(status));
    if (!raw_check_cancellable(status, error)) {
        return FALSE;
    }
    reply = monitor_qmp(monitor, "migrate_cancel", NULL, error);
    return reply != NULL;
}

gboolean raw_want_return_path(Monitor *monitor, const char *uri, GError **error)
{
    static const char *const with_way_back[] = {"tcp:", "unix:", "rdma:", "vsock:"};
    g_autoptr(Json) capabilities = NULL;
    gboolean fits = FALSE;
    gboolean on;

    for (size_t i = 0; i < G_N_ELEMENTS(with_way_back); i++) {
        fits = fits || g_str_has_prefix(uri, with_way_back[i]);
    }
    if (!fits) {
        return TRUE;
    }
    capabilities = monitor_qmp(monitor, "query-migrate-capabilities", NULL, error);
    if (!capabilities) {
        return FALSE;
    }
    return !capability_state(capabilities, "return-path", &on) || on ||
           raw_set_capability(monitor, "return-path", TRUE, error);
}

gboolean raw_set_capability(Monitor *monitor, const char *name, gboolean state, GError **error)
{
    g_autoptr(Json) reply = NULL;
    Json *list = json_object_new_array();

    json_object_array_add(list, json_dict("capability", json_object_new_string(name), "state",
                                          json_object_new_boolean(state), NULL));
    reply = monitor_qmp(monitor, "migrate-set-capabilities", json_dict("capabilities", list, NULL),
                        error);
    return reply != NULL;
}

/* --- limits --- */

gboolean raw_limits(Monitor *monitor, MigrationLimits *limits, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate-parameters", NULL, &why);
    Json *value;

    limits->known_bandwidth = limits->known_downtime = FALSE;
    if (!reply) {
        if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND)) {
            return TRUE;
        }
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    value = json_get(reply, "max-bandwidth");
    limits->known_bandwidth = value != NULL;
    limits->bandwidth = json_object_get_uint64(value);
    value = json_get(reply, "downtime-limit");
    limits->known_downtime = value != NULL;
    limits->downtime_ms = json_object_get_uint64(value);
    return TRUE;
}

/* Sets the parameter @name, or says @old to a QEMU that has no such parameter (before 2.8). */
static gboolean set_limit(Monitor *monitor, const char *name, Json *value, const char *old,
                          Json *old_value, GError **error)
{
    g_autoptr(Json) parameters = monitor_qmp(monitor, "query-migrate-parameters", NULL, NULL);
    gboolean has = json_get(parameters, name) != NULL;
    g_autoptr(Json) reply = NULL;

    reply = monitor_qmp(monitor, has ? "migrate-set-parameters" : old,
                        has ? json_dict(name, json_object_get(value), NULL)
                            : json_dict("value", json_object_get(old_value), NULL),
                        error);
    json_object_put(value);
    json_object_put(old_value);
    return reply != NULL;
}

gboolean raw_capabilities(Monitor *monitor, MigrationLimits *limits, GError **error)
{
    static const char *const throttles[] = {"auto-converge", "dirty-limit"};
    g_autoptr(Json) reply = monitor_qmp(monitor, "query-migrate-capabilities", NULL, error);
    gboolean on = FALSE;

    limits->throttles = FALSE;
    for (size_t i = 0; i < G_N_ELEMENTS(throttles); i++) {
        limits->throttles = (capability_state(reply, throttles[i], &on) && on) || limits->throttles;
    }
    limits->postcopy = capability_state(reply, "postcopy-ram", &on) && on;
    return reply != NULL;
}

gboolean raw_set_bandwidth(Monitor *monitor, guint64 bytes_per_second, GError **error)
{
    return set_limit(monitor, "max-bandwidth", json_object_new_uint64(bytes_per_second),
                     "migrate_set_speed", json_object_new_uint64(bytes_per_second), error);
}

gboolean raw_set_downtime(Monitor *monitor, guint64 milliseconds, GError **error)
{
    return set_limit(monitor, "downtime-limit", json_object_new_uint64(milliseconds),
                     "migrate_set_downtime", json_real((double)milliseconds / 1000), error);
}

gboolean raw_set_cache_size(Monitor *monitor, guint64 bytes, GError **error)
{
    return set_limit(monitor, "xbzrle-cache-size", json_object_new_uint64(bytes),
                     "migrate-set-cache-size", json_object_new_uint64(bytes), error);
}

gboolean raw_cache_size(Monitor *monitor, guint64 *bytes, GError **error)
{
    g_autoptr(Json) parameters = monitor_qmp(monitor, "query-migrate-parameters", NULL, NULL);
    g_autoptr(Json) answer = NULL;
    Json *value = json_get(parameters, "xbzrle-cache-size");

    if (!value) {
        value = answer = monitor_qmp(monitor, "query-migrate-cache-size", NULL, error);
    }
    *bytes = json_object_get_uint64(value);
    return value != NULL;
}

/* --- waiting --- */

static MigrationStatus *look(gpointer monitor, GError **error)
{
    return raw_query(monitor, error);
}

MigrationStatus *raw_wait(Monitor *monitor, const MigrationWait *wait, GError **error)
{
    MigrationLook how = {.query = look, .data = monitor};

    return migration_wait(monitor, &how, wait, error);
}

gboolean raw_check_completed(const MigrationStatus *status, const char *guest, GError **error)
{
    MigrationState state = migration_status_state(status);
    const char *reason = migration_status_text(status, FIELD_ERROR_DESC);
    g_autofree char *what = NULL;

    if (state == MIGRATION_COMPLETED) {
        return TRUE;
    }
    if (state == MIGRATION_POSTCOPY_PAUSED) {
        what = g_strdup_printf(_("the migration of '%s' stands at 'postcopy-paused', its link "
                                 "lost: 'migrate -r' goes on"),
                               guest);
    } else {
        what = g_strdup_printf(state == MIGRATION_FAILED ? _("the migration of '%s' failed")
                               : state == MIGRATION_CANCELLED
                                   ? _("the migration of '%s' was cancelled")
                                   : _("the migration of '%s' is not completed"),
                               guest);
    }
    if (reason) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%s: %s"), what, reason);
    } else {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, what);
    }
    return FALSE;
}
