/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows found and arguments read, with QEMU's messages: what its monitor says to the same lines,
 * but for flags, which hmpsh takes in any order and clustered. */
#include "shell/command.h"

#include "shell/error.h"

#define TRY(name) "\nTry \"help " name "\" for more information"
#define TIME "seconds, e.g. 0.3 or 300ms"
#define SIZE "MiB, or with b, k, M, G or T, e.g. 64 or 512k"

static const Command migration_rows[] = {
    {.name = "migrate",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                                     {.name = "blk", .kind = ARGUMENT_FLAG, .flag = 'b'},
                                     {.name = "inc", .kind = ARGUMENT_FLAG, .flag = 'i'},
                                     {.name = "resume", .kind = ARGUMENT_FLAG, .flag = 'r'},
                                     {.name = "uri", .kind = ARGUMENT_URI},
                                     {0}}},
    {.name = "migrate_cancel", .flags = COMMAND_SPEAKS_HMP},
    {.name = "migrate_set_speed",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "value", .kind = ARGUMENT_SIZE}, {0}}},
    {.name = "migrate_set_downtime",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "value", .kind = ARGUMENT_TIME}, {0}}},
    {.name = "migrate_set_capability",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "capability", .kind = ARGUMENT_CAPABILITY},
                                     {.name = "state", .kind = ARGUMENT_SWITCH},
                                     {0}}},
    {.name = "migrate_set_parameter",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "parameter", .kind = ARGUMENT_PARAMETER},
                                     {.name = "value", .kind = ARGUMENT_REST},
                                     {0}}},
    {.name = "info migrate", .flags = COMMAND_SPEAKS_HMP},
    {.name = "calc_dirty_rate",
     .flags = COMMAND_SPEAKS_HMP,
     .arguments = (const Argument[]){{.name = "second", .kind = ARGUMENT_QEMU}, {0}}},
    {0},
};

static const Command shell_rows[] = {
    {.name = "info",
     .arguments =
         (const Argument[]){{.name = "topic", .kind = ARGUMENT_TOPIC, .optional = TRUE}, {0}}},
    {.name = "quit|q|exit"},
    {.name = "hmp", .arguments = (const Argument[]){{.name = "line", .kind = ARGUMENT_HMP}, {0}}},
    {.name = "lab dirty",
     .arguments = (const Argument[]){{.name = "rate", .kind = ARGUMENT_SIZE},
                                     {.name = "span", .kind = ARGUMENT_SIZE, .optional = TRUE},
                                     {0}}},
    {.name = "wait",
     .arguments =
         (const Argument[]){
             {.name = "condition", .kind = ARGUMENT_CONDITION, .help = "what to wait for"},
             {.name = "seconds", .kind = ARGUMENT_TIME, .optional = TRUE},
             {0}}},
    {.name = "events",
     .arguments =
         (const Argument[]){{.name = "pattern", .kind = ARGUMENT_EVENT, .optional = TRUE}, {0}}},
    {.name = "source",
     .arguments = (const Argument[]){{.name = "file", .kind = ARGUMENT_FILE}, {0}}},
    {.name = "attach",
     .arguments = (const Argument[]){{.name = "peer", .kind = ARGUMENT_FLAG, .flag = 'p'},
                                     {.name = "domain", .kind = ARGUMENT_DOMAIN},
                                     {0}}},
    {.name = "watch",
     .arguments = (const Argument[]){{.name = "verbose", .kind = ARGUMENT_FLAG, .flag = 'v'},
                                     {.name = "command", .kind = ARGUMENT_COMMAND},
                                     {0}}},
    {.name = "qmp",
     .arguments = (const Argument[]){{.name = "command", .kind = ARGUMENT_QMP}, {0}}},
    {.name = "!",
     .arguments = (const Argument[]){{.name = "command", .kind = ARGUMENT_SYSTEM}, {0}},
     .flags = COMMAND_NEEDS_NO_BLANK},
    {0},
};

static const Command option_rows[] = {
    {.name = "every",
     .arguments =
         (const Argument[]){
             {.name = "seconds", .kind = ARGUMENT_TIME, .flag = 'n', .help = "how often"},
             {.name = "loud", .kind = ARGUMENT_FLAG, .flag = 'l'},
             {.name = "command", .kind = ARGUMENT_COMMAND},
             {0}}},
    {.name = "lab start",
     .arguments = (const Argument[]){{.name = "size", .kind = ARGUMENT_SIZE, .option = "disk"},
                                     {.name = "base", .kind = ARGUMENT_FLAG, .option = "base"},
                                     {0}}},
    {.name = "move",
     .arguments =
         (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                            {.name = "resume", .kind = ARGUMENT_FLAG, .flag = 'r'},
                            {.name = "live", .kind = ARGUMENT_FLAG, .option = "live"},
                            {.name = "name", .kind = ARGUMENT_WORD, .option = "dname"},
                            {.name = "speed", .kind = ARGUMENT_SIZE, .option = "bandwidth"},
                            {.name = "seconds", .kind = ARGUMENT_TIME, .option = "timeout"},
                            {.name = "switch", .kind = ARGUMENT_SWITCH, .option = "return-path"},
                            {.name = "uri", .kind = ARGUMENT_URI},
                            {.name = "seconds", .kind = ARGUMENT_TIME, .optional = TRUE},
                            {0}}},
    {.name = "many",
     .arguments = (const Argument[]){{.name = "detach", .kind = ARGUMENT_FLAG, .flag = 'd'},
                                     {.name = "a", .kind = ARGUMENT_FLAG, .option = "a"},
                                     {.name = "b", .kind = ARGUMENT_FLAG, .option = "b"},
                                     {.name = "c", .kind = ARGUMENT_FLAG, .option = "c"},
                                     {.name = "d", .kind = ARGUMENT_FLAG, .option = "d"},
                                     {.name = "e", .kind = ARGUMENT_FLAG, .option = "e"},
                                     {.name = "f", .kind = ARGUMENT_FLAG, .option = "f"},
                                     {.name = "g", .kind = ARGUMENT_FLAG, .option = "g"},
                                     {.name = "h", .kind = ARGUMENT_FLAG, .option = "h"},
                                     {.name = "word", .kind = ARGUMENT_WORD, .option = "i"},
                                     {.name = "uri", .kind = ARGUMENT_URI},
                                     {0}}},
    {0},
};

static const Command *const table[] = {migration_rows, shell_rows, option_rows, NULL};

/* What was given, as "detach uri=tcp:h:1 ". */
static char *describe(const Arguments *arguments)
{
    GString *text = g_string_new(NULL);
    const Argument *list = arguments->command->arguments;

    for (const Argument *argument = list; argument && argument->name; argument++) {
        const char *name = argument->option ? argument->option : argument->name;
        const Value *value = arguments_get(arguments, name);

        g_assert_true(value == &arguments->values[argument - list]);
        if (!value->given) {
            continue;
        }
        g_string_append(text, name);
        switch (argument_takes(argument->kind)) {
        case TAKES_FLAG:
            g_assert_true(value->on);
            break;
        case TAKES_TOKEN:
        case TAKES_REST:
            g_string_append_printf(text, "=<%s>", value->text);
            break;
        case TAKES_SIZE:
            g_string_append_printf(text, "=%" G_GUINT64_FORMAT, value->size);
            break;
        case TAKES_TIME:
            g_string_append_printf(text, "=%g", value->seconds);
            break;
        case TAKES_SWITCH:
            g_string_append(text, value->on ? "=on" : "=off");
            break;
        }
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

/* What becomes of @line: what was given, or the message, or "no row". */
static char *read_line(const char *line)
{
    const char *rest = NULL;
    const Command *command = command_find(table, line, &rest);
    g_auto(Arguments) arguments = {NULL};
    g_autoptr(GError) error = NULL;

    if (!command) {
        return g_strdup("no row");
    }
    if (arguments_parse(&arguments, command, line, rest, &error)) {
        g_assert_no_error(error);
        g_assert_true(arguments.command == command);
        g_assert_cmpstr(arguments.line, ==, line);
        return describe(&arguments);
    }
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    return g_strdup(error->message);
}

typedef struct {
    const char *line;
    const char *expected;
} Case;

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *result = read_line(cases[i].line);

        g_test_message("%s", cases[i].line);
        g_assert_cmpstr(result, ==, cases[i].expected);
    }
}

static void test_flags(void)
{
    static const Case cases[] = {
        {"migrate tcp:h:1", "uri=<tcp:h:1> "},
        {"migrate -d tcp:h:1", "detach uri=<tcp:h:1> "},
        {"migrate -d -b tcp:h:1", "detach blk uri=<tcp:h:1> "},
        {"migrate -b -d tcp:h:1", "detach blk uri=<tcp:h:1> "},
        {"migrate -db tcp:h:1", "detach blk uri=<tcp:h:1> "},
        {"migrate -d-b tcp:h:1", "detach blk uri=<tcp:h:1> "},
        {"migrate\t-rib \v -d\f tcp:h:1 ", "detach blk inc resume uri=<tcp:h:1> "},
        {"migrate -d \"-x\"", "detach uri=<-x> "}, /* what is quoted is no flag */
        {"migrate \"-d\"", "uri=<-d> "},
        {"migrate tcp:-d", "uri=<tcp:-d> "},
        {"migrate -x tcp:h:1", "migrate: unsupported option -x" TRY("migrate")},
        {"migrate -dx tcp:h:1", "migrate: unsupported option -x" TRY("migrate")},
        {"migrate -d -d tcp:h:1", "migrate: unsupported option -d" TRY("migrate")},
        {"migrate -dd tcp:h:1", "migrate: unsupported option -d" TRY("migrate")},
        {"migrate -- tcp:h:1", "migrate: unsupported option --" TRY("migrate")},
        {"migrate --detach tcp:h:1", "migrate: unsupported option --" TRY("migrate")},
        {"migrate - tcp:h:1", "migrate: unsupported option - " TRY("migrate")},
        {"migrate -", "migrate: unsupported option - " TRY("migrate")},
        {"migrate -D tcp:h:1", "migrate: unsupported option -D" TRY("migrate")},
        {"migrate -\xc3\xbc x", "migrate: unsupported option -\xef\xbf\xbd" TRY("migrate")},
        {"migrate tcp:h:1 -d", "migrate: extraneous characters at the end of line" TRY("migrate")},
        {"migrate -d", "migrate: string expected" TRY("migrate")},
        {"attach -p web02", "peer domain=<web02> "},
        {"watch -v peer migrate -d x", "verbose command=<peer migrate -d x> "},
        {"watch peer -v x", "command=<peer -v x> "},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_words(void)
{
    static const Case cases[] = {
        {"migrate", "migrate: string expected" TRY("migrate")},
        {"migrate   ", "migrate: string expected" TRY("migrate")},
        {"migrate tcp:h:1 x", "migrate: extraneous characters at the end of line" TRY("migrate")},
        {"migrate_cancel", ""},
        {" migrate_cancel ", ""},
        {"migrate_cancel x",
         "migrate_cancel: extraneous characters at the end of line" TRY("migrate_cancel")},
        {"migrate_cancel -d",
         "migrate_cancel: extraneous characters at the end of line" TRY("migrate_cancel")},
        {"migrate \"exec:gzip > /x\"", "uri=<exec:gzip > /x> "},
        {"migrate \"\"", "uri=<> "},
        {"migrate 'a", "uri=<'a> "},
        {"migrate $x;|", "uri=<$x;|> "},
        {"migrate \"abc", "unterminated string\nmigrate: string expected" TRY("migrate")},
        {"migrate \"a\\tb\"",
         "unsupported escape code: '\\t'\nmigrate: string expected" TRY("migrate")},
        {"migrate \"a\"b", "migrate: extraneous characters at the end of line" TRY("migrate")},
        {"source", "source: FILE expected" TRY("source")},
        {"attach", "attach: DOMAIN expected" TRY("attach")},
        {"attach -p", "attach: DOMAIN expected" TRY("attach")},
        {"wait", "wait: CONDITION expected: what to wait for" TRY("wait")},
    };

    check(cases, G_N_ELEMENTS(cases));
}

/* An option that is a letter with a value. */
static void test_letter_options(void)
{
    static const Case cases[] = {
        {"every info status", "command=<info status> "},
        {"every -n 2 info status", "seconds=2 command=<info status> "},
        {"every -n2 info status", "seconds=2 command=<info status> "},
        {"every -n 300ms -l x", "seconds=0.3 loud command=<x> "},
        {"every -l -n .5 x", "seconds=0.5 loud command=<x> "},
        {"every -n -1 x", "seconds=-1 command=<x> "},
        {"every -ln 2 x", "every: unsupported option -n" TRY("every")},
        {"every -n", "every: -n: SECONDS expected: how often" TRY("every")},
        {"every -n ", "every: -n: SECONDS expected: how often" TRY("every")},
        {"every -n 2", "every: COMMAND expected" TRY("every")},
        {"every -n=2 x", "every: SECONDS is a time, not '=2': " TIME TRY("every")},
        {"every -n info x", "every: SECONDS is a time, not 'info': " TIME TRY("every")},
        {"every -n 2x y", "every: SECONDS is a time, not '2x': " TIME TRY("every")},
        {"every -n 1 -n 2 x", "every: -n is given twice" TRY("every")},
        {"every -", "every: unsupported option - " TRY("every")},
    };
    g_autofree char *parameters = command_parameters(&option_rows[0]);

    check(cases, G_N_ELEMENTS(cases));
    g_assert_cmpstr(parameters, ==, "[-n seconds] [-l] command");
}

static void test_options(void)
{
    static const Case cases[] = {
        {"lab start", ""},
        {"lab start --disk 64M", "disk=67108864 "},
        {"lab start --disk=64", "disk=67108864 "},
        {"lab start --base --disk 1k", "disk=1024 base "},
        {"lab start  --disk  1k  --base  ", "disk=1024 base "},
        {"lab start --disk", "lab start: --disk: SIZE expected" TRY("lab start")},
        {"lab start --disk ", "lab start: --disk: SIZE expected" TRY("lab start")},
        {"lab start --disk=", "lab start: --disk: SIZE expected" TRY("lab start")},
        {"lab start --disk= 5", "lab start: --disk: SIZE expected" TRY("lab start")},
        {"lab start --disk --base", "lab start: --disk: SIZE expected" TRY("lab start")},
        {"lab start --disk big", "lab start: SIZE is a size, not 'big': " SIZE TRY("lab start")},
        {"lab start --disk 1MB", "lab start: SIZE is a size, not '1MB': " SIZE TRY("lab start")},
        {"lab start --base=on", "lab start: --base takes no value" TRY("lab start")},
        {"lab start --base --base", "lab start: --base is given twice" TRY("lab start")},
        {"lab start --disk 1 --disk=1", "lab start: --disk is given twice" TRY("lab start")},
        {"lab start --dsk 1",
         "lab start: unsupported option --dsk (did you mean '--disk'?)" TRY("lab start")},
        {"lab start --zzz", "lab start: unsupported option --zzz" TRY("lab start")},
        {"lab start --", "lab start: unsupported option --" TRY("lab start")},
        {"lab start --bas",
         "lab start: unsupported option --bas (did you mean '--base'?)" TRY("lab start")},
        {"lab start -b", "lab start: unsupported option -b" TRY("lab start")},
        {"lab start -", "lab start: unsupported option - " TRY("lab start")},
        {"lab start 64M", "lab start: extraneous characters at the end of line" TRY("lab start")},
        {"lab start --base \"--disk\"",
         "lab start: extraneous characters at the end of line" TRY("lab start")},
        {"move tcp:h:1", "uri=<tcp:h:1> "},
        {"move --live tcp:h:1", "live uri=<tcp:h:1> "},
        {"move -d --live -r --dname new tcp:h:1 5",
         "detach resume live dname=<new> uri=<tcp:h:1> seconds=5 "},
        {"move --timeout 2 tcp:h:1 5", "timeout=2 uri=<tcp:h:1> seconds=5 "},
        {"move --live -dr x", "detach resume live uri=<x> "},
        {"move -d--live x", "move: unsupported option --" TRY("move")},
        {"move --dname \"a \\\" b\" x", "dname=<a \" b> uri=<x> "},
        {"move --dname=\"a b\" x", "dname=<a b> uri=<x> "},
        {"move --dname=\"\" x", "dname=<> uri=<x> "},
        {"move --dname=--x x", "dname=<--x> uri=<x> "},
        {"move --dname=a=b x", "dname=<a=b> uri=<x> "},
        {"move --dname -x x", "dname=<-x> uri=<x> "},
        {"move --dname \"a x", "move: NAME: unterminated string" TRY("move")},
        {"move --dname \"a\"b x",
         "move: --dname: extraneous characters after the name" TRY("move")},
        {"move --bandwidth=1.5k --timeout 300ms --return-path off x",
         "bandwidth=1536 timeout=0.3 return-path=off uri=<x> "},
        {"move --timeout soon x", "move: SECONDS is a time, not 'soon': " TIME TRY("move")},
        {"move --return-path maybe x",
         "move: SWITCH is a switch, not 'maybe': on or off" TRY("move")},
        {"move --live", "move: URI expected" TRY("move")},
        {"move x --live", "move: SECONDS is a time, not '--live': " TIME TRY("move")},
        {"move --return_path on x", "move: unsupported option --return_path (did you mean "
                                    "'--return-path'?)" TRY("move")},
        {"migrate --live x", "migrate: unsupported option --" TRY("migrate")}, /* has none */
        {"migrate_cancel --live",
         "migrate_cancel: extraneous characters at the end of line" TRY("migrate_cancel")},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_values(void)
{
    static const Case cases[] = {
        {"migrate_set_speed 60", "value=62914560 "},
        {"migrate_set_speed 60M", "value=62914560 "},
        {"migrate_set_speed 1.5k ", "value=1536 "},
        {"migrate_set_speed 0", "value=0 "},
        {"migrate_set_speed", "invalid size" TRY("migrate_set_speed")},
        {"migrate_set_speed 8E", "invalid size" TRY("migrate_set_speed")},
        {"migrate_set_speed fast", "invalid size" TRY("migrate_set_speed")},
        {"migrate_set_speed 1MB",
         "migrate_set_speed: extraneous characters at the end of line" TRY("migrate_set_speed")},
        {"migrate_set_speed 1 2",
         "migrate_set_speed: extraneous characters at the end of line" TRY("migrate_set_speed")},
        {"migrate_set_downtime 0.3", "value=0.3 "},
        {"migrate_set_downtime 300ms", "value=0.3 "},
        {"migrate_set_downtime -1", "value=-1 "},
        {"migrate_set_downtime", "Number expected" TRY("migrate_set_downtime")},
        {"migrate_set_downtime x", "Number expected" TRY("migrate_set_downtime")},
        {"migrate_set_downtime 1s", "Unknown unit suffix" TRY("migrate_set_downtime")},
        {"migrate_set_downtime inf", "Bad number" TRY("migrate_set_downtime")},
        {"migrate_set_capability xbzrle on", "capability=<xbzrle> state=on "},
        {"migrate_set_capability \"xbzrle\"off", "capability=<xbzrle> state=off "},
        {"migrate_set_capability xbzrle", "Expected 'on' or 'off'" TRY("migrate_set_capability")},
        {"migrate_set_capability xbzrle On",
         "Expected 'on' or 'off'" TRY("migrate_set_capability")},
        {"migrate_set_capability xbzrle onx",
         "Expected 'on' or 'off'" TRY("migrate_set_capability")},
        {"migrate_set_capability",
         "migrate_set_capability: string expected" TRY("migrate_set_capability")},
        {"migrate_set_capability xbzrle on off",
         "migrate_set_capability: extraneous characters at the end of line" TRY(
             "migrate_set_capability")},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_optional(void)
{
    static const Case cases[] = {
        {"wait completed", "condition=<completed> "},
        {"wait completed 5 ", "condition=<completed> seconds=5 "},
        {"wait completed soon", "wait: SECONDS is a time, not 'soon': " TIME TRY("wait")},
        {"wait completed 5 6", "wait: extraneous characters at the end of line" TRY("wait")},
        {"events", ""},
        {"events BLOCK", "pattern=<BLOCK> "},
        {"events \"BLOCK", "events: PATTERN: unterminated string" TRY("events")},
        {"info", ""},
        {"info  \t", ""},
        {"info block -n", "topic=<block -n> "},
        {"lab dirty 200M", "rate=209715200 "},
        {"lab dirty 200M 100M", "rate=209715200 span=104857600 "},
        {"lab dirty", "lab dirty: RATE expected" TRY("lab dirty")},
        {"lab dirty 200MB", "lab dirty: RATE is a size, not '200MB': " SIZE TRY("lab dirty")},
        {"lab dirty 200M x", "lab dirty: SPAN is a size, not 'x': " SIZE TRY("lab dirty")},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_rest(void)
{
    static const Case cases[] = {
        {"hmp  info block \"a b\" \\t  ", "line=<info block \"a b\" \\t  > "},
        {"hmp -d", "line=<-d> "},
        {"calc_dirty_rate -b 1", "second=<-b 1> "},
        {"calc_dirty_rate ", ""}, /* QEMU says what is missing */
        {"hmp", "hmp: LINE expected" TRY("hmp")},
        {"hmp \t ", "hmp: LINE expected" TRY("hmp")},
        {"qmp", "qmp: COMMAND expected" TRY("qmp")},
        {"qmp migrate uri=\"tcp:h:1\"", "command=<migrate uri=\"tcp:h:1\"> "},
        {"migrate_set_parameter tls-creds \"\"", "parameter=<tls-creds> value=<\"\"> "},
        {"migrate_set_parameter max-bandwidth 1 G", "parameter=<max-bandwidth> value=<1 G> "},
        {"migrate_set_parameter max-bandwidth",
         "migrate_set_parameter: string expected" TRY("migrate_set_parameter")},
    };

    check(cases, G_N_ELEMENTS(cases));
}

/* The message has the table's name, for `info` the topic; the second line what was typed. */
static void test_names(void)
{
    static const Case cases[] = {
        {"info migrate", ""},
        {"info migrate x", "migrate: extraneous characters at the end of line" TRY("info migrate")},
        {"  info  migrate  x ",
         "migrate: extraneous characters at the end of line" TRY("info  migrate")},
        {"info migratex", "topic=<migratex> "},
        {"info migrate/x", "topic=<migrate/x> "},
        {"quit", ""},
        {"q", ""},
        {"exit ", ""},
        {"q x", "quit|q|exit: extraneous characters at the end of line" TRY("q")},
        {"exit now", "quit|q|exit: extraneous characters at the end of line" TRY("exit")},
        {"qui", "no row"},
        {"quit|q", "no row"},
        {"|", "no row"},
        {"lab", "no row"},
        {"lab dirt 1", "no row"},
        {"lab\tdirty 1", "rate=1048576 "},
        {"migrate/foo", "no row"},
        {"migrate /foo", "uri=</foo> "},
        {"info/migrate", "no row"},
        {"/migrate", "no row"},
        {"\"migrate\" x", "no row"},
        {"Migrate x", "no row"},
        {"migrate; stop", "no row"},
        {"migrate_", "no row"},
        {"mig", "no row"},
        {"", "no row"},
        {" \t", "no row"},
    };

    check(cases, G_N_ELEMENTS(cases));
}

static void test_find(void)
{
    const char *line = " info  migrate x";
    const char *rest = NULL;
    const Command *command = command_find(table, line, &rest);
    g_autofree char *plain = NULL;

    g_assert_true(command == &migration_rows[6]);
    g_assert_cmpstr(rest, ==, " x");
    g_assert_true(command_find(table, "info block", &rest) == &shell_rows[0]);
    g_assert_cmpstr(rest, ==, " block");
    g_assert_null(command_find(table, "quit!", &rest));
    command = command_find(table, " !/bin/ls -l ", &rest);
    g_assert_cmpstr(command->name, ==, "!");
    g_assert_cmpstr(rest, ==, "/bin/ls -l ");
    command = command_find(table, "q", &rest);
    g_assert_cmpstr(rest, ==, "");
    plain = command_plain_name(command);
    g_assert_cmpstr(plain, ==, "quit");
    g_assert_true(command_is_called(command, "exit"));
    g_assert_false(command_is_called(command, ""));
    g_assert_false(command_is_called(command, "quit|q|exit"));
}

static void check_parameters(const char *line, const char *expected)
{
    const char *rest;
    g_autofree char *text = command_parameters(command_find(table, line, &rest));

    g_assert_cmpstr(text, ==, expected);
}

static void test_parameters(void)
{
    check_parameters("migrate", "[-d] [-b] [-i] [-r] uri");
    check_parameters("migrate_cancel", "");
    check_parameters("wait", "condition [seconds]");
    check_parameters("info", "[topic]");
    check_parameters("attach", "[-p] domain");
    check_parameters("lab start", "[--disk size] [--base]");
    check_parameters("move", "[-d] [-r] [--live] [--dname name] [--bandwidth speed] "
                             "[--timeout seconds] [--return-path switch] uri [seconds]");
    check_parameters("many", "[-d] [--option...] uri");
}

static void append_name(const Command *command, gpointer data)
{
    g_string_append_printf(data, "%s ", command->name);
}

static void test_foreach(void)
{
    static const Command one[] = {{.name = "a"}, {.name = "b|c"}, {0}};
    static const Command none[] = {{0}};
    static const Command other[] = {{.name = "info d"}, {0}};
    static const Command *const lists[] = {one, none, other, NULL};
    g_autoptr(GString) names = g_string_new(NULL);

    command_foreach(lists, append_name, names);
    g_assert_cmpstr(names->str, ==, "a b|c info d ");
}

static void test_reply(void)
{
    g_auto(Reply) reply;

    reply_init(&reply);
    g_assert_cmpstr(reply.text->str, ==, "");
    g_assert_null(reply.json);
    g_assert_false(reply.spoken);
    g_string_append(reply.text, "x");
    reply.json = json_object_new_string("x"); /* both are freed with it */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/flags", test_flags);
    g_test_add_func("/command/words", test_words);
    g_test_add_func("/command/options", test_options);
    g_test_add_func("/command/letter-options", test_letter_options);
    g_test_add_func("/command/values", test_values);
    g_test_add_func("/command/optional", test_optional);
    g_test_add_func("/command/rest", test_rest);
    g_test_add_func("/command/names", test_names);
    g_test_add_func("/command/find", test_find);
    g_test_add_func("/command/parameters", test_parameters);
    g_test_add_func("/command/foreach", test_foreach);
    g_test_add_func("/command/reply", test_reply);
    return g_test_run();
}
