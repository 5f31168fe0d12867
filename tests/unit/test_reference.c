/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --self-test: what it finds in rows that are not as they should be. */
#include "commands/reference.h"

#include "commands/table.h"

static const char *const WORDS[] = {"one", "two", NULL};

#define ARGUMENTS(...) ((const Argument[]){__VA_ARGS__, {0}})

/* A row with @list as its arguments, checked alone. */
static void check(const Command *row, const char *expected)
{
    const Command rows[] = {*row, {0}};
    const Command *const table[] = {rows, NULL};
    g_autofree char *problems = reference_check(table);

    g_assert_cmpstr(problems, ==, expected);
}

static void test_all(void)
{
    g_autofree char *problems = reference_check(all_commands);

    g_assert_cmpstr(problems, ==, "");
}

static void test_rows(void)
{
    check(&(Command){.name = "x", .group = "G", .help = "do x"}, "");
    check(&(Command){.name = "x", .group = "G"}, "x: no help, or one that ends with a full stop\n");
    check(&(Command){.name = "x", .group = "G", .help = "do x."},
          "x: no help, or one that ends with a full stop: do x.\n");
    check(&(Command){.name = "x", .help = "do x"}, "x: no group\n");
    check(&(Command){.name = "x|x", .group = "G", .help = "do x"},
          "x|x: a name that another row has: x\n");
}

static void test_arguments(void)
{
    check(
        &(Command){.name = "x",
                   .group = "G",
                   .help = "do x",
                   .arguments = ARGUMENTS({.name = "n", .kind = ARGUMENT_WORD, .help = "a word"})},
        "x: a word that nothing completes: n\n");
    check(
        &(Command){.name = "x",
                   .group = "G",
                   .help = "do x",
                   .arguments = ARGUMENTS({.name = "n", .kind = ARGUMENT_TEXT, .help = "a word"})},
        "");
    check(&(Command){.name = "x",
                     .group = "G",
                     .help = "do x",
                     .arguments = ARGUMENTS(
                         {.name = "n", .kind = ARGUMENT_WORD, .help = "a word", .choices = WORDS})},
          "");
    check(&(Command){.name = "x",
                     .group = "G",
                     .help = "do x",
                     .arguments = ARGUMENTS({.name = "n", .kind = ARGUMENT_FILE})},
          "x: an argument without help: n\n");
    check(&(Command){.name = "x",
                     .group = "G",
                     .help = "do x",
                     .arguments = ARGUMENTS({.name = "rest", .kind = ARGUMENT_REST, .help = "all"},
                                            {.name = "n", .kind = ARGUMENT_FILE, .help = "f"})},
          "x: an argument after the rest of the line: n\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reference/all", test_all);
    g_test_add_func("/reference/rows", test_rows);
    g_test_add_func("/reference/arguments", test_arguments);
    return g_test_run();
}
