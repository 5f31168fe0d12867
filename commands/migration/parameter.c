/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/parameter.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/release.h"

#define KIB G_GUINT64_CONSTANT(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

static const char *const compressions[] = {"none", "zlib", "zstd", "qatzip", "qpl", "uadk", NULL};
static const char *const detections[] = {"none", "legacy", "multifd", NULL};
static const char *const modes[] = {"normal", "cpr-reboot", "cpr-transfer", "cpr-exec", NULL};

static const ParameterInfo table[] = {
    {.name = "max-bandwidth",
     .kind = PARAMETER_RATE,
     .bare_is_mib = TRUE,
     .number = 128 * MIB,
     .changed = "5.2",
     .before = 32 * MIB,
     .zero = N_("unlimited"), /* 1 to 9 bytes per second too: QEMU counts in tenths of a second */
     .since = "2.8",
     .help = N_("how fast the source may send; 0: unlimited; at once, while migrating too")},
    {.name = "downtime-limit",
     .kind = PARAMETER_MS,
     .number = 300,
     .max = 2000 * 1000,
     .since = "2.8",
     .help = N_("how long the guest may pause; for the switch-over")},
    {.name = "avail-switchover-bandwidth",
     .kind = PARAMETER_RATE,
     .bare_is_mib = TRUE,
     .zero = N_("measured"),
     .since = "8.2",
     .help = N_("speed to expect at switch-over; 0: what is measured")},
    {.name = "max-postcopy-bandwidth",
     .kind = PARAMETER_RATE,
     .zero = N_("unlimited"),
     .since = "3.0",
     .help = N_("how fast post-copy may push; 0: unlimited, as pages asked for always are")},

    {.name = "throttle-trigger-threshold",
     .kind = PARAMETER_PERCENT,
     .number = 50,
     .min = 1,
     .max = 100,
     .since = "5.0",
     .help = N_("when auto-converge acts; more than this of what is sent got dirty again")},
    {.name = "cpu-throttle-initial",
     .kind = PARAMETER_PERCENT,
     .number = 20,
     .min = 1,
     .max = 99,
     .since = "2.7",
     .help = N_("auto-converge: the first step; how much the guest is slowed down")},
    {.name = "cpu-throttle-increment",
     .kind = PARAMETER_PERCENT,
     .number = 10,
     .min = 1,
     .max = 99,
     .since = "2.7",
     .help = N_("auto-converge: each next step; how much more the guest is slowed down")},
    {.name = "cpu-throttle-tailslow",
     .kind = PARAMETER_SWITCH,
     .since = "5.1",
     .help = N_("auto-converge: smaller steps; the last ones, as the dirty rate calls for")},
    {.name = "max-cpu-throttle",
     .kind = PARAMETER_PERCENT,
     .number = 99,
     .min = 1, /* QEMU: not below cpu-throttle-initial */
     .max = 99,
     .since = "3.1",
     .help = N_("auto-converge: the most; not below cpu-throttle-initial")},
    {.name = "x-vcpu-dirty-limit-period",
     .kind = PARAMETER_MS,
     .number = 1000,
     .min = 1,
     .max = 1000,
     .since = "8.1",
     .help = N_("dirty-limit: its interval; how often it measures each vCPU's dirty rate")},
    {.name = "vcpu-dirty-limit",
     .kind = PARAMETER_MIB_RATE,
     .number = 1,
     .min = 1,
     .since = "8.1",
     .help = N_("dirty rate left to each vCPU; by dirty-limit")},

    {.name = "xbzrle-cache-size",
     .kind = PARAMETER_SIZE,
     .number = 64 * MIB,
     .power_of_two = TRUE, /* and at least a page of the guest */
     .since = "2.11",
     .help = N_("XBZRLE's memory of sent pages; what it makes differences to")},
    {.name = "multifd-channels",
     .kind = PARAMETER_COUNT,
     .number = 2,
     .min = 1,
     .max = 255,
     .since = "4.0",
     .help = N_("multifd's connections; as many on both sides")},
    {.name = "multifd-compression",
     .kind = PARAMETER_CHOICE,
     .text = "none",
     .choices = compressions,
     .since = "5.0",
     .help = N_("how multifd compresses; the same on both sides")},
    {.name = "multifd-zlib-level",
     .kind = PARAMETER_COUNT,
     .number = 1,
     .max = 9,
     .since = "5.0",
     .heeded = "9.0",
     .help = N_("1 fastest, 9 smallest; 0 does not compress; ignored before QEMU 9.0")},
    {.name = "multifd-zstd-level",
     .kind = PARAMETER_COUNT,
     .number = 1,
     .max = 20,
     .since = "5.0",
     .heeded = "9.0",
     .help = N_("1 fastest, 20 smallest; 0 leaves it to zstd; ignored before QEMU 9.0")},
    {.name = "multifd-qatzip-level",
     .kind = PARAMETER_COUNT,
     .number = 1,
     .min = 1,
     .max = 9,
     .since = "9.2",
     .help = N_("1 fastest, 9 smallest")},
    {.name = "zero-page-detection",
     .kind = PARAMETER_CHOICE,
     .text = "multifd", /* machine types of 8.2 and before: legacy */
     .choices = detections,
     .since = "9.0",
     .help = N_("who finds pages of zeroes; nobody, the main thread or multifd's threads")},

    {.name = "tls-creds",
     .kind = PARAMETER_TEXT,
     .text = "",
     .since = "2.7",
     .help = N_("id of the TLS credentials; '': nothing is encrypted")},
    {.name = "tls-hostname",
     .kind = PARAMETER_TEXT,
     .text = "",
     .since = "2.7",
     .help = N_("name the certificate must have; '': the host in the URI")},
    {.name = "tls-authz",
     .kind = PARAMETER_TEXT,
     .text = "",
     .since = "4.0",
     .help = N_("who may connect, by TLS name; id of an authz object at the destination")},

    {.name = "announce-initial",
     .kind = PARAMETER_MS,
     .number = 50,
     .max = 100000,
     .since = "4.0",
     .help = N_("the first wait; between announcements of the guest's new place")},
    {.name = "announce-max",
     .kind = PARAMETER_MS,
     .number = 550,
     .max = 100000,
     .since = "4.0",
     .help = N_("the longest wait; between announcements")},
    {.name = "announce-rounds",
     .kind = PARAMETER_COUNT,
     .number = 5,
     .max = 1000,
     .since = "4.0",
     .help = N_("how often it is announced; to the network, where the guest is now")},
    {.name = "announce-step",
     .kind = PARAMETER_MS,
     .number = 100,
     .min = 1, /* QEMU's message says 0 */
     .max = 10000,
     .since = "4.0",
     .help = N_("how much each wait grows; between announcements")},

    {.name = "mode",
     .kind = PARAMETER_CHOICE,
     .text = "normal",
     .choices = modes,
     .since = "8.2",
     .help = N_("how to migrate; cpr-...: to a new QEMU on this host, memory stays in place")},
    {.name = "cpr-exec-command",
     .kind = PARAMETER_LIST,
     .since = "10.2",
     .help = N_("mode cpr-exec: what to run; the new QEMU's command line")},
    {.name = "direct-io",
     .kind = PARAMETER_SWITCH,
     .since = "9.1",
     .help = N_("file: past the page cache; with mapped-ram and multifd")},
    {.name = "x-rdma-chunk-size",
     .kind = PARAMETER_SIZE,
     .number = MIB,
     .min = MIB,
     .max = GIB,
     .power_of_two = TRUE,
     .since = "11.1",
     .help = N_("rdma: size of a registration; the same on both sides")},
    {.name = "block-bitmap-mapping",
     .kind = PARAMETER_LIST,
     .since = "5.2",
     .help = N_("dirty bitmaps' names there; set by QMP only")},
    {.name = "x-checkpoint-delay",
     .kind = PARAMETER_MS,
     .number = 20000,
     .changed = "3.1",
     .before = 200,
     .since = "2.8",
     .help = N_("COLO: time between checkpoints")},

    {.name = "compress-level",
     .kind = PARAMETER_COUNT,
     .number = 1,
     .max = 9,
     .since = "2.4",
     .until = "9.1",
     .help = N_("1 fastest, 9 smallest; 0 does not compress")},
    {.name = "compress-threads",
     .kind = PARAMETER_COUNT,
     .number = 8,
     .min = 1,
     .max = 255,
     .since = "2.4",
     .until = "9.1",
     .help = N_("threads that compress; at the source")},
    {.name = "compress-wait-thread",
     .kind = PARAMETER_SWITCH,
     .number = TRUE,
     .since = "3.1",
     .until = "9.1",
     .help = N_("wait for a free thread; off: send the page as it is")},
    {.name = "decompress-threads",
     .kind = PARAMETER_COUNT,
     .number = 2,
     .min = 1,
     .max = 255,
     .since = "2.4",
     .until = "9.1",
     .help = N_("threads that decompress; at the destination")},
    {.name = "block-incremental",
     .kind = PARAMETER_SWITCH,
     .since = "2.10",
     .until = "9.1",
     .help = N_("block: the top image only; as migrate -i")},

    {.name = "x-cpu-throttle-initial",
     .kind = PARAMETER_PERCENT,
     .number = 20,
     .min = 1,
     .max = 99,
     .since = "2.5",
     .until = "2.7",
     .now = "cpu-throttle-initial",
     .help = N_("auto-converge: the first step; how much the guest is slowed down")},
    {.name = "x-cpu-throttle-increment",
     .kind = PARAMETER_PERCENT,
     .number = 10,
     .min = 1,
     .max = 99,
     .since = "2.5",
     .until = "2.7",
     .now = "cpu-throttle-increment",
     .help = N_("auto-converge: each next step; how much more the guest is slowed down")},
    {.name = "x-multifd-channels",
     .kind = PARAMETER_COUNT,
     .number = 2,
     .min = 1,
     .max = 255,
     .since = "2.11",
     .until = "4.0",
     .now = "multifd-channels",
     .help = N_("multifd's connections; as many on both sides")},
    {.name = "x-multifd-page-count",
     .kind = PARAMETER_COUNT,
     .number = 16,
     .min = 1,
     .max = 10000,
     .since = "2.11",
     .until = "4.0",
     .help = N_("pages multifd sends in one go")},
};

const ParameterInfo *parameter_at(guint i)
{
    return i < G_N_ELEMENTS(table) ? &table[i] : NULL;
}

const ParameterInfo *parameter_find(const char *name)
{
    g_autofree char *plain = g_strdelimit(g_strdup(name), "_", '-');

    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].name, plain) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

Json *parameter_default(const ParameterInfo *info, guint release)
{
    gboolean old = info->changed && !release_has(release, info->changed, NULL);

    switch (info->kind) {
    case PARAMETER_LIST:
        return NULL;
    case PARAMETER_SWITCH:
        return json_object_new_boolean(info->number != 0);
    case PARAMETER_CHOICE:
    case PARAMETER_TEXT:
        return json_object_new_string(info->text);
    default:
        return json_object_new_uint64(old ? info->before : info->number);
    }
}

gboolean parameter_is_default(const ParameterInfo *info, Json *value, guint release)
{
    g_autoptr(Json) usual = parameter_default(info, release);

    if (info->kind == PARAMETER_LIST) {
        return !json_object_is_type(value, json_type_array) || json_object_array_length(value) == 0;
    }
    if (!value) {
        return info->kind == PARAMETER_TEXT;
    }
    return strcmp(json_object_get_string(value), json_object_get_string(usual)) == 0;
}

char *parameter_unknown_text(const char *name, guint release)
{
    const ParameterInfo *info = parameter_find(name);

    return info ? release_lack_text(release, info->name, info->since, info->until, info->now)
                : NULL;
}
