/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classifier against replies recorded from QEMU 7.2 and 10.0 (TRANSCRIPTS), and against texts
 * of other versions. */
#include "shell/reply.h"

#include <string.h>

#include "shell/error.h"

typedef struct {
    const char *command;
    const char *text;
} Reply;

static void check(const char *command, const char *text, ReplyKind expected)
{
    ReplyKind kind = reply_classify(command, text);

    if (kind != expected) {
        g_error("(qemu) %s\n%s\nis %d, not %d", command, text, (int)kind, (int)expected);
    }
}

static void check_all(const Reply *replies, size_t count, ReplyKind expected)
{
    for (size_t i = 0; i < count; i++) {
        check(replies[i].command, replies[i].text, expected);
    }
}

static const Reply unknown[] = {
    {"foo", "unknown command: 'foo'\n"},
    {"foo", "unknown command: 'foo'\r\n"},
    {"foo", "unknown command: 'foo'"},
    {"  foo bar", "unknown command: '  foo'\n"},
    {"# x", "unknown command: '#'\n"},
    {"/foo", "unknown command: ''\n"},
    {"info/foo", "unknown command: 'info'\n"},
    {"stop; cont", "unknown command: 'stop;'\n"},
    {"\"migrate\" x", "unknown command: '\"migrate\"'\n"},
    {"\nfoo", "unknown command: '\r\nfoo'\r\n"},
    {"info foo", "unknown command: 'info foo'\n"},
    {"info foo", "unknown command: 'foo'\n"}, /* 2.4 to 2.10 */
    {"help foo", "unknown command: 'foo'\n"},
    {"? info foo", "unknown command: 'info foo'\n"},
    {"migrate_set_speed 1g", "unknown command: 'migrate_set_speed'\n"},
};

static const Reply refused[] = {
    /* Arguments, with and without (2.0 to 2.3) the second line. */
    {"migrate", "migrate: string expected\r\nTry \"help migrate\" for more information\r\n"},
    {"migrate", "migrate: string expected\n"},
    {"migrate -db tcp:h:1", "migrate: extraneous characters at the end of line\n"
                            "Try \"help migrate\" for more information\n"},
    {"migrate -q x", "migrate: unsupported option -q\n"},
    {"migrate - uri",
     "migrate: unsupported option - \nTry \"help migrate\" for more information\n"},
    {"cont x", "cont|c: extraneous characters at the end of line\n"
               "Try \"help cont\" for more information\n"},
    {"info migrate x", "migrate: extraneous characters at the end of line\n"
                       "Try \"help info migrate\" for more information\n"},
    {"info migrate x", "migrate: extraneous characters at the end of line\n"},
    {"screendump", "screendump: filename expected\n"},
    {"eject", "eject: block device name expected\n"},
    {"drive_backup -x", "drive_backup: value expected for -x\n"},
    {"migrate_set_speed", "invalid size\nTry \"help migrate_set_speed\" for more information\n"},
    {"migrate_set_speed", "invalid size\n"},
    {"migrate_set_downtime", "Number expected\n"},
    {"migrate_set_downtime inf", "Bad number\n"},
    {"migrate_set_downtime 1s",
     "Unknown unit suffix\nTry \"help migrate_set_downtime\" for more information\n"},
    {"migrate_set_capability xbzrle On", "Expected 'on' or 'off'\n"},
    {"x/z 0", "invalid char in format: 'z'\nTry \"help x\" for more information\n"},
    {"print 99999999999999999999", "number too large\n"},
    {"print z", "invalid char 'z' in expression\nTry \"help print\" for more information\n"},
    {"p z", "invalid char in expression\n"},
    {"print", "unexpected end of expression\n"},
    {"p 1/0", "division by zero\n"},
    {"p (1", "')' expected\n"},
    {"p 'ab'", "missing terminating ' character\n"},
    {"p '", "character constant expected\n"},
    {"p $foo", "unknown register\n"},
    {"migrate_set_cache_size -1", "'migrate_set_cache_size' has failed: integer is for 32-bit "
                                  "values\n"},
    {"balloon -1", "enter a positive value\n"},
    {"device_add a,,", "Invalid parameter ''\nTry \"help device_add\" for more information\n"},
    {"ringbuf_read x", "unexpected end of expression\nTry \"help ringbuf_read\" for more "
                       "information\n"},
    {"future x", "some new message\nTry \"help future\" for more information\n"},

    {"screendump x", "Command \"screendump\" is not available.\n"},
    {"migrate x", "Command 'migrate' not available with -preconfig until after "
                  "exit_preconfig.\n"},
    {"info balloon", "Command 'info balloon' not available until machine initialization has "
                     "completed.\n"},
    {"change vnc password", "terminal does not support password prompting\n"},

    /* 4.0 and later. */
    {"migrate -d foo", "Error: Parameter 'uri' expects a valid migration protocol\r\n"},
    {"migrate -b -d x",
     "warning: option '-b' is deprecated; use blockdev-mirror with NBD instead\n"
     "warning: parameter 'blk' is deprecated; use blockdev-mirror with NBD instead\n"
     "warning: block migration is deprecated; use blockdev-mirror with NBD instead\n"
     "Error: There's a migration process in progress\n"},
    {"migrate -b -d x", "Error: QEMU compiled without old-style (blk/-b, inc/-i) block migration\n"
                        "Use drive_mirror+NBD instead.\n"},
    {"migrate_set_capability postcopy-ram on",
     "postcopy_ram_supported_by_host: userfaultfd not available: Operation not permitted\n"
     "Error: Postcopy is not supported\n"},
    {"cont", "Failed to get \"write\" lock\nIs another process using the image [/x.img]?\n"
             "Error: Failed to get \"write\" lock\nIs another process using the image "
             "[/x.img]?\n"},
    {"future", "something first\nError: no\n"},
    {"info balloon", "Error: No balloon device has been activated\n"},
    {"info registers", "No CPU available\n"},
    {"calc_dirty_rate 0", "Incorrect period length specified!\n"},
    {"calc_dirty_rate -r -b 1", "Either dirty ring or dirty bitmap can be specified!\n"},
    {"calc_dirty_rate 1", "the dirty rate is already being measured.\n"},
    {"calc_dirty_rate -r 1", "Error: mode dirty-ring is not enabled, use other method instead.\n"},
    {"drive_add 0 if=scsi", "Can't hot-add drive to type 3\n"},
    {"ringbuf_read x 1", "Error: Device 'x' not found\n"},

    /* Up to 2.5, and up to 3.1. */
    {"migrate -d x", "migrate: There's a migration process in progress\n"},
    {"migrate_set_capability nope on", "migrate_set_capability: Invalid parameter 'nope'\n"},
    {"migrate -d tcp:x", "error parsing address 'x'\n"},
    {"migrate_set_parameter nope 1", "Invalid parameter 'nope'\n"},
    {"migrate_set_cache_size 3", "Parameter 'xbzrle_cache_size' expects a power of two\n"},
    {"migrate_start_postcopy",
     "Enable postcopy with migrate_set_capability before the start of migration\n"},
    {"migrate_incoming x", "For use with '-incoming defer'\n"},
    {"migrate_continue foo", "invalid parameter value: foo\n"},
    {"client_migrate_info vnc h", "Parameter 'protocol' expects spice\n"},
    {"x_colo_lost_heartbeat", "The feature 'colo' is not enabled\n"},
    {"savevm", "No block device can accept snapshots\n"},
    {"loadvm nope", "Device 'disk0' does not have the requested snapshot 'nope'\n"},
    {"delvm x", "Error while deleting snapshot on device 'disk0': no\n"},
    {"nbd_server_start foo", "error parsing address 'foo'\n"},
    {"nbd_server_start -w foo", "-w only valid together with -a\n"},
    {"block_job_cancel x", "No active block job on device 'x'\n"},
    {"drive_mirror disk0 nbd:h:1", "Block device is in use by block job: mirror\n"},
    {"snapshot_blkdev disk0", "Parameter 'snapshot-file' is missing\n"},
    {"device_add foo", "'foo' is not a valid device model name\n"},
    {"device_add", "Parameter 'driver' is missing\n"},
    {"device_add helper", "'helper' is not a valid device model name\n"},
    {"device_del foo", "Device 'foo' not found\n"},
    {"object_add help-me", "Parameter 'id' is missing\n"},
    {"cont", "Resetting the Virtual Machine is required\n"},
    {"c", "Resetting the Virtual Machine is required\n"},
    {"getfd x", "No file descriptor supplied via SCM_RIGHTS\n"},
    {"cpu 99", "invalid CPU index\n"},
    {"commit x", "Device 'x' not found\n"},
    {"boot_set x", "Invalid boot device for PC\n"},
    {"mouse_set 99", "Mouse at index '99' not found\n"},
    {"hostfwd_remove x", "user mode network stack not in use\n"},
    {"gdbserver x:y", "'x:y' is not a valid char driver\n"
                      "Could not open gdbserver on device 'x:y'\n"},
    {"info balloon", "No balloon device has been activated\n"},
    {"gva2gpa 0xffff0000", "Unmapped\n"},
    {"gpa2hva 0xffff0000", "No memory is mapped at address 0xffff0000\n"},
    {"gpa2hpa 0xa0000", "Memory at address 0xa0000 is not RAM\n"},
    {"info registers 9", "CPU#9 not available\n"},
    {"device_add x,help", "Device 'x' not found\n"},
    {"pcie_aer_inject_error x y", "id or pci device path is invalid or device not found. x\n"},
    {"log x", "Log items (comma separated):\nnone            remove all logs\n"},
    {"singlestep x", "unexpected option x\n"},
};

static const Reply fine[] = {
    {"migrate -d tcp:h:1", ""},
    {"migrate -d tcp:h:1", "\r\n"},
    {"", ""},
    {"migrate tcp:h:1", "terminal does not allow synchronous migration, continuing detached\r\n"},
    {"migrate -b tcp:h:1",
     "warning: option '-b' is deprecated; use blockdev-mirror with NBD instead\r\n"
     "terminal does not allow synchronous migration, continuing detached\r\n"},
    {"migrate -d -b tcp:h:1",
     "warning: option '-b' is deprecated; use blockdev-mirror with NBD instead\r\n"},
    {"migrate_set_capability xbzrle on", "warning: zero-blocks capability is deprecated\n"},
    {"device_add x", "warning: something is odd\nTry something else\n"},
    {"migrate_cancel", "Unable to shutdown socket: Transport endpoint is not connected\n"},
    {"migrate_pause", "Unable to shutdown socket: Transport endpoint is not connected\n"},

    {"info snapshots", "There is no snapshot available.\n"},
    {"info block-jobs", "No active jobs\n"},
    {"info vcpu_dirty_limit", "Dirty page limit not enabled!\n"},
    {"info migrate", "capabilities: xbzrle: off \nMigration status: failed (Error: no)\n"},
    {"info migrate", "globals:\r\nMigration status: failed (unknown command: 'x')\r\n"},
    {"info migrate", "Status: \t\tfailed (x)\nError: no\n"},
    {"info qtree", "bus: main-system-bus\n  type System\nError: a name\n"
                   "unknown command: 'x'\nTry \"help me\" for more\n"},
    {"info cmdline", "qemu -name invalid size\ninvalid size\n"},
    {"help", "info  -- Error: x\nunknown command: 'foo'\n"},
    {"help migrate", "migrate [-d] [-r] uri -- migrate to URI\n\t\t\t -r to resume\n"},
    {"?", "x -- y\nError: z\n"},
    {"x/2i 0", "0x00000000:  add\nError: \n"},
    {"x/s 0", "0000000000000000: Cannot access memory\n"},
    {"p/c 0x45", "'E'\n"},
    {"print 1+2|4", "0x7\n"},
    {"calc_dirty_rate 1", "Starting dirty rate measurement with period 1 seconds\n"
                          "[Please use 'info dirty_rate' to check results]\n"},
    {"drive_add 0 if=none,id=x", "OK\n"},
    {"boot_set c", "boot device list now set to c\n"},
    {"hostfwd_remove tcp::1", "host forwarding rule for tcp::1 removed\n"},
    {"device_add help", "Controller/Bridge/Hub devices:\nname \"i82801b11-bridge\", bus PCI\n"},
    {"device_add ?", "name \"pci-bridge\"\n"},
    {"device_add virtio-blk-pci,help", "virtio-blk-pci options:\n  addr=<int32>\n"},
    {"device_add \"virtio-blk-pci,?\"", "virtio-blk-pci.addr=int32\n"},
    {"object_add rng-random,help", "rng-random options:\n"},
    {"netdev_add help", "Available netdev backend types:\nsocket\n"},
    {"chardev-add pty,id=x", "char device redirected to /dev/pts/3 (label x)\n"},
    {"qom-get /machine type", "\"pc-i440fx-7.2-machine\"\n"},
    {"ringbuf_read x 99", "Error: from the guest\n\n"},
    {"ringbuf_read x 99", "unknown command: 'a'\nError: b\n\n"},
    {"ringbuf_read x 99", "Try \"help x\" for more information\n\n"},
    {"log none", ""},
    {"log help", "Log items (comma separated):\nnone            remove all logs\n"},
    {"gva2gpa 0x100000", "gpa: 0x100000\n"},
    {"gpa2hva 0", "Host virtual address for 0x0 (pc.ram) is 0x7f4ad7e00000\n"},
    {"gpa2hpa 0", "Host physical address for 0x0 (pc.ram) is 0x1b5a00000\n"},
    {"info registers 0", "\nCPU#0\nRAX=0000000000000000\n"},
    {"pcie_aer_inject_error x y", "OK id: x root bus: pcie.0, bus: 1 devfn: 0.0\n"},
    {"gdbserver", "Waiting for gdb connection on device 'tcp::1234'\n"},
    {"cancel_vcpu_dirty_limit",
     "[Please use 'info vcpu_dirty_limit' to query dirty limit for virtual CPU]\n"},
    {"future", "any text at all\n"},
};

static void test_unknown(void)
{
    check_all(unknown, G_N_ELEMENTS(unknown), REPLY_UNKNOWN_COMMAND);
}

static void test_refused(void)
{
    check_all(refused, G_N_ELEMENTS(refused), REPLY_REFUSED);
}

static void test_fine(void)
{
    check_all(fine, G_N_ELEMENTS(fine), REPLY_OK);
}

static void test_normalise(void)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"a\r\nb\r\n", "a\nb\n"},
        {"a\nb", "a\nb"},
        {"\r\n", "\n"},
        {"50 %\rx\r\r\n\r", "50 %\rx\r\n\r"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = reply_normalise(cases[i][0]);

        g_assert_cmpstr(text, ==, cases[i][1]);
    }
}

static void test_check(void)
{
    g_autoptr(GError) not_found = NULL;
    g_autoptr(GError) failed = NULL;
    g_autoptr(GError) none = NULL;

    g_assert_false(reply_check("foo", "unknown command: 'foo'\r\n", &not_found));
    g_assert_error(not_found, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND);
    g_assert_cmpstr(not_found->message, ==, "unknown command: 'foo'");

    g_assert_false(reply_check("migrate",
                               "migrate: string expected\r\n"
                               "Try \"help migrate\" for more information\r\n",
                               &failed));
    g_assert_error(failed, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_cmpstr(failed->message, ==,
                    "migrate: string expected\nTry \"help migrate\" for more information");

    g_assert_true(reply_check("info status", "VM status: running\r\n", &none));
    g_assert_no_error(none);
    g_assert_false(reply_check("foo", "unknown command: 'foo'\r\n", NULL));
}

static char *transcript_read(const char *version, const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("TRANSCRIPTS"), version, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* errors-hmp.txt: "(qemu) COMMAND" and, where there is one, the reply. Each reply in it is one to a
 * failure; the commands without a reply went well. */
static void test_errors(gconstpointer version)
{
    g_autofree char *text = transcript_read(version, "errors-hmp.txt");
    g_auto(GStrv) dialogues = g_strsplit(text, "(qemu) ", -1);
    size_t failures = 0;

    for (char **dialogue = dialogues + 1; *dialogue; dialogue++) {
        char *reply = strchr(*dialogue, '\n');

        *reply++ = '\0';
        if (!*reply) {
            check(*dialogue, reply, REPLY_OK);
        } else if (g_str_has_prefix(reply, "unknown command: ")) {
            check(*dialogue, reply, REPLY_UNKNOWN_COMMAND);
            failures++;
        } else {
            check(*dialogue, reply, REPLY_REFUSED);
            failures++;
        }
    }
    g_assert_cmpuint(failures, >=, 20);
}

/* Which command a file of TRANSCRIPTS is the reply to; the first that fits. */
static const struct {
    const char *name; /* a glob */
    const char *command;
    ReplyKind kind;
} files[] = {
    {"errors-hmp.txt", NULL, REPLY_OK},
    {"*.status.txt", NULL, REPLY_OK},
    {"help-info_named-block-nodes.txt", "help info named-block-nodes", REPLY_UNKNOWN_COMMAND},
    {"help-migrate-with-dash.txt", "migrate", REPLY_REFUSED},
    {"help-*.txt", "help", REPLY_OK},
    {"migrate-without-d.txt", "migrate tcp:127.0.0.1:4444", REPLY_OK},
    {"*.reply.txt", "migrate -d tcp:127.0.0.1:1", REPLY_OK},
    {"idle.info_migrate_-a.txt", "info migrate -a", REPLY_REFUSED},
    {"*.info_block-jobs.txt", "info block-jobs", REPLY_OK},
    {"*.parameters.txt", "info migrate_parameters", REPLY_OK},
    {"*.capabilities.txt", "info migrate_capabilities", REPLY_OK},
    {"*dirty*.txt", "info dirty_rate", REPLY_OK},
    {"*.info_block.txt", "info block", REPLY_OK},
    {"*.txt", "info migrate", REPLY_OK},
};

static void test_transcripts(gconstpointer version)
{
    g_autofree char *path = g_build_filename(g_getenv("TRANSCRIPTS"), version, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) directory = g_dir_open(path, 0, &error);
    const char *name;
    size_t count = 0;

    g_assert_no_error(error);
    while ((name = g_dir_read_name(directory))) {
        for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
            if (!g_pattern_match_simple(files[i].name, name)) {
                continue;
            }
            if (files[i].command) {
                g_autofree char *text = transcript_read(version, name);

                check(files[i].command, text, files[i].kind);
                count++;
            }
            break;
        }
    }
    g_assert_cmpuint(count, >=, 40);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reply/unknown", test_unknown);
    g_test_add_func("/reply/refused", test_refused);
    g_test_add_func("/reply/fine", test_fine);
    g_test_add_func("/reply/normalise", test_normalise);
    g_test_add_func("/reply/check", test_check);
    g_test_add_data_func("/reply/errors/7.2", "7.2", test_errors);
    g_test_add_data_func("/reply/errors/10.0", "10.0", test_errors);
    g_test_add_data_func("/reply/transcripts/7.2", "7.2", test_transcripts);
    g_test_add_data_func("/reply/transcripts/10.0", "10.0", test_transcripts);
    return g_test_run();
}
