/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read from QEMU's help, and text tables. */
#include <string.h>

#include "shell/hmp_help.h"
#include "shell/table.h"
#include "tests/unit/transcript.h"

static GPtrArray *read_help(const char *version, const char *file)
{
    g_autofree char *text = transcript_text(version, file);

    return hmp_help_parse(text);
}

static const HmpHelp *find(const GPtrArray *entries, const char *name)
{
    for (guint i = 0; i < entries->len; i++) {
        const HmpHelp *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->name, name) == 0) {
            return entry;
        }
    }
    return NULL;
}

static void check_entry(const GPtrArray *entries, const char *name, const char *params,
                        const char *help)
{
    const HmpHelp *entry = find(entries, name);

    g_test_message("%s", name);
    g_assert_nonnull(entry);
    g_assert_cmpstr(entry->params, ==, params);
    g_assert_cmpstr(entry->help, ==, help);
}

/* Every line is one command, but those that begin with a tab, or with "[": drive_add's parameters.
 */
static void check_complete(const char *version, const char *file, const char *prefix)
{
    g_autofree char *text = transcript_text(version, file);
    g_autoptr(GPtrArray) entries = hmp_help_parse(text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = 0;

    for (char **line = lines; *line; line++) {
        g_autofree char *name = NULL;

        if (!**line || **line == '\t' || **line == '[') {
            continue;
        }
        g_assert_true(g_str_has_prefix(*line, prefix));
        name = g_strndup(*line + strlen(prefix), strcspn(*line + strlen(prefix), " "));
        g_assert_cmpuint(count, <, entries->len);
        g_assert_cmpstr(((HmpHelp *)g_ptr_array_index(entries, count))->name, ==, name);
        count++;
    }
    g_assert_cmpuint(entries->len, ==, count);
}

static void test_help(gconstpointer version)
{
    g_autoptr(GPtrArray) entries = read_help(version, "help-all.txt");
    gboolean old = strcmp(version, "7.2") == 0;

    check_complete(version, "help-all.txt", "");
    g_assert_cmpuint(entries->len, ==, old ? 108 : 110);
    check_entry(entries, "migrate_cancel", "", "cancel the current VM migration");
    check_entry(entries, "migrate", old ? "[-d] [-b] [-i] [-r] uri" : "[-d] [-r] uri",
                "migrate to URI (using -d to not wait for completion)");
    check_entry(entries, "cont|c", "", "resume emulation");
    check_entry(entries, "help|?", "[cmd]", "show the help");
    check_entry(entries, "info", "[subcommand]", "show various information about the system state");
    check_entry(entries, "drive_add",
                "[-n] [[<domain>:]<bus>:]<slot>\n[file=file][,if=type][,bus=n]\n"
                "[,unit=m][,media=d][,index=i]\n[,snapshot=on|off][,cache=on|off]\n"
                "[,readonly=on|off][,copy-on-read=on|off]",
                "add drive to PCI storage controller");
    check_entry(entries, "device_add", "driver[,prop=value][,...]",
                "add device, like -device on the command line");
    g_assert_null(find(entries, "[subcommand]"));
}

static void test_help_info(gconstpointer version)
{
    g_autoptr(GPtrArray) entries = read_help(version, "help-info.txt");

    check_complete(version, "help-info.txt", "info ");
    check_entry(entries, "migrate", "", "show migration status");
    check_entry(entries, "block", "[-n] [-v] [device]",
                "show info of one block device or all block devices (-n: show named nodes; -v: "
                "show details)");
    g_assert_null(find(entries, "info"));
}

static void test_help_odd(void)
{
    g_autoptr(GPtrArray) none = hmp_help_parse("");
    g_autoptr(GPtrArray) junk = hmp_help_parse("unknown command: 'help'\n\n\t\t\t x -- y\n--\n");
    g_autoptr(GPtrArray) odd = hmp_help_parse("a  -- x -- y\n"
                                              "b p1 p2 -- \n"
                                              "c -- no parameters\n"
                                              "info info  -- itself\n"
                                              "d  -- the last line");

    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(junk->len, ==, 0);
    g_assert_cmpuint(odd->len, ==, 5);
    check_entry(odd, "a", "", "x -- y");
    check_entry(odd, "b", "p1 p2", "");
    check_entry(odd, "c", "", "no parameters");
    check_entry(odd, "info", "", "itself");
    check_entry(odd, "d", "", "the last line");
}

/* --- tables --- */

static void check_table(Table *table, const char *expected)
{
    g_autoptr(GString) out = g_string_new("> ");

    table_print(table, 0, out);
    g_assert_true(g_str_has_prefix(out->str, "> "));
    g_assert_cmpstr(out->str + 2, ==, expected);
}

static void test_table(void)
{
    g_autoptr(Table) table = table_new("Id", "Name", "State", NULL);

    check_table(table, "Id  Name  State\n");
    table_add(table, "1", "web01", "running", NULL);
    table_add(table, "-", "a long name", "", NULL);
    table_add(table, "", "", "", NULL);
    check_table(table, "Id  Name         State\n"
                       "1   web01        running\n"
                       "-   a long name\n"
                       "\n");
}

static void test_one_column(void)
{
    g_autoptr(Table) table = table_new("Name", NULL);

    table_add(table, "web01  ", NULL);
    table_add(table, "", NULL);
    check_table(table, "Name\nweb01\n\n");
}

/* Columns line up by what a terminal shows. */
static void test_widths(void)
{
    g_autoptr(Table) table = table_new("Name", "X", NULL);

    table_add(table, "größe", "1", NULL);
    table_add(table, "虚拟机", "2", NULL);              /* two columns each */
    table_add(table, "e\xcc\x81te\xcc\x81", "3", NULL); /* combining accents: none */
    table_add(table,
              "a\xe2\x80\x8b"
              "b",
              "4", NULL); /* a space without width */
    check_table(table, "Name    X\n"
                       "größe   1\n"
                       "虚拟机  2\n"
                       "e\xcc\x81te\xcc\x81     3\n"
                       "a\xe2\x80\x8b"
                       "b      4\n");
}

/* What would move the cursor, or is no text, is made visible. */
static void test_control_characters(void)
{
    g_autoptr(Table) table = table_new("Name", "X", NULL);

    table_add(table, "a\tb\n", "\x1b[31m", NULL);
    table_add(table, "\x7f", "\xc2\x9b", NULL);
    table_add(table, "\xff", "x", NULL);
    check_table(table, "Name        X\n"
                       "a\\x09b\\x0a  \\x1b[31m\n"
                       "\\x7f        \\x9b\n"
                       "\xef\xbf\xbd           x\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/texts/help/7.2", "7.2", test_help);
    g_test_add_data_func("/texts/help/10.0", "10.0", test_help);
    g_test_add_data_func("/texts/help-info/7.2", "7.2", test_help_info);
    g_test_add_data_func("/texts/help-info/10.0", "10.0", test_help_info);
    g_test_add_func("/texts/help-odd", test_help_odd);
    g_test_add_func("/texts/table", test_table);
    g_test_add_func("/texts/table/one-column", test_one_column);
    g_test_add_func("/texts/table/widths", test_widths);
    g_test_add_func("/texts/table/control-characters", test_control_characters);
    return g_test_run();
}
