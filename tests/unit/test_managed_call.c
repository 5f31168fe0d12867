/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made of a command line for libvirt. */
#include <glib/gstdio.h>
#include <string.h>

#include "shell/error.h"
#include "tests/unit/managed.h"

/* The parameters as "key=value key=value". Free with g_free(). */
static char *dump(const ManagedCall *call)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < call->n_parameters; i++) {
        virTypedParameterPtr one = &call->parameters[i];

        g_string_append_printf(text, "%s%s=", i > 0 ? " " : "", one->field);
        switch (one->type) {
        case VIR_TYPED_PARAM_INT:
            g_string_append_printf(text, "%d", one->value.i);
            break;
        case VIR_TYPED_PARAM_ULLONG:
            g_string_append_printf(text, "%llu", one->value.ul);
            break;
        case VIR_TYPED_PARAM_STRING:
            g_string_append_printf(text, "'%s'", one->value.s);
            break;
        default:
            g_assert_not_reached();
        }
    }
    return g_strdup(text->str);
}

static const struct {
    const char *line;
    unsigned flags;
    const char *parameters;
} GOOD[] = {
    {"", VIR_MIGRATE_LIVE, ""},
    {"--live", VIR_MIGRATE_LIVE, ""},
    {"--no-live", 0, ""},
    {"--offline --persistent", VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST, ""},
    {"--p2p --tunnelled", VIR_MIGRATE_LIVE | VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_TUNNELLED, ""},
    {"--live --persistent --undefinesource --suspend",
     VIR_MIGRATE_LIVE | VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE | VIR_MIGRATE_PAUSED,
     ""},
    {"--bandwidth 40", VIR_MIGRATE_LIVE, "bandwidth=40"},
    {"--bandwidth 1G", VIR_MIGRATE_LIVE, "bandwidth=1024"},
    {"--bandwidth=1024k", VIR_MIGRATE_LIVE, "bandwidth=1"},
    {"--bandwidth 0", VIR_MIGRATE_LIVE, "bandwidth=0"},
    {"--postcopy --postcopy-bandwidth 20", VIR_MIGRATE_LIVE | VIR_MIGRATE_POSTCOPY,
     "bandwidth.postcopy=20"},
    {"--available-switchover-bandwidth 1000", VIR_MIGRATE_LIVE, "bandwidth.avail.switchover=1000"},
    {"--compressed --comp-methods xbzrle --comp-xbzrle-cache 128",
     VIR_MIGRATE_LIVE | VIR_MIGRATE_COMPRESSED,
     "compression='xbzrle' compression.xbzrle.cache=134217728"},
    {"--comp-methods mt,xbzrle --comp-mt-level 9", VIR_MIGRATE_LIVE,
     "compression='mt' compression='xbzrle' compression.mt.level=9"},
    {"--parallel --parallel-connections 4 --comp-methods zstd --comp-zstd-level 20",
     VIR_MIGRATE_LIVE | VIR_MIGRATE_PARALLEL,
     "parallel.connections=4 compression='zstd' compression.zstd.level=20"},
    {"--copy-storage-all --migrate-disks vda,vdb --disks-port 49300",
     VIR_MIGRATE_LIVE | VIR_MIGRATE_NON_SHARED_DISK,
     "migrate_disks='vda' migrate_disks='vdb' disks_port=49300"},
    {"--auto-converge --auto-converge-initial 60 --auto-converge-increment 20",
     VIR_MIGRATE_LIVE | VIR_MIGRATE_AUTO_CONVERGE,
     "auto_converge.initial=60 auto_converge.increment=20"},
    {"--migrateuri tcp://10.0.0.2:5000 --listen-address 10.0.0.2 --dname h --graphicsuri "
     "vnc://there",
     VIR_MIGRATE_LIVE,
     "migrate_uri='tcp://10.0.0.2:5000' destination_name='h' graphics_uri='vnc://there' "
     "listen_address='10.0.0.2'"},
    {"--tls --migrateuri unix:///s --tls-destination there", VIR_MIGRATE_LIVE | VIR_MIGRATE_TLS,
     "migrate_uri='unix:///s' tls.destination='there'"},
};

static void test_good(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        g_auto(ManagedCall) call = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *parameters = NULL;

        managed_make(&call, GOOD[i].line, 0, NULL, &error);
        g_assert_no_error(error);
        parameters = dump(&call);
        g_assert_cmphex(call.flags, ==, GOOD[i].flags);
        g_assert_cmpstr(parameters, ==, GOOD[i].parameters);
        g_assert_cmpint(call.driver, ==,
                        call.flags & VIR_MIGRATE_PEER2PEER ? MANAGED_BY_SOURCE : MANAGED_BY_CLIENT);
    }
}

/* Every flag that is given alone, or with what it needs, arrives. */
static void test_every_flag(void)
{
    static const char *const NEEDS[][2] = {
        {"offline", "--persistent"},
        {"tunnelled", "--p2p"},
        {"zerocopy", "--parallel"},
        {"postcopy-resume", "--postcopy"},
        {"copy-storage-synchronous-writes", "--copy-storage-all"}};

    const ManagedOption *option;

    for (guint i = 0; (option = managed_option_at(i)); i++) {
        g_autofree char *line = NULL;
        g_auto(ManagedCall) call = {0};
        g_autoptr(GError) error = NULL;
        const char *more = "";

        if (option->kind != MANAGED_SET || !option->bit) {
            continue;
        }

        for (guint k = 0; k < G_N_ELEMENTS(NEEDS); k++) {
            more = strcmp(NEEDS[k][0], option->option) == 0 ? NEEDS[k][1] : more;
        }
        line = g_strdup_printf("--%s %s", option->option, more);
        managed_make(&call, line, 0, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmphex(call.flags & option->bit, ==, option->bit);
    }
}

static const struct {
    const char *line;
    const char *message;
} BAD_VALUES[] = {
    {"--bandwidth 512k", "--bandwidth: libvirt takes whole MiB/s, e.g. 40 or 1G"},
    {"--bandwidth 1.5", "--bandwidth: libvirt takes whole MiB/s, e.g. 40 or 1G"},
    {"--parallel --parallel-connections 0",
     "--parallel-connections: a number from 1 to 255, not '0'"},
    {"--parallel --parallel-connections 256",
     "--parallel-connections: a number from 1 to 255, not '256'"},
    {"--auto-converge --auto-converge-initial 20%",
     "--auto-converge-initial: a number from 1 to 99, not '20%'"},
    {"--disks-port -1", "--disks-port: a number from 0 to 65535, not '-1'"},
    {"--disks-port 65536", "--disks-port: a number from 0 to 65535, not '65536'"},
    {"--comp-methods xbzrle --comp-xbzrle-cache 100",
     "--comp-xbzrle-cache: a power of two, e.g. 64 (MiB) or 512k"},
    {"--comp-methods xbzrle --comp-xbzrle-cache 0",
     "--comp-xbzrle-cache: a power of two, e.g. 64 (MiB) or 512k"},
    {"--comp-methods lzo", "--comp-methods: 'lzo' is none of xbzrle, mt, zlib, zstd"},
    {"--comp-methods mt,mt", "--comp-methods: 'mt' is given twice"},
    {"--copy-storage-all --migrate-disks vda,,vdb", "--migrate-disks: an empty word in 'vda,,vdb'"},
    {"--dname \"\"", "--dname: the guest's name at the destination"},
};

static void test_bad_values(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(BAD_VALUES); i++) {
        g_auto(ManagedCall) call = {0};
        g_autoptr(GError) error = NULL;

        g_assert_false(managed_make(&call, BAD_VALUES[i].line, 0, NULL, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
        g_assert_cmpstr(error->message, ==, BAD_VALUES[i].message);
    }
}

static void test_files(void)
{
    g_autofree char *directory = g_dir_make_tmp("managed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "g.xml", NULL);
    g_autofree char *line =
        g_strdup_printf("--xml %s --persistent --persistent-xml %s", path, path);
    g_auto(ManagedCall) call = {0}, none = {0}, binary = {0};
    g_autofree char *parameters = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_false(managed_make(&none, line, 0, NULL, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "--xml: "));
    g_assert_nonnull(strstr(error->message, "g.xml"));
    g_clear_error(&error);

    g_assert_true(g_file_set_contents(path, "<domain/>\n", -1, NULL));
    managed_make(&call, line, 0, NULL, &error);
    g_assert_no_error(error);
    parameters = dump(&call);
    g_assert_cmpstr(parameters, ==, "destination_xml='<domain/>\n' persistent_xml='<domain/>\n'");

    g_assert_true(g_file_set_contents(path, "<a\0b>", 5, NULL));
    g_assert_false(managed_make(&binary, line, 0, NULL, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_true(g_str_has_suffix(error->message, "is no XML"));
    g_unlink(path);
    g_rmdir(directory);
}

static void test_sides(void)
{
    static const struct {
        const char *line;
        ManagedSides sides;
        const char *message; /* NULL: it can be */
    } SIDES[] = {
        {"--postcopy --parallel", {.qemu = 1001}, NULL},
        {"--postcopy --parallel", {.qemu = 0}, NULL},
        {"--comp-methods mt", {.qemu = 900}, NULL},
        {"--comp-methods mt", {.qemu = 0}, NULL},
        {"--parallel --zerocopy", {.libvirt = 8005000}, NULL},
        {"--parallel --zerocopy",
         {.libvirt = 8002000},
         "--zerocopy: since libvirt 8.5.0 only (one side has 8.2.0)"},
        {"--available-switchover-bandwidth 100",
         {.libvirt = 9000000},
         "--available-switchover-bandwidth: since libvirt 11.1.0 only (one side has 9.0.0)"},
        {"--bandwidth 10", {.libvirt = 9000000, .qemu = 702}, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(SIDES); i++) {
        g_auto(ManagedCall) call = {0};
        g_autoptr(GError) error = NULL;

        managed_make(&call, SIDES[i].line, 0, &SIDES[i].sides, &error);
        if (SIDES[i].message) {
            g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
            g_assert_cmpstr(error->message, ==, SIDES[i].message);
        } else {
            g_assert_no_error(error);
        }
    }
}

/* Flags that a letter stands for count as if they were typed. */
static void test_more(void)
{
    g_auto(ManagedCall) all = {0}, both = {0}, offline = {0};
    g_autoptr(GError) error = NULL;

    managed_make(&all, "-b --migrate-disks vda", VIR_MIGRATE_NON_SHARED_DISK, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmphex(all.flags, ==, VIR_MIGRATE_LIVE | VIR_MIGRATE_NON_SHARED_DISK);
    g_assert_cmpint(all.n_parameters, ==, 1);

    g_assert_false(
        managed_make(&both, "-b --copy-storage-inc", VIR_MIGRATE_NON_SHARED_DISK, NULL, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_clear_error(&error);

    managed_make(&offline, "--persistent", VIR_MIGRATE_OFFLINE, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmphex(offline.flags, ==, VIR_MIGRATE_OFFLINE | VIR_MIGRATE_PERSIST_DEST);
}

static void test_uri(void)
{
    static const char *const LIBVIRTS[] = {"qemu+ssh://h/system", "qemu+tcp://h/system",
                                           "qemu+tls://h/system", "qemu+unix:///system?socket=/s",
                                           "qemu:///system",      "qemu://h/system"};
    static const char *const QEMUS[] = {"tcp:h:1",        "unix:/qemu:", "peer", "qemu",
                                        "file:/qemu+ssh", "rdma:h:1",    ""};

    for (guint i = 0; i < G_N_ELEMENTS(LIBVIRTS); i++) {
        g_assert_true(managed_is_uri(LIBVIRTS[i]));
    }
    for (guint i = 0; i < G_N_ELEMENTS(QEMUS); i++) {
        g_assert_false(managed_is_uri(QEMUS[i]));
    }
}

/* With a URI of QEMU's none of libvirt's options is taken. */
static void test_refuse(void)
{
    static const struct {
        const char *line;
        const char *uri;
        const char *refused; /* NULL: none is */
    } LINES[] = {
        {"migrate -b tcp:h:1", "tcp:h:1", NULL},
        {"migrate -b --p2p qemu+ssh://h/system", "qemu+ssh://h/system", NULL},
        {"migrate -b --p2p tcp:h:1", "tcp:h:1", "--p2p"},
        {"migrate --live peer", "peer", "--live"},
        {"migrate --bandwidth=10 unix:/s", "unix:/s", "--bandwidth"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(LINES); i++) {
        g_auto(Arguments) arguments = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *message = g_strdup_printf(
            "%s is libvirt's: it goes with a libvirt URI (qemu+ssh://HOST/system), not with '%s'",
            LINES[i].refused, LINES[i].uri);
        gboolean good;

        managed_parse(&arguments, LINES[i].line);
        good = managed_call_refuse(&arguments, LINES[i].uri, &error);
        if (LINES[i].refused) {
            g_assert_false(good);
            g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
            g_assert_cmpstr(error->message, ==, message);
        } else {
            g_assert_no_error(error);
            g_assert_true(good);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/managed_call/good", test_good);
    g_test_add_func("/managed_call/every-flag", test_every_flag);
    g_test_add_func("/managed_call/bad-values", test_bad_values);
    g_test_add_func("/managed_call/files", test_files);
    g_test_add_func("/managed_call/sides", test_sides);
    g_test_add_func("/managed_call/more", test_more);
    g_test_add_func("/managed_call/uri", test_uri);
    g_test_add_func("/managed_call/refuse", test_refuse);
    return g_test_run();
}
