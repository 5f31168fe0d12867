/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command that takes the options of a managed migration, for the tests. */
#pragma once

#include "commands/migration/managed/managed_argument.h"
#include "commands/migration/managed/managed_call.h"

static inline gboolean managed_nothing(Session *session G_GNUC_UNUSED,
                                       const Arguments *arguments G_GNUC_UNUSED,
                                       Reply *reply G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    return TRUE;
}

static const Command managed_rows[] = {
    {.name = "migrate",
     .group = "Migration",
     .help = "migrate",
     .arguments =
         (const Argument[]){
             {.name = "blk", .kind = ARGUMENT_FLAG, .flag = 'b', .help = "x"},
             MANAGED_ARGUMENTS{.name = "uri", .kind = ARGUMENT_URI, .help = "where to"},
             {0}},
     .run = managed_nothing},
    {0},
};

/* Reads @line, "migrate ..." for managed_rows. */
static inline void managed_parse(Arguments *arguments, const char *line)
{
    g_autoptr(GError) why = NULL;
    const char *rest;

    g_test_message("%s", line);
    command_find((CommandTable)(const Command *const[]){managed_rows, NULL}, line, &rest);
    arguments_parse(arguments, managed_rows, line, rest, &why);
    g_assert_no_error(why);
}

/* Makes @call of the options in @line. */
static inline gboolean managed_make(ManagedCall *call, const char *line, unsigned more,
                                    const ManagedSides *sides, GError **error)
{
    g_autofree char *whole = g_strdup_printf("migrate %s qemu+tcp://there/system", line);
    g_auto(Arguments) arguments = {0};

    *call = (ManagedCall){0};
    managed_parse(&arguments, whole);
    return managed_call_from_arguments(call, &arguments, more, sides, error);
}
