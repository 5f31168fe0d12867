/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/storage/mirror.h"

#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"

enum {
    FIRST_PORT = 49152,
    PORTS = 64,
    TIDY_ROUNDS = 100,
    TIDY_ROUND_US = 20 * 1000,
};

static Json *string(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

/* The names of what belongs to disk @index. */
static Json *job_name(guint index)
{
    g_autofree char *name = g_strdup_printf(MIRROR_PREFIX "m%u", index);

    return json_object_new_string(name);
}

static Json *node_name(guint index)
{
    g_autofree char *name = g_strdup_printf(MIRROR_PREFIX "nbd-%u", index);

    return json_object_new_string(name);
}

static Json *export_name(guint index)
{
    g_autofree char *name = g_strdup_printf(MIRROR_PREFIX "%u", index);

    return json_object_new_string(name);
}

/* Runs a command whose value is of no interest. @arguments is taken over. */
static gboolean run(Monitor *monitor, const char *command, Json *arguments, GError **error)
{
    g_autoptr(Json) reply = monitor_qmp(monitor, command, arguments, error);

    return reply != NULL;
}

void mirror_address_clear(MirrorAddress *address)
{
    g_clear_pointer(&address->path, g_free);
    g_clear_pointer(&address->host, g_free);
    g_clear_pointer(&address->bind, g_free);
    g_clear_pointer(&address->port, g_free);
}

static gboolean is_ours(const char *name)
{
    return name && g_str_has_prefix(name, MIRROR_PREFIX);
}

/* The member @key of the items of @list that has our prefix. Free with g_strfreev(). */
static char **our_names(Json *list, const char *key)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (size_t i = 0; list && i < json_object_array_length(list); i++) {
        const char *name = json_get_string(json_object_array_get_idx(list, i), key);

        if (is_ours(name)) {
            g_strv_builder_add(names, name);
        }
    }
    return g_strv_builder_end(names);
}

/* --- the destination --- */

/* QAPI: SocketAddressLegacy. */
static Json *legacy_address(const MirrorAddress *address, const char *port)
{
    Json *data = address->path
                     ? json_dict("path", string(address->path), NULL)
                     : json_dict("host", string(address->bind), "port", string(port), NULL);

    return json_dict("type", string(address->path ? "unix" : "inet"), "data", data, NULL);
}

static gboolean serve_at(Monitor *monitor, const MirrorAddress *address, const char *port,
                         const char *tls, GError **error)
{
    return run(monitor, "nbd-server-start",
               json_dict("addr", legacy_address(address, port), "tls-creds", string(tls), NULL),
               error);
}

gboolean mirror_serve(Monitor *monitor, MirrorAddress *address, const char *tls, GError **error)
{
    guint32 first = g_random_int_range(0, PORTS); /* two shells at a time do not collide */

    if (address->path) {
        return serve_at(monitor, address, NULL, tls, error);
    }
    for (guint32 i = 0; i < PORTS; i++) {
        g_autofree char *port = g_strdup_printf("%u", FIRST_PORT + (first + i) % PORTS);
        g_autoptr(GError) why = NULL;

        if (serve_at(monitor, address, port, tls, &why)) {
            address->port = g_steal_pointer(&port);
            return TRUE;
        }
        if (!strstr(why->message, "in use") || i + 1 == PORTS) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
    }
    return FALSE;
}

gboolean mirror_export(Monitor *monitor, guint index, const char *node, GError **error)
{
    return run(monitor, "block-export-add",
               json_dict("type", string("nbd"), "id", export_name(index), "name",
                         export_name(index), "node-name", string(node), "writable",
                         json_object_new_boolean(TRUE), NULL),
               error);
}

gboolean mirror_is_served(Monitor *monitor, guint count, GError **error)
{
    g_autoptr(Json) exports = monitor_qmp(monitor, "query-block-exports", NULL, error);
    g_auto(GStrv) names = our_names(exports, "id");

    if (exports && g_strv_length(names) != count) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("'%s' no longer serves its disks"),
                    monitor_name(monitor));
    }
    return exports && g_strv_length(names) == count;
}

gboolean mirror_end_server(Monitor *monitor, GError **error)
{
    return run(monitor, "nbd-server-stop", NULL, error);
}

/* --- the source --- */

/* QAPI: SocketAddress. */
static Json *flat_address(const MirrorAddress *address)
{
    return address->path ? json_dict("type", string("unix"), "path", string(address->path), NULL)
                         : json_dict("type", string("inet"), "host", string(address->host), "port",
                                     string(address->port), NULL);
}

gboolean mirror_begin(Monitor *monitor, guint index, const StorageDisk *disk,
                      const MirrorSetup *setup, GError **error)
{
    /* Where the source's image has holes, so shall the destination's. */
    return run(monitor, "blockdev-add",
               json_dict("driver", string("nbd"), "node-name", node_name(index), "server",
                         flat_address(setup->address), "export", export_name(index), "tls-creds",
                         string(setup->tls), "tls-hostname", string(setup->tls_hostname), "discard",
                         string("unmap"), NULL),
               error) &&
           run(monitor, "blockdev-mirror",
               json_dict("job-id", job_name(index), "device", string(disk->node), "target",
                         node_name(index), "sync", string(disk->top ? "top" : "full"), "speed",
                         json_object_new_uint64(setup->speed), "copy-mode",
                         string(setup->write_blocking ? "write-blocking" : "background"),
                         /* a failure can still be read afterwards */
                         "auto-dismiss", json_object_new_boolean(FALSE), NULL),
               error);
}

/* Adds what one job (QAPI: BlockJobInfo) has done. */
static gboolean add_job(Json *job, MirrorProgress *progress, GError **error)
{
    const char *why = json_get_string(job, "error");
    gboolean concluded = g_strcmp0(json_get_string(job, "status"), "concluded") == 0;

    if (why) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("a disk could not be copied: %s"),
                    why);
        return FALSE;
    }
    progress->done += json_object_get_uint64(json_get(job, "offset"));
    progress->total += json_object_get_uint64(json_get(job, "len"));
    progress->ready = progress->ready && json_object_get_boolean(json_get(job, "ready"));
    progress->concluded = progress->concluded && concluded;
    return TRUE;
}

gboolean mirror_look(Monitor *monitor, guint count, MirrorProgress *progress, GError **error)
{
    g_autoptr(Json) jobs = monitor_qmp(monitor, "query-block-jobs", NULL, error);
    guint seen = 0;

    *progress = (MirrorProgress){.ready = TRUE, .concluded = TRUE};
    for (size_t i = 0; jobs && i < json_object_array_length(jobs); i++) {
        Json *job = json_object_array_get_idx(jobs, i);

        if (is_ours(json_get_string(job, "device"))) {
            if (!add_job(job, progress, error)) {
                return FALSE;
            }
            seen++;
        }
    }
    if (jobs && seen != count) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("somebody else ended the copying: %u of its %u block jobs are gone"),
                    count - MIN(seen, count), count);
    }
    return jobs && seen == count;
}

static gboolean set_speed(Monitor *monitor, char **names, guint64 bytes_per_second, GError **error)
{
    guint count = g_strv_length(names);
    gboolean fine = TRUE;

    for (guint i = 0; i < count && fine; i++) {
        guint64 share = bytes_per_second ? MAX(bytes_per_second / count, 1) : 0;

        fine =
            run(monitor, "block-job-set-speed",
                json_dict("device", string(names[i]), "speed", json_object_new_uint64(share), NULL),
                error);
    }
    return fine;
}

gboolean mirror_set_speed(Monitor *monitor, guint64 bytes_per_second, GError **error)
{
    g_autoptr(Json) jobs = monitor_qmp(monitor, "query-block-jobs", NULL, error);
    g_auto(GStrv) names = our_names(jobs, "device");

    return jobs && set_speed(monitor, names, bytes_per_second, error);
}

/* The jobs of @jobs that mirror, whoever has begun them. Free with g_strfreev(). */
static char **mirrors_among(Json *jobs)
{
    GPtrArray *names = g_ptr_array_new();

    for (size_t i = 0; i < json_length(jobs); i++) {
        Json *job = json_object_array_get_idx(jobs, i);

        if (g_strcmp0(json_get_string(job, "type"), "mirror") == 0) {
            g_ptr_array_add(names, g_strdup(json_get_string(job, "device")));
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

gboolean mirror_set_speed_of_all(Monitor *monitor, guint64 bytes_per_second, GError **error)
{
    g_autoptr(Json) jobs = monitor_qmp(monitor, "query-block-jobs", NULL, error);
    g_auto(GStrv) names = mirrors_among(jobs);

    return jobs && set_speed(monitor, names, bytes_per_second, error);
}

void mirror_block_writes(Monitor *monitor, guint count)
{
    for (guint i = 0; i < count; i++) {
        run(monitor, "block-job-change",
            json_dict("id", job_name(i), "type", string("mirror"), "copy-mode",
                      string("write-blocking"), NULL),
            NULL);
    }
}

gboolean mirror_finish(Monitor *monitor, guint count, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = 0; i < count && fine; i++) {
        fine = run(monitor, "block-job-cancel", json_dict("device", job_name(i), NULL), error);
    }
    return fine;
}

gboolean mirror_drop(Monitor *monitor, guint count, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = 0; i < count && fine; i++) {
        fine = run(monitor, "job-dismiss", json_dict("id", job_name(i), NULL), error) &&
               run(monitor, "blockdev-del", json_dict("node-name", node_name(i), NULL), error);
    }
    return fine;
}

/* --- either side --- */

/* What is there of ours. */
typedef struct {
    char **jobs;
    char **nodes;
    char **exports;
    gboolean other_exports;
} Remains;

static void remains_clear(Remains *remains)
{
    g_strfreev(remains->jobs);
    g_strfreev(remains->nodes);
    g_strfreev(remains->exports);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Remains, remains_clear)

static gboolean look_for_remains(Monitor *monitor, Remains *remains, GError **error)
{
    g_autoptr(Json) jobs = monitor_qmp(monitor, "query-block-jobs", NULL, error);
    g_autoptr(Json) nodes =
        jobs ? monitor_qmp(monitor, "query-named-block-nodes", NULL, error) : NULL;
    g_autoptr(Json) exports =
        nodes ? monitor_qmp(monitor, "query-block-exports", NULL, error) : NULL;

    remains->jobs = our_names(jobs, "device");
    remains->nodes = our_names(nodes, "node-name");
    remains->exports = our_names(exports, "id");
    remains->other_exports =
        exports && json_object_array_length(exports) > g_strv_length(remains->exports);
    return exports != NULL;
}

static gboolean remains_any(const Remains *remains)
{
    return *remains->jobs || *remains->nodes || *remains->exports;
}

int mirror_is_there(Monitor *monitor, GError **error)
{
    g_auto(Remains) remains = {0};

    return look_for_remains(monitor, &remains, error) ? remains_any(&remains) : -1;
}

/* Sends @command with @argument naming each of @names; refusals show in what is left. */
static void each(Monitor *monitor, char **names, const char *command, const char *argument)
{
    for (; *names; names++) {
        run(monitor, command, json_dict(argument, string(*names), NULL), NULL);
    }
}

static void remove_jobs(Monitor *monitor, char **names)
{
    for (; *names; names++) {
        run(monitor, "block-job-cancel",
            json_dict("device", string(*names), "force", json_object_new_boolean(TRUE), NULL),
            NULL);
        run(monitor, "job-dismiss", json_dict("id", string(*names), NULL), NULL);
    }
}

gboolean mirror_tidy(Monitor *monitor, gboolean *found, GError **error)
{
    for (int round = 0; round < TIDY_ROUNDS; round++) {
        g_auto(Remains) remains = {0};

        if (!look_for_remains(monitor, &remains, error)) {
            return FALSE;
        }
        if (found && round == 0) {
            *found = remains_any(&remains);
        }
        if (!remains_any(&remains)) {
            return TRUE;
        }
        remove_jobs(monitor, remains.jobs);
        if (!*remains.jobs) { /* nodes are in use until their jobs are gone */
            each(monitor, remains.nodes, "blockdev-del", "node-name");
        }
        if (*remains.exports && !remains.other_exports) {
            run(monitor, "nbd-server-stop", NULL, NULL);
        } else {
            each(monitor, remains.exports, "block-export-del", "id");
        }
        g_usleep(TIDY_ROUND_US);
    }
    g_set_error(
        error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
        _("guest '%s' still has block jobs or nodes named %s... ('info block-jobs' shows them)"),
        monitor_name(monitor), MIRROR_PREFIX);
    return FALSE;
}
