/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of names that a live guest's QEMU knows, for completion. Most are NULL when there is no
 * answer; free with g_strfreev(). */
#pragma once

#include "shell/hmp_help.h"
#include "shell/inquiry.h"

/* Its HMP commands, the aliases too; the topics of its `info`. */
char **known_commands(Inquiry *inquiry);
char **known_topics(Inquiry *inquiry);

/* What its help says of the command @name, or with @info of that topic; NULL when it has none. The
 * entry is borrowed from *@help, which the caller frees with g_ptr_array_unref(). */
const HmpHelp *known_help(Inquiry *inquiry, const char *name, gboolean info, GPtrArray **help);

/* Migration capabilities and parameters. */
char **known_capabilities(Inquiry *inquiry);
char **known_parameters(Inquiry *inquiry);

/* Tags of snapshots; block devices and nodes; block jobs; ids of devices that can be unplugged, of
 * objects, of character devices, of network backends and cards; indexes of vCPUs; trace events. */
char **known_snapshots(Inquiry *inquiry);
char **known_blocks(Inquiry *inquiry);
char **known_block_jobs(Inquiry *inquiry);
char **known_devices(Inquiry *inquiry);
char **known_objects(Inquiry *inquiry);
char **known_chardevs(Inquiry *inquiry);
char **known_netdevs(Inquiry *inquiry);
char **known_cpus(Inquiry *inquiry);
char **known_traces(Inquiry *inquiry);

/* Types that can be made: devices, or with @objects what object_add makes; and the properties of
 * the one called @type. */
char **known_types(Inquiry *inquiry, gboolean objects);
char **known_type_properties(Inquiry *inquiry, const char *type, gboolean objects);

/* What the QOM path @path leads on to (@children), with a "/" at the end of each, or its
 * properties. */
char **known_qom(Inquiry *inquiry, const char *path, gboolean children);
