/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate_set_speed, migrate_set_downtime and migrate_set_cache_size: in QEMU's monitor up to 5.2,
 * here on every QEMU. */
#include <glib/gi18n.h>
#include <inttypes.h>

#include "commands/migration/job.h"
#include "commands/parameter_words.h"
#include "commands/table.h"
#include "shell/error.h"
#include "shell/session.h"
#include "shell/values.h"

static const double DOWNTIME_MAX_S = 2000; /* QEMU: migration/options.c */

static gboolean set_speed(Session *session, const Arguments *arguments, Reply *reply,
                          GError **error)
{
    Guest *guest = session_guest(session, error);
    guint64 bandwidth = arguments_get(arguments, "value")->size;
    g_autofree char *now = rate_format(bandwidth);
    MigrationLimits before = {0};

    if (!guest || !raw_limits(guest->monitor, &before, error) ||
        !job_set_bandwidth(guest, bandwidth, error)) {
        return FALSE;
    }
    if (before.known_bandwidth) {
        g_autofree char *was = rate_format(before.bandwidth);

        session_courtesy(session, reply, _("max-bandwidth is now %s (was %s)"), now, was);
    } else {
        session_courtesy(session, reply, _("the maximum speed is now %s"), now);
    }
    return TRUE;
}

static gboolean set_downtime(Session *session, const Arguments *arguments, Reply *reply,
                             GError **error)
{
    Guest *guest = session_guest(session, error);
    double seconds = arguments_get(arguments, "value")->seconds;
    guint64 milliseconds;
    MigrationLimits before = {0};

    if (!guest) {
        return FALSE;
    }
    if (seconds < 0 || seconds > DOWNTIME_MAX_S) {
        g_set_error(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            "Parameter 'downtime_limit' expects an integer in the range of 0 to %.0f seconds",
            DOWNTIME_MAX_S);
        return FALSE;
    }
    milliseconds = (guint64)(seconds * 1000); /* cut off, as QEMU up to 5.2 did */
    if (!raw_limits(guest->monitor, &before, error) ||
        !job_set_downtime(guest, milliseconds, error)) {
        return FALSE;
    }
    if (before.known_downtime) {
        session_courtesy(session, reply,
                         _("downtime-limit is now %" PRIu64 " ms (was %" PRIu64 " ms)"),
                         milliseconds, before.downtime_ms);
    } else {
        session_courtesy(session, reply, _("the maximum downtime is now %" PRIu64 " ms"),
                         milliseconds);
    }
    return TRUE;
}

static gboolean set_cache_size(Session *session, const Arguments *arguments, Reply *reply,
                               GError **error)
{
    Guest *guest = session_guest(session, error);
    guint64 size = arguments_get(arguments, "value")->size;
    guint64 before;
    g_autofree char *now = size_format(size);
    g_autofree char *was = NULL;

    if (!guest || !raw_cache_size(guest->monitor, &before, error) ||
        !raw_set_cache_size(guest->monitor, size, error)) {
        return FALSE;
    }
    was = size_format(before);
    session_courtesy(session, reply, _("xbzrle-cache-size is now %s (was %s)"), now, was);
    return TRUE;
}

static gboolean info_cache_size(Session *session, const Arguments *arguments G_GNUC_UNUSED,
                                Reply *reply, GError **error)
{
    Guest *guest = session_guest(session, error);
    guint64 size;

    if (!guest || !raw_cache_size(guest->monitor, &size, error)) {
        return FALSE;
    }
    reply->json = json_object_new_uint64(size);
    /* QEMU's own spelling */
    g_string_append_printf(reply->text, "xbzrel cache size: %" G_GUINT64_FORMAT " kbytes\n",
                           size >> 10);
    return TRUE;
}

static char *hint_speed(const Argument *argument, Inquiry *inquiry,
                        const char *before G_GNUC_UNUSED)
{
    return parameter_hint_now(argument, inquiry, "max-bandwidth");
}

static char *hint_downtime(const Argument *argument, Inquiry *inquiry,
                           const char *before G_GNUC_UNUSED)
{
    return parameter_hint_now(argument, inquiry, "downtime-limit");
}

static char *hint_cache_size(const Argument *argument, Inquiry *inquiry,
                             const char *before G_GNUC_UNUSED)
{
    return parameter_hint_now(argument, inquiry, "xbzrle-cache-size");
}

const Command limits_commands[] = {
    {
        .name = "migrate_set_speed",
        .group = N_("Migration"),
        .help =
            N_("set maximum speed (in bytes) for migrations. Defaults to MB if no size suffix is "
               "specified, ie. B/K/M/G/T"),
        .description = N_(
            "Bytes per second; MiB per second without a suffix (b, k, m, g, t, p or e). "
            "0 is without\n"
            "a limit. Takes effect at once, in a migration under way too, for its disks "
            "as for its memory.\n"
            "QEMU has it no longer since 6.0; it is sent as migrate-set-parameters max-bandwidth."),
        .arguments = (const Argument[]){{.name = "value",
                                         .kind = ARGUMENT_SIZE,
                                         .help = N_("bytes per second, MiB/s without a suffix"),
                                         .hint = hint_speed},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = set_speed,
    },
    {
        .name = "migrate_set_downtime",
        .group = N_("Migration"),
        .help = N_("set maximum tolerated downtime (in seconds) for migrations"),
        .description =
            N_("Seconds, 0 to 2000, with fractions; or with ms, us or ns: 0.3 and 300ms "
               "are the same.\n"
               "The switch-over comes once what is left can be sent in that time. QEMU has "
               "it no longer\n"
               "since 6.0; it is sent as migrate-set-parameters downtime-limit."),
        .arguments = (const Argument[]){{.name = "value",
                                         .kind = ARGUMENT_TIME,
                                         .help = N_("seconds, 0 to 2000, e.g. 0.3 or 300ms"),
                                         .hint = hint_downtime},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = set_downtime,
    },
    {
        .name = "migrate_set_cache_size",
        .group = N_("Migration"),
        .help = N_(
            "set cache size (in bytes) for XBZRLE migrations, the cache size will affect the "
            "number of cache misses. In case of a high cache miss ratio you need to increase the "
            "cache size"),
        .description = N_("Bytes, MiB without a suffix; a power of 2. QEMU has it no longer since "
                          "6.0; it is sent\n"
                          "as migrate-set-parameters xbzrle-cache-size."),
        .arguments = (const Argument[]){{.name = "value",
                                         .kind = ARGUMENT_SIZE,
                                         .help = N_("bytes, MiB without a suffix; a power of 2"),
                                         .hint = hint_cache_size},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = set_cache_size,
    },
    {
        .name = "info migrate_cache_size",
        .group = N_("Migration"),
        .help = N_("show current migration xbzrle cache size"),
        .description =
            N_("QEMU has it no longer since 6.0; asked for as query-migrate-parameters."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
        .run = info_cache_size,
    },
    {0},
};
