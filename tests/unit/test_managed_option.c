/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of options of a managed migration, against libvirt's own header. */
#include <stdlib.h>
#include <string.h>

#include "commands/reference.h"
#include "tests/unit/managed.h"

static const struct {
    const char *option;
    unsigned bit;
} BITS[] = {
    {"live", VIR_MIGRATE_LIVE},
    {"p2p", VIR_MIGRATE_PEER2PEER},
    {"tunnelled", VIR_MIGRATE_TUNNELLED},
    {"persistent", VIR_MIGRATE_PERSIST_DEST},
    {"undefinesource", VIR_MIGRATE_UNDEFINE_SOURCE},
    {"suspend", VIR_MIGRATE_PAUSED},
    {"copy-storage-all", VIR_MIGRATE_NON_SHARED_DISK},
    {"copy-storage-inc", VIR_MIGRATE_NON_SHARED_INC},
    {"change-protection", VIR_MIGRATE_CHANGE_PROTECTION},
    {"unsafe", VIR_MIGRATE_UNSAFE},
    {"offline", VIR_MIGRATE_OFFLINE},
    {"compressed", VIR_MIGRATE_COMPRESSED},
    {"abort-on-error", VIR_MIGRATE_ABORT_ON_ERROR},
    {"auto-converge", VIR_MIGRATE_AUTO_CONVERGE},
    {"rdma-pin-all", VIR_MIGRATE_RDMA_PIN_ALL},
    {"postcopy", VIR_MIGRATE_POSTCOPY},
    {"tls", VIR_MIGRATE_TLS},
    {"parallel", VIR_MIGRATE_PARALLEL},
    {"copy-storage-synchronous-writes", VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES},
    {"postcopy-resume", 1 << 19}, /* not declared before 8.5 */
    {"zerocopy", 1 << 20},
};

static char *libvirt_header(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("LIBVIRT_INCLUDE"), "libvirt", "libvirt-domain.h", NULL);
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void test_bits(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(BITS); i++) {
        const ManagedOption *option = managed_option_find(BITS[i].option);

        g_test_message("%s", BITS[i].option);
        g_assert_nonnull(option);
        g_assert_cmpuint(option->bit, ==, BITS[i].bit);
        g_assert_true(managed_option_of_bit(BITS[i].bit) == option);
    }
    g_assert_null(managed_option_of_bit(0));
    g_assert_null(managed_option_of_bit(1u << 31));
}

/* The text between a header's "Since: " that follows @from and the end of its line. */
static char *since_after(const char *from)
{
    const char *since = strstr(from, "Since: ");

    g_assert_nonnull(since);
    since += strlen("Since: ");
    return g_strndup(since, strspn(since, "0123456789."));
}

/* The header's text from @begin's first appearance up to @end. */
static char *section(const char *header, const char *begin, const char *end)
{
    const char *from = strstr(header, begin);
    const char *to = from ? strstr(from, end) : NULL;

    g_assert_nonnull(to);
    return g_strndup(from, (gsize)(to - from));
}

static guint count(const char *text, const char *what)
{
    guint n = 0;

    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

/* No flag of the libvirt that this is built with is missing. Its "Since" stands before each. */
static void test_header_flags(void)
{
    g_autofree char *header = libvirt_header();
    g_autofree char *flags = section(header, "* virDomainMigrateFlags:", "} virDomainMigrateFlags");
    g_autoptr(GRegex) regex = g_regex_new(
        "Since: ([0-9.]+)\\s+\\*/\\s+(VIR_MIGRATE_\\w+) = \\(1 << (\\d+)\\)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint n = 0;

    for (g_regex_match(regex, flags, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *since = g_match_info_fetch(match, 1);
        g_autofree char *name = g_match_info_fetch(match, 2);
        g_autofree char *shift = g_match_info_fetch(match, 3);
        const ManagedOption *option = managed_option_of_bit(1u << atoi(shift));

        g_test_message("%s", name);
        g_assert_nonnull(option);
        g_assert_cmpstr(option->since, ==, since);
        n++;
    }
    g_assert_cmpuint(n, >=, 19); /* 8.2 has as many */
    g_assert_cmpuint(n, ==, count(flags, "(1 <<"));
}

static const ManagedOption *find_key(const char *key)
{
    const ManagedOption *option;

    for (guint i = 0; (option = managed_option_at(i)); i++) {
        if (g_strcmp0(option->key, key) == 0) {
            return option;
        }
    }
    return NULL;
}

/* What the header says that a parameter is ("as VIR_TYPED_PARAM_ULLONG"); NULL: it does not. */
static const char *type_in(const char *comment)
{
    static const char *const TYPES[] = {"VIR_TYPED_PARAM_STRING", "VIR_TYPED_PARAM_ULLONG",
                                        "VIR_TYPED_PARAM_INT", NULL};

    if (strstr(comment, "multiple field")) {
        return "multiple";
    }
    for (guint i = 0; TYPES[i]; i++) {
        if (strstr(comment, TYPES[i])) {
            return TYPES[i];
        }
    }
    return NULL;
}

static const char *type_of(const ManagedOption *option)
{
    switch (option->kind) {
    case MANAGED_RATE:
    case MANAGED_SIZE:
        return "VIR_TYPED_PARAM_ULLONG";
    case MANAGED_NUMBER:
        return "VIR_TYPED_PARAM_INT";
    case MANAGED_LIST:
    case MANAGED_DISKS:
        return "multiple";
    default:
        return "VIR_TYPED_PARAM_STRING";
    }
}

/* The same of the parameters, with their keys and types. */
static void test_header_parameters(void)
{
    g_autofree char *header = libvirt_header();
    g_autoptr(GRegex) regex = g_regex_new(
        "/\\*\\*\\n \\* (VIR_MIGRATE_PARAM_\\w+):(.*?)\\*/\\s*# *define \\1\\s+\"([^\"]+)\"",
        G_REGEX_DOTALL, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint n = 0;

    for (g_regex_match(regex, header, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        g_autofree char *comment = g_match_info_fetch(match, 2);
        g_autofree char *key = g_match_info_fetch(match, 3);
        g_autofree char *since = since_after(comment);
        const ManagedOption *option = find_key(key);

        g_test_message("%s", name);
        g_assert_nonnull(option);
        g_assert_cmpstr(option->since, ==, since);
        g_assert_cmpstr(type_of(option), ==, type_in(comment) ? type_in(comment) : type_of(option));
        n++;
    }
    g_assert_cmpuint(n, >=, 20); /* 8.2 has as many */
    g_assert_cmpuint(n, ==, count(header, "define VIR_MIGRATE_PARAM_"));
    g_assert_nonnull(find_key("compression.zlib.level"));
    g_assert_nonnull(find_key("compression.zstd.level"));
    g_assert_nonnull(find_key("migrate_disks_detect_zeroes"));
    g_assert_nonnull(find_key("bandwidth.avail.switchover"));
}

static void test_rows(void)
{
    static const Command *const TABLE[] = {managed_rows, NULL};
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *wrong = reference_check(TABLE);
    const ManagedOption *option;

    g_assert_cmpstr(wrong, ==, "");
    for (guint i = 0; (option = managed_option_at(i)); i++) {
        const Argument *argument =
            command_find_option(managed_rows, option->option, strlen(option->option));

        g_test_message("%s", option->option);
        g_assert_true(g_hash_table_add(names, (char *)option->option));
        g_assert_nonnull(argument);
        g_assert_cmpstr(argument->help, ==, option->help);
        g_assert_cmpint(argument->kind == ARGUMENT_FLAG, ==, managed_option_is_flag(option));
        g_assert_cmpuint(strlen(option->help), <=, 76);
        g_assert_false(g_str_has_suffix(option->help, "."));
        g_assert_true(g_str_has_suffix(option->explanation, "."));
        g_assert_cmpint(option->key != NULL, ==, !managed_option_is_flag(option));
        g_assert_true(option->kind != MANAGED_NUMBER || option->max > option->min);
    }
}

static void test_find(void)
{
    g_autofree char *flag = managed_option_explain(managed_option_find("--zerocopy"));
    g_autofree char *parameter = managed_option_explain(managed_option_find("bandwidth"));

    g_assert_null(managed_option_find("timeout"));
    g_assert_null(managed_option_find(""));
    g_assert_true(g_str_has_prefix(flag, "--zerocopy: memory is sent without copying it"));
    g_assert_true(g_str_has_suffix(flag, "\n(libvirt: flag 1048576, since 8.5.0)"));
    g_assert_true(g_str_has_prefix(parameter, "--bandwidth RATE: "));
    g_assert_true(g_str_has_suffix(parameter, "\n(libvirt: parameter bandwidth, since 1.1.0)"));
    g_assert_true(managed_option_is_in(managed_option_find("zerocopy"), 8005000));
    g_assert_false(managed_option_is_in(managed_option_find("zerocopy"), 8004999));
    g_assert_true(managed_option_is_in(managed_option_find("zerocopy"), 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/managed_option/bits", test_bits);
    g_test_add_func("/managed_option/header-flags", test_header_flags);
    g_test_add_func("/managed_option/header-parameters", test_header_parameters);
    g_test_add_func("/managed_option/rows", test_rows);
    g_test_add_func("/managed_option/find", test_find);
    return g_test_run();
}
