/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "completion/signature.h"
#include "tests/unit/transcript.h"

static const char *const VERSIONS[] = {"7.2", "10.0"};

static const char *kind_name(ArgumentKind kind)
{
    static const char *const names[] = {
        [ARGUMENT_FLAG] = "flag",
        [ARGUMENT_WORD] = "word",
        [ARGUMENT_TEXT] = "word",
        [ARGUMENT_SWITCH] = "switch",
        [ARGUMENT_URI] = "uri",
        [ARGUMENT_CAPABILITY] = "capability",
        [ARGUMENT_PARAMETER] = "parameter",
        [ARGUMENT_FILE] = "file",
        [ARGUMENT_SNAPSHOT] = "snapshot",
        [ARGUMENT_DEVICE] = "device",
        [ARGUMENT_BLOCK] = "block",
        [ARGUMENT_BLOCK_JOB] = "block-job",
        [ARGUMENT_MODEL] = "model",
        [ARGUMENT_OBJECT_TYPE] = "object-type",
        [ARGUMENT_QOM_PATH] = "qom-path",
        [ARGUMENT_PROPERTY] = "property",
        [ARGUMENT_NETDEV] = "netdev",
        [ARGUMENT_CHARDEV] = "chardev",
        [ARGUMENT_OBJECT] = "object",
        [ARGUMENT_TRACE] = "trace",
        [ARGUMENT_CPU] = "cpu",
        [ARGUMENT_TOPIC] = "topic",
        [ARGUMENT_REST] = "rest",
    };

    g_assert_cmpint(kind, <, G_N_ELEMENTS(names));
    g_assert_nonnull(names[kind]);
    return names[kind];
}

/* "-f NAME=kind{choice,choice} [NAME=kind] -x:NAME=kind" for the row. Free with g_free(). */
static char *row_text(const Command *command)
{
    GString *text = g_string_new(NULL);

    for (const Argument *argument = command->arguments; argument && argument->name; argument++) {
        g_autofree char *choices =
            argument->choices ? g_strjoinv(",", (char **)argument->choices) : NULL;

        g_string_append(text, text->len ? " " : "");
        if (argument->kind == ARGUMENT_FLAG) {
            g_string_append_printf(text, "-%c", argument->flag);
            continue;
        }
        if (argument->flag) {
            g_string_append_printf(text, "-%c:", argument->flag);
        }
        g_string_append_printf(text, argument->optional ? "[%s=%s]" : "%s=%s", argument->name,
                               kind_name(argument->kind));
        if (choices) {
            g_string_append_printf(text, "{%s}", choices);
        }
    }
    return g_string_free(text, FALSE);
}

/* The rows of a recorded `help`. Free with g_ptr_array_unref(). */
static GPtrArray *recorded(const char *version, gboolean info)
{
    g_autofree char *text = transcript_text(version, info ? "help-info.txt" : "help-all.txt");
    g_autoptr(GPtrArray) entries = hmp_help_parse(text);
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)signature_free);

    for (guint i = 0; i < entries->len; i++) {
        g_ptr_array_add(rows, signature_command(g_ptr_array_index(entries, i), info));
    }
    return rows;
}

static const Command *find(const GPtrArray *rows, const char *name)
{
    for (guint i = 0; i < rows->len; i++) {
        const Command *row = g_ptr_array_index(rows, i);

        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    g_error("no row '%s'", name);
}

static void check_row(const Command *row)
{
    g_assert_null(row->run);
    g_assert_cmpstr(row->help, !=, "");
    for (const Argument *argument = row->arguments; argument && argument->name; argument++) {
        g_assert_cmpstr(argument->name, !=, "");
        g_assert_nonnull(argument->help);
        g_assert_cmpstr(argument->help, !=, "");
        g_assert_cmpint(strlen(argument->name), <, 70);
        g_assert_null(strchr(argument->name, '\n'));
        g_assert_null(strchr(argument->help, '\n'));
        g_assert_null(argument->option);
        kind_name(argument->kind);
        if (argument->kind == ARGUMENT_FLAG) {
            g_assert_true(g_ascii_isalpha(argument->flag));
        }
        if (argument_takes(argument->kind) == TAKES_REST) {
            g_assert_null(argument[1].name);
        }
    }
}

/* Every command of QEMU that takes something: which, in 7.2 and 10.0. */
static const char *const EXPECTED[][2] = {
    {"announce_self", "[interfaces=word] [id=word]"},
    {"balloon", "target=word"},
    {"block_job_cancel", "-f device=block-job"},
    {"block_job_complete", "device=block-job"},
    {"block_job_pause", "device=block-job"},
    {"block_job_resume", "device=block-job"},
    {"block_job_set_speed", "device=block-job speed=word"},
    {"block_resize", "device=block size=word"},
    {"block_set_io_throttle",
     "device=block bps=word bps_rd=word bps_wr=word iops=word iops_rd=word iops_wr=word"},
    {"block_stream", "device=block [speed=word] [base=file]"},
    {"boot_set", "bootdevice=word"},
    {"calc_dirty_rate", "-r -b second=word [sample_pages_per_GB=word]"},
    {"cancel_vcpu_dirty_limit", "[cpu_index=cpu]"},
    {"change", "device=block -f filename=file [format=word] "
               "[read-only-mode=word]{retain,read-only,read-write}"},
    {"chardev-add", "args=word"},
    {"chardev-change", "id=chardev args=word"},
    {"chardev-remove", "id=chardev"},
    {"chardev-send-break", "id=chardev"},
    {"client_migrate_info",
     "protocol=word{spice} hostname=word port=word tls-port=word cert-subject=word"},
    {"closefd", "name=word"},
    {"commit", "device|all=block{all}"},
    {"cont|c", ""},
    {"cpu", "index=cpu"},
    {"delvm", "tag=snapshot"},
    {"device_add", "driver[,prop=value][,...]=model"},
    {"device_del", "device=device"},
    {"drive_add", "-n [[<domain>:]<bus>:]<slot>=word [file=file][,if=type][,bus=n][,...]=word"},
    {"drive_backup", "-n -f -c device=block target=file [format=word]"},
    {"drive_del", "device=block"},
    {"drive_mirror", "-n -f device=block target=file [format=word]"},
    {"dumpdtb", "filename=file"},
    {"eject", "-f device=block"},
    {"expire_password", "protocol=word{spice,vnc} time=word{now,never} -d:[display=word]"},
    {"gdbserver", "[device=word]{none}"},
    {"getfd", "name=word"},
    {"gpa2hpa", "addr=rest"},
    {"gpa2hva", "addr=rest"},
    {"gva2gpa", "addr=rest"},
    {"help|?", "[cmd=topic]"},
    {"hostfwd_add", "[netdev_id=netdev] "
                    "[tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport=word{tcp:,udp:}"},
    {"hostfwd_remove", "[netdev_id=netdev] [tcp|udp]:[hostaddr]:hostport=word{tcp:,udp:}"},
    {"i", "[/fmt=word] addr=word"},
    {"info", "[subcommand=word]"},
    {"loadvm", "tag=snapshot"},
    {"log", "item1[,...]=word{none}"},
    {"logfile", "filename=file"},
    {"mce", "-b cpu=cpu bank=word status=word mcgstatus=word addr=word misc=word"},
    {"memsave", "addr=word size=word file=file"},
    {"migrate_incoming", "uri=uri"},
    {"migrate_recover", "uri=uri"},
    {"migrate_set_capability", "capability=capability state=switch"},
    {"migrate_set_parameter", "parameter=parameter value=word"},
    {"mouse_button", "state=word"},
    {"mouse_move", "dx=word dy=word [dz=word]"},
    {"mouse_set", "index=word"},
    {"nbd_server_add", "-w device=block [name=word]"},
    {"nbd_server_remove", "-f name=word"},
    {"nbd_server_start", "-a -w host:port=word"},
    {"nbd_server_stop", ""},
    {"netdev_add",
     "type,id=str[,prop=value][,...]=word{user,id=,tap,id=,socket,id=,stream,id=,dgram,id=,"
     "vde,id=,bridge,id=,hubport,id=,netmap,id=,vhost-user,id=}"},
    {"netdev_del", "id=netdev"},
    {"o", "[/fmt=word] addr=word value=word"},
    {"object_add", "[qom-type=]type,id=str[,prop=value][,...]=object-type"},
    {"object_del", "id=object"},
    {"pcie_aer_inject_error", "-a -c id=device error_status=word [tlp header=rest]"},
    {"pmemsave", "addr=word size=word file=file"},
    {"print|p", "[/fmt=word] expr=rest"},
    {"qemu-io", "-d [device=block] command=word"},
    {"qom-get", "path=qom-path property=property"},
    {"qom-list", "path=qom-path"},
    {"qom-set", "-j path=qom-path property=property value=rest"},
    {"quit|q", ""},
    {"replay_break", "icount=word"},
    {"ringbuf_read", "device=chardev size=word"},
    {"ringbuf_write", "device=chardev data=word"},
    {"savevm", "tag=snapshot"},
    {"screendump", "filename=file -f:[format=word]{png,ppm} [device=device] [head=word]"},
    {"sendkey", "keys=word [hold_ms=word]"},
    {"set_link", "name=netdev on|off=switch"},
    {"set_password", "protocol=word{spice,vnc} password=word -d:[display=word] "
                     "[action-if-connected=word]{keep,disconnect,fail}"},
    {"set_vcpu_dirty_limit", "dirty_rate=word [cpu_index=cpu]"},
    {"snapshot_blkdev", "-n device=block [new-image-file=file] [format=word]"},
    {"snapshot_blkdev_internal", "device=block name=snapshot"},
    {"snapshot_delete_blkdev_internal", "device=block name=snapshot [id=snapshot]"},
    {"stopcapture", "index=word"},
    {"stop|s", ""},
    {"sum", "addr=word size=word"},
    {"sync-profile", "[on|off|reset=word]{on,off,reset}"},
    {"system_reset", ""},
    {"trace-event", "name=trace on|off=switch [vcpu=cpu]"},
    {"wavcapture", "path=file audiodev=word [frequency=word] [bits=word] [channels=word]"},
    {"x", "[/fmt=word] addr=rest"},
    {"xp", "[/fmt=word] addr=rest"},
};

static const char *const EXPECTED_INFO[][2] = {
    {"info block", "-n -v [device=block]"},
    {"info block-jobs", ""},
    {"info lapic", "[apic-id=word]"},
    {"info mtree", "-f -d -o -D"},
    {"info qom-tree", "[path=qom-path]"},
    {"info registers", "-a [vcpu=cpu]"},
    {"info rocker", "name=word"},
    {"info rocker-of-dpa-flows", "name=word [tbl_id=word]"},
    {"info stats", "target=word{vm,vcpu} [names=word] [provider=word]"},
    {"info sync-profile", "-m -n [max=word]"},
    {"info trace-events", "[name=trace] [vcpu=cpu]"},
    {"info virtio-queue-element", "path=qom-path queue=word [index=word]"},
    {"info virtio-status", "path=qom-path"},
};

static void check_all(const GPtrArray *rows, const char *const (*expected)[2], size_t count,
                      guint lines)
{
    g_assert_cmpint(rows->len, ==, lines);
    for (guint i = 0; i < rows->len; i++) {
        check_row(g_ptr_array_index(rows, i));
    }
    for (size_t i = 0; i < count; i++) {
        g_autofree char *text = row_text(find(rows, expected[i][0]));

        g_assert_cmpstr(text, ==, expected[i][1]);
    }
}

/* Lines that begin a command; others go on. */
static guint count_lines(const char *version, const char *file)
{
    g_autofree char *text = transcript_text(version, file);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = 0;

    for (char **line = lines; *line; line++) {
        count += **line && **line != '\t' && **line != '[';
    }
    return count;
}

static void test_commands(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(VERSIONS); i++) {
        g_autoptr(GPtrArray) rows = recorded(VERSIONS[i], FALSE);

        check_all(rows, EXPECTED, G_N_ELEMENTS(EXPECTED), count_lines(VERSIONS[i], "help-all.txt"));
    }
}

static void test_topics(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(VERSIONS); i++) {
        g_autoptr(GPtrArray) rows = recorded(VERSIONS[i], TRUE);

        check_all(rows, EXPECTED_INFO, G_N_ELEMENTS(EXPECTED_INFO),
                  count_lines(VERSIONS[i], "help-info.txt"));
    }
}

/* What the versions have differently. */
static void test_versions(void)
{
    static const char *const cases[][3] = {
        {"7.2", "migrate", "-d -b -i -r uri=uri"},
        {"10.0", "migrate", "-d -r uri=uri"},
        {"7.2", "singlestep", "[on|off=switch]"},
        {"10.0", "one-insn-per-tb", "[on|off=switch]"},
        {"10.0", "xen-event-inject", "port=word"},
        {"7.2", "dump-guest-memory", "-p -d -z -l -s -w filename=file [begin=word] [length=word]"},
        {"10.0", "dump-guest-memory",
         "-p -d -z -l -s -w -R filename=file [begin=word] [length=word]"},
        {"7.2", "watchdog_action",
         "[reset|shutdown|poweroff|pause|debug|none=word]"
         "{reset,shutdown,poweroff,pause,debug,none}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) rows = recorded(cases[i][0], FALSE);
        g_autofree char *text = row_text(find(rows, cases[i][1]));

        g_assert_cmpstr(text, ==, cases[i][2]);
    }
}

/* Lines of QEMU 2.9 to 4.2, and what the grammar allows. */
static void test_others(void)
{
    static const char *const cases[][2] = {
        {"p|print /fmt expr", "[/fmt=word] expr=rest"},
        {"savevm [tag|id]", "[tag|id=snapshot]"},
        {"loadvm tag|id", "tag|id=snapshot"},
        {"screendump filename", "filename=file"},
        {"trace-file on|off|flush|set [arg]", "on|off|flush|set=word{on,off,flush,set} [arg=file]"},
        {"hostfwd_remove [hub_id name]|[netdev_id] [tcp|udp]:[hostaddr]:hostport",
         "[netdev_id=netdev] [tcp|udp]:[hostaddr]:hostport=word{tcp:,udp:}"},
        {"hostfwd_remove [vlan_id name] [tcp|udp]:[hostaddr]:hostport",
         "[vlan_id=word] [name=netdev] [tcp|udp]:[hostaddr]:hostport=word{tcp:,udp:}"},
        {"host_net_add tap|user [options]", "tap|user=word{tap,user} [options=word]"},
        {"host_net_remove vlan_id name", "vlan_id=word name=netdev"},
        {"usb_add device", "device=word"},
        {"acl_add aclname match allow|deny [index]",
         "aclname=word match=word allow|deny=word{allow,deny} [index=word]"},
        {"block_passwd block_passwd device password", "device=block password=word"},
        {"qemu-io [device] \"[command]\"", "[device=block] command=word"},
        {"dump-skeys ", "filename=file"},
        {"odd [a [b|c] <d e>]", "[a=word] [b|c=word]{b,c} [d e=word]"},
        {"odd [-x value]", "-x:[value=word]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strconcat(cases[i][0], " -- does something\n", NULL);
        g_autoptr(GPtrArray) entries = hmp_help_parse(line);
        Command *row;
        g_autofree char *text = NULL;

        g_assert_cmpint(entries->len, ==, 1);
        row = signature_command(g_ptr_array_index(entries, 0), FALSE);
        text = row_text(row);
        g_assert_cmpstr(text, ==, cases[i][1]);
        signature_free(row);
    }
}

/* Whatever a QEMU to come writes there, it is a row. */
static void test_nonsense(void)
{
    static const char *const params[] = {
        "[",           "]",        "[]",        "[-",   "[-]",         "[- x]",   "<",
        "<>",          "<a",       "\"",        "\"\"", "\"a",         "|",       "||",
        "a|",          "[|]",      "[-|a]",     "[,a]", "a [,b] [,c]", "[a|b",    "[a]|[",
        "]|[",         "[a]]|[b]", "<a> \"b |", "--",   "[[[[a]]]]",   "[a][b]",  "[-f][",
        "[a|b],[c|d]", "[a|b]:",   "\xff|\xff", "[-(]", "[-\xff]",     "[-*|-?]", "[-x \xff]",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(params); i++) {
        HmpHelp entry = {.name = (char *)"odd",
                         .params = (char *)params[i],
                         .help = (char *)"-x: (\xff",
                         .more = (char *)"\n\t-f: a"};
        Command *row = signature_command(&entry, FALSE);

        check_row(row);
        signature_free(row);
    }
}

static void check_help(const GPtrArray *rows, const char *name, const char *argument,
                       const char *help)
{
    const Argument *list = find(rows, name)->arguments;

    while (strcmp(list->name, argument) != 0) {
        list++;
        g_assert_nonnull(list->name);
    }
    g_assert_cmpstr(list->help, ==, help);
}

static void test_help(void)
{
    g_autoptr(GPtrArray) rows = recorded("10.0", FALSE);
    g_autoptr(GPtrArray) topics = recorded("10.0", TRUE);

    check_help(rows, "drive_del", "device", "a block device or node");
    check_help(rows, "block_resize", "size", "resize a block image");
    check_help(rows, "eject", "-f", "force it");
    check_help(rows, "change", "-f", "force the operation");
    check_help(rows, "qom-set", "-j", "the value is specified in json format");
    check_help(rows, "drive_backup", "-c",
               "compress backup data (if the target format supports it)");
    check_help(rows, "drive_mirror", "-f",
               "copy the whole disk, so that the result does not need a backing file");
    check_help(rows, "dump-guest-memory", "-d", "return immediately (do not wait for completion)");
    check_help(rows, "dump-guest-memory", "-z",
               "dump in kdump-compressed format, with zlib compression");
    check_help(rows, "nbd_server_add", "-w", "writable");
    check_help(topics, "info block", "-n", "show named nodes");
    check_help(topics, "info block", "-v", "show details");
    check_help(topics, "info registers", "-a", "show register info for all cpus");
    check_help(topics, "info mtree", "-D", "dump disabled regions");
    g_assert_cmpstr(find(rows, "drive_del")->help, ==, "remove host block device");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/signature/commands", test_commands);
    g_test_add_func("/signature/topics", test_topics);
    g_test_add_func("/signature/versions", test_versions);
    g_test_add_func("/signature/others", test_others);
    g_test_add_func("/signature/nonsense", test_nonsense);
    g_test_add_func("/signature/help", test_help);
    return g_test_run();
}
