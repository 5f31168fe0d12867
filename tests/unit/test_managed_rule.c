/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What options of a managed migration exclude and need. */
#include "commands/migration/managed/managed_rule.h"

#include <string.h>

#include "shell/error.h"
#include "tests/unit/managed.h"

static const struct {
    const char *line;
    const char *message; /* its beginning */
    guint qemu;          /* 0: with any */
} IMPOSSIBLE[] = {
    {"--direct", "--direct cannot be", 0},
    {"--no-live --live", "--no-live and --live exclude one another", 0},
    {"--live --offline --persistent", "--offline and --live exclude one another", 0},
    {"--offline", "--offline needs --persistent", 0},
    {"--offline --persistent --copy-storage-all",
     "--offline and --copy-storage-all exclude one another", 0},
    {"--offline --persistent --copy-storage-inc",
     "--offline and --copy-storage-inc exclude one another", 0},
    {"--offline --persistent --p2p --tunnelled", "--offline and --tunnelled exclude one another",
     0},
    {"--postcopy --no-live", "--postcopy needs --live", 0},
    {"--postcopy --offline --persistent", "--offline and --postcopy exclude one another", 0},
    {"--postcopy --suspend", "--postcopy and --suspend exclude one another", 0},
    {"--postcopy --p2p --tunnelled", "--postcopy and --tunnelled exclude one another", 0},
    {"--zerocopy", "--zerocopy needs --parallel", 0},
    {"--migrate-disks vda", "--migrate-disks needs --copy-storage-all or --copy-storage-inc", 0},
    {"--migrate-disks-detect-zeroes vda", "--migrate-disks-detect-zeroes needs --copy-storage-all",
     0},
    {"--postcopy-resume", "--postcopy-resume needs --postcopy", 0},
    {"--tunnelled", "--tunnelled needs --p2p", 0},
    {"--p2p --tunnelled --parallel", "--tunnelled and --parallel exclude one another", 0},
    {"--copy-storage-all --copy-storage-inc",
     "--copy-storage-all and --copy-storage-inc exclude one another", 0},
    {"--copy-storage-synchronous-writes",
     "--copy-storage-synchronous-writes needs --copy-storage-all or --copy-storage-inc", 0},
    {"--p2p --tunnelled --copy-storage-inc",
     "--tunnelled and --copy-storage-inc exclude one another", 0},
    {"--p2p --tunnelled --tls", "--tunnelled and --tls exclude one another", 0},
    {"--p2p --tunnelled --migrateuri tcp://h:1", "--tunnelled and --migrateuri exclude one another",
     0},
    {"--p2p --tunnelled --listen-address h", "--tunnelled and --listen-address exclude one another",
     0},
    {"--postcopy --parallel", "--postcopy and --parallel exclude one another", 1000},
    {"--parallel --zerocopy --tls", "--zerocopy and --tls exclude one another", 0},
    {"--parallel --zerocopy --compressed --comp-methods zstd",
     "--zerocopy and --compressed exclude one another", 0},
    {"--comp-methods mt", "--comp-methods mt cannot be", 901},
    {"--parallel --comp-methods mt", "--comp-methods mt and --parallel exclude one another", 0},
    {"--parallel --comp-methods xbzrle", "--comp-methods xbzrle and --parallel exclude one another",
     0},
    {"--comp-methods zlib", "--comp-methods zlib needs --parallel", 0},
    {"--comp-methods zstd", "--comp-methods zstd needs --parallel", 0},
    {"--parallel --comp-methods zlib,zstd",
     "--comp-methods zlib and --comp-methods zstd exclude one another", 0},
    {"--compressed --parallel", "--compressed with --parallel needs --comp-methods", 0},
    {"--comp-methods xbzrle --comp-mt-level 1", "--comp-mt-level needs --comp-methods mt", 0},
    {"--comp-mt-threads 1", "--comp-mt-threads needs --comp-methods mt", 0},
    {"--comp-mt-dthreads 1", "--comp-mt-dthreads needs --comp-methods mt", 0},
    {"--compressed --comp-xbzrle-cache 64", "--comp-xbzrle-cache needs --comp-methods xbzrle", 0},
    {"--comp-zlib-level 1", "--comp-zlib-level needs --comp-methods zlib", 0},
    {"--comp-zstd-level 1", "--comp-zstd-level needs --comp-methods zstd", 0},
    {"--auto-converge-initial 10", "--auto-converge-initial needs --auto-converge", 0},
    {"--auto-converge-increment 10", "--auto-converge-increment needs --auto-converge", 0},
    {"--parallel-connections 2", "--parallel-connections needs --parallel", 0},
    {"--disks-uri tcp://h:1 --disks-port 1", "--disks-uri and --disks-port exclude one another", 0},
    {"--persistent-xml f", "--persistent-xml needs --persistent", 0},
    {"--tls-destination h", "--tls-destination needs --tls", 0},
    {"--tls --migrateuri unix:///s", "--tls with --migrateuri unix: needs --tls-destination", 0},
};

/* Every one of them is refused, and no rule is left that none of them breaks. */
static void test_impossible(void)
{
    g_autoptr(GHashTable) broken = g_hash_table_new(g_direct_hash, g_direct_equal);
    const ManagedRule *rule;

    for (guint i = 0; i < G_N_ELEMENTS(IMPOSSIBLE); i++) {
        ManagedSides sides = {.qemu = IMPOSSIBLE[i].qemu};
        g_auto(ManagedCall) call = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *begin = g_strdup_printf("--%s", IMPOSSIBLE[i].message + 2);

        g_assert_false(managed_make(&call, IMPOSSIBLE[i].line, 0, &sides, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, begin));
        for (guint k = 0; (rule = managed_rule_at(k)); k++) {
            g_autofree char *option =
                g_strdelimit(g_strconcat("--", rule->option, " ", NULL), "=", ' ');

            if (g_str_has_prefix(error->message, option) && strstr(error->message, rule->reason)) {
                g_hash_table_add(broken, (gpointer)rule);
            }
        }
    }
    for (guint k = 0; (rule = managed_rule_at(k)); k++) {
        g_test_message("%s: %s", rule->option, rule->reason);
        g_assert_true(g_hash_table_contains(broken, rule));
    }
}

/* Whatever a rule names exists, and what is refused because of a QEMU only is so for that alone. */
static void test_rules(void)
{
    const ManagedRule *rule;

    for (guint k = 0; (rule = managed_rule_at(k)); k++) {
        g_autofree char *all = g_strjoin(" ", rule->option, rule->with ? rule->with : rule->option,
                                         rule->others, NULL);
        g_auto(GStrv) names = g_strsplit(all, " ", -1);

        for (guint i = 0; names[i]; i++) {
            g_auto(GStrv) parts = g_strsplit(names[i], "=", 2);
            const ManagedOption *option = managed_option_find(parts[0]);

            g_test_message("%s", names[i]);
            g_assert_nonnull(option);
            g_assert_true(!parts[1] || option->kind == MANAGED_TEXT ||
                          g_strv_contains(managed_methods, parts[1]));
        }
        g_assert_cmpint(rule->kind == RULE_NEVER, ==, rule->others == NULL);
        g_assert_false(g_str_has_suffix(rule->reason, "."));
        g_assert_false(rule->way_out && g_str_has_suffix(rule->way_out, "."));
    }
}

/* The sentence of the rule of @option on @others. Free with g_free(). */
static char *describe(const char *option, const char *others)
{
    const ManagedRule *rule;

    for (guint i = 0; (rule = managed_rule_at(i)); i++) {
        if (strcmp(rule->option, option) == 0 && g_strcmp0(rule->others, others) == 0) {
            return managed_rule_describe(rule);
        }
    }
    g_assert_not_reached();
}

static void test_describe(void)
{
    static const char *const SENTENCES[][3] = {
        {"direct", NULL,
         "--direct cannot be: direct migration is not supported by libvirt's driver for QEMU; "
         "--p2p "
         "leaves the work to the source; a raw migration (tcp:...) is QEMU's alone."},
        {"migrate-disks", "copy-storage-all copy-storage-inc",
         "--migrate-disks needs --copy-storage-all or --copy-storage-inc: it chooses among the "
         "disks that are copied."},
        {"zerocopy", "tls compressed comp-methods",
         "--zerocopy cannot stand with --tls, --compressed or --comp-methods: what is encrypted or "
         "compressed is a copy; leave out --zerocopy."},
        {"comp-methods=mt", NULL,
         "--comp-methods mt cannot be from QEMU 9.1 on: gone since QEMU 9.1; --parallel with "
         "--comp-methods zlib or zstd."},
        {"postcopy", "parallel",
         "--postcopy cannot stand with --parallel before QEMU 10.1: QEMU can do both at once since "
         "10.1 only; leave out one of them."},
        {"tls", "tls-destination",
         "--tls with --migrateuri unix: needs --tls-destination: a socket has no host's name to "
         "compare with the certificate."},
    };

    for (guint i = 0; i < G_N_ELEMENTS(SENTENCES); i++) {
        g_autofree char *sentence = describe(SENTENCES[i][0], SENTENCES[i][1]);

        g_assert_cmpstr(sentence, ==, SENTENCES[i][2]);
    }
}

/* Only what holds always is forbidden beforehand. */
static void test_forbids(void)
{
    g_assert_true(managed_rule_forbids("tunnelled", "postcopy"));
    g_assert_true(managed_rule_forbids("postcopy", "tunnelled"));
    g_assert_true(managed_rule_forbids("migrateuri", "tunnelled"));
    g_assert_true(managed_rule_forbids("direct", NULL));
    g_assert_false(managed_rule_forbids("tunnelled", "p2p"));
    g_assert_false(managed_rule_forbids("postcopy", "parallel"));     /* with some QEMUs */
    g_assert_false(managed_rule_forbids("comp-methods", "parallel")); /* with some values */
    g_assert_false(managed_rule_forbids("tls", NULL));
}

/* An option is explained with the rules of both sides, and no others. */
static void test_explain(void)
{
    const Argument *parallel = command_find_option(managed_rows, "parallel", strlen("parallel"));
    const Argument *suspend = command_find_option(managed_rows, "suspend", strlen("suspend"));
    g_autofree char *much = parallel->explain(parallel);
    g_autofree char *little = suspend->explain(suspend);

    g_assert_true(g_str_has_prefix(much, "--parallel: memory goes through several connections"));
    g_assert_nonnull(strstr(much, "\n(libvirt: flag 131072, since 5.2.0)\n"));
    g_assert_nonnull(strstr(much, "\n--zerocopy needs --parallel: "));
    g_assert_nonnull(strstr(much, "\n--tunnelled cannot stand with --parallel: "));
    g_assert_nonnull(strstr(much, "\n--comp-methods zstd needs --parallel: "));
    g_assert_nonnull(strstr(much, "\n--compressed with --parallel needs --comp-methods: "));
    g_assert_null(strstr(much, "--offline"));
    g_assert_true(g_str_has_suffix(little,
                                   "\n--postcopy cannot stand with --suspend: the guest must "
                                   "run there to ask for its pages; 'stop' it when it has "
                                   "arrived."));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/managed_rule/impossible", test_impossible);
    g_test_add_func("/managed_rule/rules", test_rules);
    g_test_add_func("/managed_rule/describe", test_describe);
    g_test_add_func("/managed_rule/forbids", test_forbids);
    g_test_add_func("/managed_rule/explain", test_explain);
    return g_test_run();
}
