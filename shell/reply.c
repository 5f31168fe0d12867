/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/reply.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "shell/error.h"

/* The start and the end of a text. Warnings may come before any message. */
#define START "\\A(?:(?:warning|info): .*\\n)*+"
#define END "\\s*\\z"
/* The end of a message on a mistake in the arguments: QEMU 2.4 and later add a line. */
#define TRY "(?:\\nTry \"help .*\" for more information)?" END

/* Commands that show something. "device_add help" and its like do, too. */
#define SHOWS                                                                                      \
    "info|help|\\?|print|p|x|xp|i|sum|gva2gpa|gpa2hva|gpa2hpa|qom-get|qom-list|qemu-io|"           \
    "ringbuf_read|(?:device|netdev|object|chardev-)_?add\\s(?:.*[\\s,\"])?(?:help|\\?)"

/* Commands that in no version say anything but warnings when they succeed. */
#define SILENT                                                                                     \
    "migrate|migrate_(?:set_(?:speed|downtime|cache_size|capability|parameter)|incoming|recover|"  \
    "pause|continue|start_postcopy)|client_migrate_info|x_colo_lost_heartbeat|cont|c|"             \
    "block_(?:job_(?:cancel|complete|pause|resume|set_speed)|stream|resize|set_io_throttle|"       \
    "passwd)|drive_(?:mirror|backup|del)|nbd_server_(?:start|add|remove|stop)|commit|eject|"       \
    "change|snapshot_(?:blkdev|blkdev_internal|delete_blkdev_internal)|savevm|loadvm|delvm|"       \
    "(?:device|netdev|object)_(?:add|del)|chardev-(?:remove|change|send-break)|getfd|closefd|"     \
    "balloon|nmi|set_link|sendkey|system_wakeup|qom-set|ringbuf_write|set_password|"               \
    "expire_password|memsave|pmemsave|dump-guest-memory|screendump|watchdog_action|cpu|"           \
    "trace-event|logfile|mouse_set|wavcapture|replay_(?:break|delete_break|seek)|hostfwd_add|"     \
    "exit_preconfig|singlestep|one-insn-per-tb|log(?!\\s+(?:help|\\?)\\s*\\z)"

/* One way to tell what a reply is. */
typedef struct {
    const char *command; /* for which commands: the pattern of their names; NULL: for all */
    const char *text;    /* the pattern of the reply; ^ matches at each line, a dot no newline */
    ReplyKind kind;
} Rule;

/* The first rule that matches decides; a reply that none matches is fine. The comments say why, and
 * since when QEMU says it. */
static const Rule rules[] = {
    /* The guest's bytes and a newline, so they may look like anything. A message is one line. */
    {"ringbuf_read", "\\A(?!.*\\n(?:Try \"help .*\" for more information\\n)?\\z)", REPLY_OK},

    /* All versions. */
    {NULL, START "unknown command: '(?s:.*)'" END, REPLY_UNKNOWN_COMMAND},
    /* 6.1: the command is in a module that is not installed. */
    {NULL, START "Command \".*\" is not available\\." END, REPLY_REFUSED},
    /* 3.0: QEMU was started with --preconfig. */
    {NULL, START "Command '.*' not available .*" END, REPLY_REFUSED},

    /* Mistakes in the arguments, all versions ("value expected": 7.0). */
    {NULL,
     START ".*: (?:extraneous characters at the end of line|(?:string|filename|block device name) "
           "expected|unsupported option -.?|value expected for -.)" TRY,
     REPLY_REFUSED},
    /* Argument types o, T, b and the format after a slash. */
    {NULL,
     START "(?:invalid size|Number expected|Bad number|Unknown unit suffix|"
           "Expected 'on' or 'off'|invalid char in format: '.*')" TRY,
     REPLY_REFUSED},
    /* Argument types i, l and M. */
    {NULL,
     START "(?:number too large|invalid char (?:'.*' )?in expression|"
           "unexpected end of expression|division by zero|'\\)' expected|"
           "missing terminating ' character|character constant expected|unknown register|"
           "'.*' has failed: integer is for 32-bit values|enter a positive value)" TRY,
     REPLY_REFUSED},
    /* 2.4: stands below all of them, below those that are unknown here, and below option errors. */
    {NULL, "^Try \"help .*\" for more information" END, REPLY_REFUSED},

    /* 4.0: what the command itself has to complain of. */
    {NULL, START "Error: ", REPLY_REFUSED},
    /* 5.1: info registers, x, memsave and others. */
    {NULL, START "No CPU available" END, REPLY_REFUSED},
    /* All versions: change vnc password, cont with an encrypted image. */
    {NULL, START "terminal does not support password prompting" END, REPLY_REFUSED},
    /* Up to 3.1. */
    {"info", START "No balloon device has been activated" END, REPLY_REFUSED},
    /* All versions: an address that nothing is at, a vCPU and a device type that are not there. */
    {"gva2gpa", START "(?!gpa: )", REPLY_REFUSED},
    {"gpa2h[vp]a", START "(?!Host )", REPLY_REFUSED},
    {"info\\s+registers", START "CPU#.* not available" END, REPLY_REFUSED},
    {"device_add", START "Device '.*' not found" END, REPLY_REFUSED},
    /* Past its first line, what a command shows is never a message. */
    {SHOWS, "", REPLY_OK},

    /* 4.0, after bare lines from QEMU's inside (image locking, userfaultfd). */
    {NULL, "^Error: ", REPLY_REFUSED},
    /* Up to 11.0: migrate without -d, which has started all the same. */
    {"migrate", START "terminal does not allow synchronous migration, continuing detached" END,
     REPLY_OK},
    /* Nothing but warnings; or, seen in 10.0, a remark beside a migration that is being ended. */
    {NULL, START "(?:Unable to shutdown socket: .*)?" END, REPLY_OK},
    /* 2.10: a warning and its hint, which is bare. */
    {NULL, "\\Awarning: ", REPLY_OK},

    /* "COMMAND: message" up to 2.5, the bare message up to 3.1, and some (commit, cpu, drive_del,
     * sendkey …) later still. The words change too often. */
    {SILENT, "\\S", REPLY_REFUSED},
    /* Bare messages of commands that do say something when they succeed, in 7.2 too. */
    {"calc_dirty_rate", "\\A(?!(?s:.*)^Starting dirty rate measurement)", REPLY_REFUSED},
    {"gdbserver", "^Could not open gdbserver", REPLY_REFUSED},
    {"drive_add", "\\A(?!OK" END ")", REPLY_REFUSED},
    {"boot_set", "\\A(?!boot device list now set to )", REPLY_REFUSED},
    {"pcie_aer_inject_error", "\\A(?!OK id: )", REPLY_REFUSED},
    {"hostfwd_remove", "\\A(?!host forwarding rule for .* removed" END ")", REPLY_REFUSED},
};

typedef struct {
    pcre2_code *command;
    pcre2_code *text;
} CompiledRule;

static pcre2_code *compile(const char *pattern)
{
    PCRE2_SIZE offset;
    int status;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE,
                                     &status, &offset, NULL);

    if (!code) {
        g_error("the pattern %s is wrong at byte %zu", pattern, (size_t)offset);
    }
    return code;
}

/* The rules' patterns, compiled once and kept. Borrowed. */
static const CompiledRule *compiled_rules(void)
{
    static CompiledRule compiled[G_N_ELEMENTS(rules)];
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
            if (rules[i].command) {
                g_autofree char *command =
                    g_strdup_printf("\\A\\s*(?:%s)(?=[\\s/,\"]|\\z)", rules[i].command);

                compiled[i].command = compile(command);
            }
            compiled[i].text = compile(rules[i].text);
        }
        g_once_init_leave(&done, 1);
    }
    return compiled;
}

static gboolean matches(const pcre2_code *pattern, const char *text)
{
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(pattern, NULL);
    int count = pcre2_match(pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);

    pcre2_match_data_free(match);
    return count > 0;
}

char *reply_normalise(const char *text)
{
    GString *lines = g_string_sized_new(strlen(text));

    for (; *text; text++) {
        if (text[0] != '\r' || text[1] != '\n') {
            g_string_append_c(lines, *text);
        }
    }
    return g_string_free(lines, FALSE);
}

ReplyKind reply_classify(const char *command_line, const char *text)
{
    const CompiledRule *compiled = compiled_rules();
    g_autofree char *lines = reply_normalise(text);

    if (!*lines) {
        return REPLY_OK;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if ((!compiled[i].command || matches(compiled[i].command, command_line)) &&
            matches(compiled[i].text, lines)) {
            return rules[i].kind;
        }
    }
    return REPLY_OK;
}

gboolean reply_check(const char *command_line, const char *text, GError **error)
{
    ReplyKind kind = reply_classify(command_line, text);
    g_autofree char *message = NULL;

    if (kind == REPLY_OK) {
        return TRUE;
    }
    message = reply_normalise(text);
    for (gsize length = strlen(message); length && message[length - 1] == '\n'; length--) {
        message[length - 1] = '\0';
    }
    g_set_error_literal(error, HMPSH_ERROR,
                        kind == REPLY_UNKNOWN_COMMAND ? HMPSH_ERROR_NOT_FOUND : HMPSH_ERROR_FAILED,
                        message);
    return FALSE;
}
