/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_option.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* libvirt: qemuMigrationCompressMethod; zlib and zstd since 9.4. */
const char *const managed_methods[] = {"xbzrle", "mt", "zlib", "zstd", NULL};

/* libvirt: qemuMigrationDstPrepareDirect(), qemuMigrationSrcPerform(); virsh.rst. */
const char *const managed_memory_uris[] = {"tcp://", "unix:///", "rdma://", NULL};
const char *const managed_disk_uris[] = {"tcp://", "unix:///", NULL};
const char *const managed_viewer_uris[] = {"spice://", "vnc://", NULL};

#define FLAG_ROW(OPTION, KIND, BIT, SINCE, HELP, EXPLANATION)                                      \
    {.option = OPTION,                                                                             \
     .kind = MANAGED_##KIND,                                                                       \
     .bit = BIT,                                                                                   \
     .constant = #BIT,                                                                             \
     .since = SINCE,                                                                               \
     .help = HELP,                                                                                 \
     .explanation = EXPLANATION},
#define VALUE_ROW(OPTION, KIND, KEY, VALUE, MIN, MAX, CHOICES, SINCE, HELP, EXPLANATION)           \
    {.option = OPTION,                                                                             \
     .kind = MANAGED_##KIND,                                                                       \
     .key = KEY,                                                                                   \
     .constant = #KEY,                                                                             \
     .value = VALUE,                                                                               \
     .min = MIN,                                                                                   \
     .max = MAX,                                                                                   \
     .choices = CHOICES,                                                                           \
     .since = SINCE,                                                                               \
     .help = HELP,                                                                                 \
     .explanation = EXPLANATION},

static const ManagedOption table[] = {MANAGED_LIST_OF(FLAG_ROW, VALUE_ROW)};

const ManagedOption *managed_option_at(guint i)
{
    return i < G_N_ELEMENTS(table) ? &table[i] : NULL;
}

const ManagedOption *managed_option_find(const char *option)
{
    const char *name = g_str_has_prefix(option, "--") ? option + 2 : option;

    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].option, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

const ManagedOption *managed_option_of_bit(unsigned bit)
{
    for (guint i = 0; bit && i < G_N_ELEMENTS(table); i++) {
        if (table[i].kind == MANAGED_SET && table[i].bit == bit) {
            return &table[i];
        }
    }
    return NULL;
}

gboolean managed_option_is_flag(const ManagedOption *option)
{
    return option->kind == MANAGED_SET || option->kind == MANAGED_CLEAR;
}

gboolean managed_option_is_in(const ManagedOption *option, gulong libvirt)
{
    gulong major = 0, minor = 0, micro = 0;

    sscanf(option->since, "%lu.%lu.%lu", &major, &minor, &micro);
    return libvirt == 0 || libvirt >= major * 1000000 + minor * 1000 + micro;
}

char *managed_option_explain(const ManagedOption *option)
{
    g_autofree char *value = option->value ? g_ascii_strup(option->value, -1) : NULL;
    g_autofree char *typed = value ? g_strdup_printf("--%s %s", option->option, value)
                                   : g_strdup_printf("--%s", option->option);
    g_autofree char *called = NULL;

    if (option->key) {
        called =
            g_strdup_printf(_("(libvirt: parameter %s, since %s)"), option->key, option->since);
    } else if (option->bit) {
        called = g_strdup_printf(_("(libvirt: flag %u, since %s)"), option->bit, option->since);
    } else {
        called = g_strdup_printf(_("(libvirt: since %s)"), option->since);
    }
    return g_strdup_printf(_("%s: %s.\n%s\n%s"), typed, _(option->help), _(option->explanation),
                           called);
}
