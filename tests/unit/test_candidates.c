/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab finds: the words, and how they are asked for. */
#include "completion/complete.h"

#include <glib/gstdio.h>
#include <string.h>

#include "shell/reach.h"
#include "tests/unit/prompt.h"

static void test_commands(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "",
               "migrate migrate_set_speed info lab help ? quit q exit cont c device_add "
               "drive_add x",
               "[subcommand] cont|c dirty status [,readonly=on|off][,copy-on-read=on|off] --");
    check_some(prompt, "  migr", "migrate migrate_cancel migrate_set_speed", "info quit");
    check_some(prompt, "migrate", "migrate migrate_cancel", "info");
    check(prompt, "device_a", "device_add");
    check(prompt, "la", "lab");
    check(prompt, "zzz", "");
    check_some(prompt, "lab ", "dirty reset status", "lab migrate info");
    check(prompt, "lab d", "dirty");
    check(prompt, "device_add ", "");
    check(prompt, "{\"execute\": ", "");
}

static void test_info(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "info ", "migrate migrate_capabilities block status registers",
               "info device_add quit migrate_cancel");
    check(prompt, "info migrate_pa", "migrate_parameters");
    check(prompt, "info  block", "block block-jobs blockstats");
    check(prompt, "info block -", "-n -v");
    check(prompt, "info block -n -", "-v");
    check(prompt, "info zzz", "");
}

static void test_help(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "help ", "info migrate device_add lab quit", "block [subcommand]");
    check(prompt, "? device_a", "device_add");
    check_some(prompt, "help info ", "migrate block registers", "device_add quit");
    check(prompt, "help info migrate_pa", "migrate_parameters");
    check(prompt, "help info block ", "");
    check(prompt, "help migrate ", "");
    check(prompt, "help migrate --persistent", "--persistent --persistent-xml");
    check(prompt, "help migrate --p2p --t", "");
    check(prompt, "help lab start -", "--append --base --disk --initrd --kernel --lab-guest");
    check(prompt, "help info --", "");
    check(prompt, "help information ", "");
}

static void test_flags(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "migrate -", "-b -d -i -n -r");
    check_some(prompt, "migrate ", "-b -d -i -r peer", "on");
    check(prompt, "migrate -d", "-d"); /* a blank follows then */
    check(prompt, "migrate -d -", "-b -i -n -r");
    check(prompt, "migrate -db -", "-i -n -r");
    check(prompt, "migrate -d-b -r -", "-i -n");
    check_some(prompt, "migrate -d ", "-b -i -r peer", "-d");
    check(prompt, "migrate -d p", "peer");
    check(prompt, "migrate -x", "");
    check(prompt, "migrate tcp:h:1 -", "");
    check(prompt, "migrate tcp:h:1 ", "");
    check(prompt, "migrate/", "");
    check(prompt, "migrate --persistent", "--persistent --persistent-xml");
    check(prompt, "migrate --p2p -d --tunn", "--tunnelled");
    check(prompt, "migrate --p2p --p2", "");
    check_some(prompt, "migrate --", "--live --xml --tls-destination", "-d --option... peer");
    check(prompt, "migrate qemu+s", "qemu+ssh://");
    check(prompt, "migrate --p2p --tunnelled --post", "--postcopy-bandwidth --postcopy-resume");
    check(prompt, "migrate --dir", ""); /* never */
    check(prompt, "migrate --comp-methods ", "mt xbzrle zlib zstd");
    check(prompt, "migrate --comp-methods xbz", "xbzrle");
    check(prompt, "migrate --comp-methods xbzrle,z", "xbzrle,zlib xbzrle,zstd");
    check(prompt, "migrate --comp-methods zlib,zstd,", "zlib,zstd,mt zlib,zstd,xbzrle");
    check(prompt, "migrate --comp-methods=mt,x", "--comp-methods=mt,xbzrle");
    check(prompt, "migrate --disks-uri ", "tcp:// unix:///");
    check(prompt, "migrate --xml /de", "/dev/");
    check(prompt, "migrate --migrate-disks ", ""); /* no guest of libvirt's */
}

/* Options of every kind. */
static const char *const COLOURS[] = {"red", "green", NULL};
static const Command OPTION_ROWS[] = {
    {.name = "move",
     .arguments =
         (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                            {.name = "live", .kind = ARGUMENT_FLAG, .option = "live"},
                            {.name = "speed", .kind = ARGUMENT_SIZE, .option = "limit"},
                            {.name = "switch", .kind = ARGUMENT_SWITCH, .option = "return-path"},
                            {.name = "file", .kind = ARGUMENT_FILE, .option = "xml"},
                            {.name = "colour", .kind = ARGUMENT_WORD, .choices = COLOURS},
                            {0}}},
    {0}};
static const Command *const OPTION_TABLE[] = {OPTION_ROWS, NULL};

static void test_options(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "lab start -", "--append --base --disk --initrd --kernel --lab-guest");
    check(prompt, "lab start ", "");
    check(prompt, "lab reset --d", "--disk");
    check(prompt, "lab start --disk ", "");
    check(prompt, "lab start --disk 5 -", "--append --base --initrd --kernel --lab-guest");
    check(prompt, "lab start --disk=5 --", "--append --base --initrd --kernel --lab-guest");
    check(prompt, "lab start --disk=", "");
    check(prompt, "lab start --base --disk 5 -", "--append --initrd --kernel --lab-guest");
    check(prompt, "lab start --zzz -", "--append --base --disk --initrd --kernel --lab-guest");

    prompt->session->setup.commands = OPTION_TABLE;
    check(prompt, "move -", "--limit --live --return-path --xml -d");
    check(prompt, "move ", "-d green red");
    check(prompt, "move --", "--limit --live --return-path --xml");
    check(prompt, "move --li", "--limit --live");
    check(prompt, "move --live", "--live"); /* a blank follows then */
    check(prompt, "move --live -d -", "--limit --return-path --xml");
    check(prompt, "move -d --live ", "green red");
    check(prompt, "move --limit 5 --live r", "red");
    check(prompt, "move --limit 5 ", "-d green red");
    check(prompt, "move --return-path ", "off on");
    check(prompt, "move --return-path o", "off on");
    check(prompt, "move --return-path=of", "--return-path=off");
    check(prompt, "move --live=", "");
    check(prompt, "move --return-path on ", "-d green red");
    check(prompt, "move --return-path=on g", "green");
    check(prompt, "move --xml /nonexistent/", "");
    check(prompt, "move --xml=/de", "--xml=/dev/");
    check(prompt, "move --xml \"a b\" g", "green");
    check(prompt, "move red --", "");
    check(prompt, "move red ", "");
}

static void test_migration_names(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "migrate_set_capability ", "xbzrle postcopy-ram multifd zero-blocks",
               "max-bandwidth on mapped-ram");
    check(prompt, "migrate_set_capability xb", "xbzrle");
    check(prompt, "migrate_set_capability xbzrle ", "off on");
    check(prompt, "migrate_set_capability \"xbzrle\" of", "off");
    check(prompt, "migrate_set_capability xbzrle on ", "");
    check_some(prompt, "migrate_set_parameter ", "max-bandwidth downtime-limit compress-level",
               "xbzrle return");
    check(prompt, "migrate_set_parameter max-b", "max-bandwidth");
    check(prompt, "migrate_set_speed ", "");
}

static void test_others(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "wait ", "migration completed postcopy-active event", "on");
    check(prompt, "wait comp", "completed");
    check(prompt, "wait completed ", "");
    check(prompt, "qmp query-migrate-c", "query-migrate-capabilities");
    check(prompt, "qmp migrate u", "uri=");
    check(prompt, "qmp migrate uri=x bl", "blk=");
    check(prompt, "qmp migrate blk=t", "blk=true");
    check(prompt, "qmp migrate-set-parameters max-b", "max-bandwidth=");
    check(prompt, "qmp blockdev-add driver=nbd server.type=inet server.p", "server.port=");
    check_some(prompt, "hmp ", "device_add info", "lab domains migrate_set_speed");
    check(prompt, "hmp info migrate_p", "migrate_parameters");
    check(prompt, "hmp info block -", "-n -v");
    check(prompt, "hmp migrate -", "-b -d -i -r");
    g_assert_nonnull(reach_home(prompt->session, TEST_URI, NULL));
    check(prompt, "attach te", "test"); /* the test driver's only domain */
    check(prompt, "attach -p te", "test");
}

/* `peer COMMAND` completes as the peer would. */
static void test_peer(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "peer ", "migrate info device_add", "zzz");
    check(prompt, "peer device_a", "device_add");
    check(prompt, "peer migrate -d -", "-b -i -n -r");
    check(prompt, "peer migrate_set_capability mapped", "mapped-ram");
    check(prompt, "peer migrate_set_capability compress", ""); /* the other QEMU has that */
    check(prompt, "peer info migrate_pa", "migrate_parameters");
    check_sent(prompt->session->current, "");
    check_sent(prompt->session->peer, "help\n" ASK_CAPABILITIES "\nhelp info\n");
    check(prompt, "migrate_set_capability mapped", ""); /* and this guest for itself */
    check_sent(prompt->session->current, ASK_CAPABILITIES "\n");

    session_detach(prompt->session, TRUE);
    check(prompt, "peer migr",
          "migrate migrate_cancel migrate_check migrate_continue migrate_incoming "
          "migrate_pause migrate_policy migrate_predict migrate_recover migrate_set_cache_size "
          "migrate_set_capability migrate_set_downtime migrate_set_parameter "
          "migrate_set_speed migrate_start_postcopy");
    check(prompt, "peer device_a", "");
    check(prompt, "peer migrate_set_capability x", "");
}

/* `watch COMMAND` and `grep PATTERN COMMAND` complete for the current guest, `peer watch` for the
 * peer. */
static void test_inner_commands(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "watch migrate_set_capability mapped", "");
    check(prompt, "watch migrate_set_capability compress", "compress");
    check(prompt, "watch -n 2 info migrate_pa", "migrate_parameters");
    check(prompt, "watch -n2 device_a", "device_add");
    check(prompt, "watch -n ", "");
    check(prompt, "watch -", "-n");
    check(prompt, "grep -", "-c -i -v");
    check(prompt, "grep -i -", "-c -v");
    check(prompt, "grep -i x device_a", "device_add");
    check(prompt, "grep device_a", "");
    check_sent(prompt->session->peer, "");
    check(prompt, "peer watch -n 1 migrate_set_capability mapped", "mapped-ram");
}

static void test_assert(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check_some(prompt, "assert ", "downtime remaining passes verdict eta", "ram.remaining <");
    check(prompt, "assert downt", "downtime downtime-bytes");
    check(prompt, "assert downtime ", "!= < <= == > >= ~");
    check(prompt, "assert downtime <", "< <=");
    check(prompt, "assert downtime < ", "");
    check(prompt, "assert status == comp", "completed");
    check(prompt, "assert verdict == \"will", "\"will not converge\"");
    check_some(prompt, "assert verdict != ", "converging stalled", "active");
    check(prompt, "info migrations -", "--csv");
    check(prompt, "info migration", "migrations");
    check(prompt, "wait p", "pass postcopy-active postcopy-paused pre-switchover");
}

static void test_files(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *before = g_get_current_dir();
    g_autofree char *dir = g_dir_make_tmp("candidates-XXXXXX", NULL);
    g_autofree char *line = g_strdup_printf("source %s/s", dir);
    g_autofree char *found = g_strdup_printf("%s/script.hmp %s/sub/", dir, dir);
    const char *const files[] = {"script.hmp", "other", ".hidden", "sub/inner", NULL};

    g_assert_cmpint(g_chdir(dir), ==, 0);
    g_assert_cmpint(g_mkdir("sub", 0700), ==, 0);
    for (const char *const *file = files; *file; file++) {
        g_assert_true(g_file_set_contents(*file, "", 0, NULL));
    }
    check(prompt, "source ", "other script.hmp sub/");
    check(prompt, "source s", "script.hmp sub/");
    check(prompt, "source sub/", "sub/inner");
    check(prompt, "source .", ".hidden");
    check(prompt, "source ./s", "./script.hmp ./sub/");
    check(prompt, "source nowhere/", "");
    check(prompt, line, found);
    check(prompt, "source other ", "");
    check_sent(prompt->session->current, "");
    for (const char *const *file = files; *file; file++) {
        g_unlink(*file);
    }
    g_rmdir("sub");
    g_assert_cmpint(g_chdir(before), ==, 0);
    g_rmdir(dir);
}

/* --- the contract --- */

/* Each thing is asked for once, by the first Tab that needs it; at most two by one Tab. */
static void test_round_trips(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *line;
        const char *asked;
        const char *rest; /* by the next Tab, where one could not ask for all */
    } cases[] = {
        {"", "help\n", NULL},
        {"mig", "help\n", NULL},
        {"help ", "help\n", NULL},
        {"hmp ", "help\n", NULL},
        {"drive_del ", "help\n" ASK_BLOCK "\n", ASK_NODES "\n"},
        {"migrate_set_parameter mode ", ASK_PARAMETERS "\n" ASK_SCHEMA "\n", NULL},
        {"wait event ", ASK_SCHEMA "\n", NULL},
        {"info ", "help info\n", NULL},
        {"help info ", "help info\n", NULL},
        {"hmp info mi", "help info\n", NULL},
        {"migrate_set_capability ", ASK_CAPABILITIES "\n", NULL},
        {"migrate_set_parameter max", ASK_PARAMETERS "\n", NULL},
        {"qmp ", ASK_SCHEMA "\n", NULL},
        {"migrate_set_capability xbzrle ", "", NULL},
        {"migrate -", "", NULL},
        {"wait ", "", NULL},
        {"sleep ", "", NULL},
        {"nonsense and more ", "help\n", NULL},
        {"info block ", "help info\n" ASK_BLOCK "\n", ASK_NODES "\n"},
        {"peer info ", "", NULL},
    };
    g_autofree char *recording = recording_of("7.2");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        session_detach(prompt->session, FALSE);
        prompt->session->current = replayed_guest(prompt->session, "web01", recording);
        for (int round = 1; round <= 3; round++) {
            const char *rest = round > 1 && cases[i].rest ? cases[i].rest : "";
            g_autofree char *sent = g_strconcat(cases[i].asked, rest, NULL);
            g_autoptr(Candidates) found = candidates_find(prompt->session, cases[i].line);

            check_sent(prompt->session->current, sent);
            g_assert_cmpint(found->cut, ==, round == 1 && cases[i].rest);
        }
    }
    check_sent(prompt->session->peer, "help info\n");
}

/* A guest that is gone is not asked; hmpsh's own words are there still. */
static void test_lost(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    monitor_set_lost(prompt->session->current->monitor, "it was shut down");
    check_some(prompt, "", "migrate quit", "device_add");
    check_some(prompt, "info ", "migrate", "block");
    check(prompt, "migrate_set_capability ", "");
    check(prompt, "migrate_set_capability xbzrle ", "off on");
    check(prompt, "qmp ", "");
    check(prompt, "hmp ", "");
    check_sent(prompt->session->current, "");
    check(prompt, "peer device_a", "device_add");
    monitor_set_lost(prompt->session->peer->monitor, "it was shut down");
    check(prompt, "peer migrate_set_capability ", "");
    check(prompt, "peer info reg", "");
    check_sent(prompt->session->peer, "help\n");
}

static void test_no_guest(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    session_detach(prompt->session, FALSE);
    check_some(prompt, "", "migrate quit", "device_add");
    check(prompt, "migrate_set_parameter ", "");
    check(prompt, "migrate -", "-b -d -i -n -r");
}

static void test_list(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *hint = NULL;
    g_autofree char *nothing = NULL;
    g_autofree char *text =
        complete_list(prompt->session, "migrate_set_capability xbzrle o", &hint);
    g_autofree char *none = complete_list(prompt->session, "zzz", &nothing);

    g_assert_cmpstr(text, ==, "off\non\n");
    g_assert_null(hint);
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(nothing, ==, "no command begins with 'zzz'");
}

/* --- a QEMU that does not answer --- */

typedef struct {
    GMutex lock;
    GCond opened;
    gboolean open;
} Gate;

static void gate_set(Gate *gate, gboolean open)
{
    g_mutex_lock(&gate->lock);
    gate->open = open;
    g_cond_broadcast(&gate->opened);
    g_mutex_unlock(&gate->lock);
}

static char *gate_call(gpointer backing, const char *text G_GNUC_UNUSED, gboolean hmp G_GNUC_UNUSED,
                       GError **error G_GNUC_UNUSED)
{
    Gate *gate = backing;

    g_mutex_lock(&gate->lock);
    while (!gate->open) {
        g_cond_wait(&gate->opened, &gate->lock);
    }
    g_mutex_unlock(&gate->lock);
    return g_strdup("cont|c  -- resume emulation\r\n");
}

static void gate_free(gpointer backing G_GNUC_UNUSED)
{
}

static void test_stuck(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    static const MonitorMaker maker = {gate_call, NULL, NULL, gate_free, NULL};
    Guest *guest = prompt->session->current;
    Gate gate = {.open = FALSE};
    gint64 begin;
    double seconds;
    g_autofree char *text = NULL;

    monitor_close(guest->monitor);
    guest->monitor = monitor_new(&maker, &gate, "web01", prompt->session->bell);
    monitor_be_patient(guest->monitor, 0);
    g_assert_false(session_is_stuck(prompt->session));
    for (int i = 0; i < 3; i++) {
        begin = g_get_monotonic_time();
        check(prompt, "migrate_c", "migrate_cancel migrate_check migrate_continue");
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, 290 * 1000);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * G_USEC_PER_SEC);
        g_assert_null(monitor_pending(guest->monitor, &seconds)); /* no trace */
    }
    g_assert_true(session_is_stuck(prompt->session)); /* but leaving has to know */
    gate_set(&gate, TRUE);
    text = monitor_hmp(guest->monitor, "help", NULL);
    g_assert_cmpstr(text, ==, "cont|c  -- resume emulation\n");
    g_assert_false(session_is_stuck(prompt->session));
    check(prompt, "con", "cont");
}

static void add(const char *path, void (*func)(Prompt *, gconstpointer))
{
    g_test_add(path, Prompt, NULL, prompt_set_up, func, prompt_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/candidates/commands", test_commands);
    add("/candidates/info", test_info);
    add("/candidates/help", test_help);
    add("/candidates/flags", test_flags);
    add("/candidates/options", test_options);
    add("/candidates/migration-names", test_migration_names);
    add("/candidates/others", test_others);
    add("/candidates/peer", test_peer);
    add("/candidates/files", test_files);
    add("/candidates/inner-commands", test_inner_commands);
    add("/candidates/assert", test_assert);
    add("/candidates/round-trips", test_round_trips);
    add("/candidates/lost", test_lost);
    add("/candidates/no-guest", test_no_guest);
    add("/candidates/list", test_list);
    add("/candidates/stuck", test_stuck);
    return g_test_run();
}
