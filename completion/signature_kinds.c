/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "completion/signature_kinds.h"

#include <glib/gi18n.h>
#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The first row that fits counts. */
static const SignatureKind TABLE[] = {
    {"block_job_*", "device", ARGUMENT_BLOCK_JOB, NULL, NULL},
    {"block_*", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"block_stream", "base", ARGUMENT_FILE, NULL, N_("the backing file to stop at")},
    {"change", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"change", "read-only-mode", ARGUMENT_WORD, WORDS("retain", "read-only", "read-write"), NULL},
    {"commit", "device", ARGUMENT_BLOCK, NULL, N_("a block device or node, or all")},
    {"drive_*", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"drive_*", "target", ARGUMENT_FILE, NULL, NULL},
    {"drive_add", "[[<domain>:]<bus>:]<slot>", ARGUMENT_TEXT, NULL,
     N_("a PCI address; 0 is ignored")},
    {"eject", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"info block", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"nbd_server_add", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"nbd_server_*", "name", ARGUMENT_TEXT, NULL, N_("an export's name")},
    {"qemu-io", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"qemu-io", "command", ARGUMENT_TEXT, NULL, N_("a command of qemu-io's, in double quotes")},
    {"snapshot_*", "device", ARGUMENT_BLOCK, NULL, NULL},
    {"snapshot_*", "new-image-file", ARGUMENT_FILE, NULL, NULL},
    {"snapshot_*_internal", "name", ARGUMENT_SNAPSHOT, NULL, NULL},
    {"snapshot_*_internal", "id", ARGUMENT_SNAPSHOT, NULL, N_("a snapshot's id")},
    {"*", "format", ARGUMENT_TEXT, NULL, N_("a format, as QEMU takes it")},
    {"block_job_cancel", "-f", ARGUMENT_FLAG, NULL,
     N_("at once, even where the copy is not in sync")},
    {"drive_add", "-n", ARGUMENT_FLAG, NULL, N_("a node alone, without a drive")},
    {"nbd_server_start", "-a", ARGUMENT_FLAG, NULL, N_("with all block devices")},
    {"nbd_server_*", "-w", ARGUMENT_FLAG, NULL, N_("writable")},
    {"nbd_server_remove", "-f", ARGUMENT_FLAG, NULL, N_("even while clients are connected")},

    {"loadvm", "tag", ARGUMENT_SNAPSHOT, NULL, NULL},
    {"savevm", "tag", ARGUMENT_SNAPSHOT, NULL, NULL},
    {"delvm", "tag", ARGUMENT_SNAPSHOT, NULL, NULL},

    {"device_del", "device", ARGUMENT_DEVICE, NULL, NULL},
    {"pcie_aer_inject_error", "id", ARGUMENT_DEVICE, NULL, NULL},
    {"pcie_aer_inject_error", "tlp header", ARGUMENT_REST, NULL,
     N_("four numbers, then four of the prefix")},
    {"screendump", "device", ARGUMENT_DEVICE, NULL, N_("a display device's id")},
    {"*_screendump", "id", ARGUMENT_DEVICE, NULL, N_("a display device's id")},
    {"device_add", "driver[,prop=value][,...]", ARGUMENT_MODEL, NULL, NULL},
    {"object_add", "[qom-type=]type,id=str[,prop=value][,...]", ARGUMENT_OBJECT_TYPE, NULL, NULL},

    {"qom-*", "path", ARGUMENT_QOM_PATH, NULL, NULL},
    {"info qom-tree", "path", ARGUMENT_QOM_PATH, NULL, NULL},
    {"info virtio-*", "path", ARGUMENT_QOM_PATH, NULL, N_("a virtio device's QOM path")},
    {"qom-*", "property", ARGUMENT_PROPERTY, NULL, NULL},
    {"qom-set", "value", ARGUMENT_REST, NULL, N_("a value, as the property takes it")},
    {"object_del", "id", ARGUMENT_OBJECT, NULL, NULL},

    {"netdev_del", "id", ARGUMENT_NETDEV, NULL, NULL},
    {"set_link", "name", ARGUMENT_NETDEV, NULL, N_("a network backend or card")},
    {"hostfwd_*", "netdev_id", ARGUMENT_NETDEV, NULL, NULL},
    {"hostfwd_*", "name", ARGUMENT_NETDEV, NULL, NULL},
    {"host_net_remove", "name", ARGUMENT_NETDEV, NULL, NULL},

    {"chardev-add", "args", ARGUMENT_TEXT, NULL, N_("BACKEND,id=ID,PROP=VALUE, as with -chardev")},
    {"chardev-change", "args", ARGUMENT_TEXT, NULL, N_("BACKEND,PROP=VALUE, as with -chardev")},
    {"chardev-*", "id", ARGUMENT_CHARDEV, NULL, NULL},
    {"ringbuf_*", "device", ARGUMENT_CHARDEV, NULL, NULL},

    {"trace-event", "name", ARGUMENT_TRACE, NULL, NULL},
    {"info trace-events", "name", ARGUMENT_TRACE, NULL, NULL},
    {"trace-file", "arg", ARGUMENT_FILE, NULL, NULL},
    {"log", "item1[,...]", ARGUMENT_TEXT, WORDS("none"),
     N_("what to log, with commas; none ends it")},

    {"cpu", "index", ARGUMENT_CPU, NULL, NULL},
    {"mce", "cpu", ARGUMENT_CPU, NULL, NULL},
    {"mce", "-b", ARGUMENT_FLAG, NULL, N_("to all other CPUs too")},
    {"*", "vcpu", ARGUMENT_CPU, NULL, NULL},
    {"*", "cpu_index", ARGUMENT_CPU, NULL, NULL},
    {"info stats", "target", ARGUMENT_WORD, WORDS("vm", "vcpu"), NULL},

    {"*", "filename", ARGUMENT_FILE, NULL, NULL},
    {"*", "file", ARGUMENT_FILE, NULL, NULL},
    {"wavcapture", "path", ARGUMENT_FILE, NULL, NULL},

    {"migrate", "uri", ARGUMENT_URI, NULL, NULL},
    {"migrate_*", "uri", ARGUMENT_URI, NULL, NULL},
    {"migrate_set_capability", "capability", ARGUMENT_CAPABILITY, NULL, NULL},
    {"migrate_set_capability", "state", ARGUMENT_SWITCH, NULL, NULL},
    {"migrate_set_parameter", "parameter", ARGUMENT_PARAMETER, NULL, NULL},

    {"screendump", "-f", ARGUMENT_WORD, WORDS("png", "ppm"), NULL},
    {"*_password", "protocol", ARGUMENT_WORD, WORDS("spice", "vnc"), NULL},
    {"client_migrate_info", "protocol", ARGUMENT_WORD, WORDS("spice"), NULL},
    {"set_password", "action-if-connected", ARGUMENT_WORD, WORDS("keep", "disconnect", "fail"),
     NULL},
    {"expire_password", "time", ARGUMENT_WORD, WORDS("now", "never"), N_("now, never, or seconds")},
    {"gdbserver", "device", ARGUMENT_WORD, WORDS("none"),
     N_("a character device's address, or none")},
    {"help", "cmd", ARGUMENT_TOPIC, NULL, NULL},
    {"mouse_set", "index", ARGUMENT_TEXT, NULL, N_("a mouse's index in `info mice`")},
    {"stopcapture", "index", ARGUMENT_TEXT, NULL, N_("a capture's index in `info capture`")},
    {"sendkey", "keys", ARGUMENT_TEXT, NULL, N_("keys with dashes: ctrl-alt-f1")},
    {"*", "/fmt", ARGUMENT_TEXT, NULL, N_("/COUNT, format xduoci, size bhwg: /10i, /4xw")},
    {"x", "addr", ARGUMENT_REST, NULL, N_("an address, as an expression")},
    {"xp", "addr", ARGUMENT_REST, NULL, N_("an address, as an expression")},
    {"gva2gpa", "addr", ARGUMENT_REST, NULL, N_("an address, as an expression")},
    {"gpa2hva", "addr", ARGUMENT_REST, NULL, N_("an address, as an expression")},
    {"gpa2hpa", "addr", ARGUMENT_REST, NULL, N_("an address, as an expression")},
    {"print", "expr", ARGUMENT_REST, NULL, N_("an expression; $REG is a register")},
};

static const char *const HELP[] = {
    [ARGUMENT_SWITCH] = N_("on or off"),
    [ARGUMENT_URI] = N_("a migration URI"),
    [ARGUMENT_CAPABILITY] = N_("a migration capability"),
    [ARGUMENT_PARAMETER] = N_("a migration parameter"),
    [ARGUMENT_FILE] = N_("a file, as QEMU sees it"),
    [ARGUMENT_SNAPSHOT] = N_("a snapshot's tag"),
    [ARGUMENT_DEVICE] = N_("a device's id, or its QOM path"),
    [ARGUMENT_BLOCK] = N_("a block device or node"),
    [ARGUMENT_BLOCK_JOB] = N_("a block job's id"),
    [ARGUMENT_QOM_PATH] = N_("a path in QEMU's object tree"),
    [ARGUMENT_PROPERTY] = N_("a property of that object"),
    [ARGUMENT_NETDEV] = N_("a network backend's id"),
    [ARGUMENT_CHARDEV] = N_("a character device's id"),
    [ARGUMENT_MODEL] = N_("a device's model, then ,PROPERTY=VALUE"),
    [ARGUMENT_OBJECT_TYPE] = N_("an object's type, then ,id=ID and ,PROPERTY=VALUE"),
    [ARGUMENT_OBJECT] = N_("an object's id"),
    [ARGUMENT_TRACE] = N_("a trace event's name or pattern"),
    [ARGUMENT_CPU] = N_("a CPU's index"),
    [ARGUMENT_TOPIC] = N_("a command"),
};

const SignatureKind *signature_kind(const char *command, const char *placeholder)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TABLE); i++) {
        if (strcmp(TABLE[i].placeholder, placeholder) == 0 &&
            g_pattern_match_simple(TABLE[i].commands, command)) {
            return &TABLE[i];
        }
    }
    return NULL;
}

const char *signature_kind_help(ArgumentKind kind)
{
    return kind < G_N_ELEMENTS(HELP) ? HELP[kind] : NULL;
}
