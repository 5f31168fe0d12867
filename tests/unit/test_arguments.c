/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments read, with QEMU's messages: what its monitor says to the same lines, but for flags,
 * which hmpsh takes in any order and clustered. */
#include "tests/unit/command_rows.h"

#define TIME "seconds, e.g. 0.3 or 300ms"
#define SIZE "MiB, or with b, k, M, G or T, e.g. 64 or 512k"

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
        {"attach web01 -p", "peer domain=<web01> "},
        {"attach web01 -x", "attach: unsupported option -x" TRY("attach")},
        {"attach web01 -p web02", "attach: extraneous characters at the end of line" TRY("attach")},
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arguments/flags", test_flags);
    g_test_add_func("/arguments/words", test_words);
    g_test_add_func("/arguments/options", test_options);
    g_test_add_func("/arguments/letter-options", test_letter_options);
    g_test_add_func("/arguments/values", test_values);
    g_test_add_func("/arguments/optional", test_optional);
    g_test_add_func("/arguments/rest", test_rest);
    return g_test_run();
}
