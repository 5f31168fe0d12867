/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a look before a migration makes of facts that are hard to come by on one machine. */
#include "commands/migration/check/address.h"
#include "commands/migration/check/host.h"
#include "commands/migration/check/judge.h"

#include <libvirt/libvirt.h>
#include <string.h>

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

/* JSON with ' for ". */
static Json *json(const char *text)
{
    g_autofree char *plain = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(GError) error = NULL;
    Json *value = json_parse(plain, &error);

    g_assert_no_error(error);
    return value;
}

/* A running guest; @inside stands in its <domain>. */
static CheckFacts facts_new(CheckWay way, const char *inside)
{
    g_autofree char *xml = g_strdup_printf("<domain type='kvm'>%s</domain>", inside);
    CheckFacts facts = {.wish = {.way = way, .uri = "qemu+ssh://b/system"}};

    facts.source.name = g_strdup("web01");
    facts.source.uuid = g_strdup(UUID);
    facts.source.release = 702;
    facts.source.vcpus = 2;
    facts.source.machine = g_strdup("pc-i440fx-7.2");
    facts.source.xml = xml_parse(xml);
    facts.source.status = json("{'status':'running'}");
    facts.source.migration = json("{}");
    facts.source.memory = json("{'base-memory':1073741824}");
    g_assert_nonnull(facts.source.xml);
    return facts;
}

/* What is found of @check: "RESULT: REASON; WAY OUT", or NULL. */
static char *found(const CheckFacts *facts, const char *check)
{
    g_autoptr(CheckList) list = check_list_new();
    const CheckRow *row;

    judge(facts, list);
    row = check_find(list, check);
    return row ? g_strdup_printf("%s: %s; %s", check_result_name(row->result), row->reason,
                                 row->way_out ? row->way_out : "")
               : NULL;
}

/* That row begins with @result and has @part in it; NULL: there is no such row. */
static void expect(const CheckFacts *facts, const char *check, const char *result, const char *part)
{
    g_autofree char *row = found(facts, check);

    g_test_message("%s: %s", check, row ? row : "none");
    if (!result) {
        g_assert_null(row);
        return;
    }
    g_assert_nonnull(row);
    g_assert_true(g_str_has_prefix(row, result));
    g_assert_nonnull(strstr(row, part));
}

static void test_states(void)
{
    static const char *const states[][2] = {
        {"running", "ok"},          {"paused", "warning"},         {"io-error", "warning"},
        {"inmigrate", "blocker"},   {"postmigrate", "blocker"},    {"shutdown", "blocker"},
        {"restore-vm", "blocker"},  {"guest-panicked", "blocker"}, {"suspended", "warning"},
        {"internal-error", "block"}};

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        g_auto(CheckFacts) facts = facts_new(CHECK_ALONE, "");

        json_set(facts.source.status, "status", json_object_new_string(states[i][0]));
        expect(&facts, "state", states[i][1], "");
    }
}

static void test_jobs(void)
{
    g_auto(CheckFacts) facts = facts_new(CHECK_ALONE, "");

    facts.source.block_jobs = json("[{'device':'d','type':'mirror'}]");
    facts.source.jobs = json("[{'id':'d','type':'mirror','status':'ready'},"
                             "{'id':'s','type':'snapshot-save','status':'running'},"
                             "{'id':'c','type':'create','status':'concluded'}]");
    facts.source.job = VIR_DOMAIN_JOB_UNBOUNDED;
    expect(&facts, "block job d", "blocker", "'block_job_cancel d'");
    expect(&facts, "job d", NULL, NULL);
    expect(&facts, "job s", "blocker", "snapshot-save is running");
    expect(&facts, "job c", NULL, NULL);
    expect(&facts, "libvirt's job", "blocker", "virsh domjobabort web01");
    json_set(facts.source.migration, "status", json_object_new_string("active"));
    expect(&facts, "migration", "blocker", "'migrate_cancel'");
    expect(&facts, "libvirt's job", NULL, NULL); /* that is the migration */
}

static void test_blocked(void)
{
    g_auto(CheckFacts) facts = facts_new(CHECK_ALONE, "");

    expect(&facts, "QEMU", "ok", "");
    facts.source.devices = json("[{'name':'type','type':'string'},"
                                "{'name':'hostdev0','type':'child<vfio-pci>'}]");
    json_set(facts.source.migration, "blocked-reasons",
             json("['VFIO device doesn\\u0027t migrate']"));
    expect(&facts, "QEMU", "blocker", "'device_del hostdev0' before; 'device_add vfio-pci,");
    json_set(facts.source.migration, "blocked-reasons", json("['State blocked by (invtsc flag)']"));
    expect(&facts, "QEMU", "blocker", "policy='disable' name='invtsc'");
    facts.source.release = 500; /* does not tell */
    json_object_object_del(facts.source.migration, "blocked-reasons");
    expect(&facts, "QEMU", NULL, NULL);
}

#define HOSTDEV                                                                                    \
    "<devices><%s type='%s'><source><address domain='0x0000' bus='0x3b' slot='0x02' "              \
    "function='0x1'/></source><alias name='hostdev0'/>%s</%s></devices>"

static void test_host_devices(void)
{
    static const struct {
        const char *element, *type, *teaming;
        guint release;
        const char *result, *part;
    } cases[] = {
        {"hostdev", "pci", "", 702, "blocker",
         "'device_del hostdev0' before, with another network card or disk for the guest meanwhile; "
         "'device_add vfio-pci,host=0000:3b:02.1,id=hostdev0' at the destination after"},
        {"hostdev", "mdev", "", 1000, "warning", "QEMU can send its state"},
        {"hostdev", "usb", "", 702, "warning", "detach it before"},
        {"interface", "hostdev", "", 702, "blocker", "device_add vfio-pci,host=0000:3b:02.1"},
        {"interface", "hostdev", "<teaming type='transient' persistent='ua-net0'/>", 702, "ok",
         "by 'ua-net0'"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *inside = g_strdup_printf(HOSTDEV, cases[i].element, cases[i].type,
                                                  cases[i].teaming, cases[i].element);
        g_auto(CheckFacts) facts = facts_new(CHECK_ALONE, inside);

        facts.source.release = cases[i].release;
        expect(&facts, "device hostdev0", cases[i].result, cases[i].part);
    }
}

static void test_other_devices(void)
{
    g_auto(CheckFacts) facts = facts_new(
        CHECK_MANAGED,
        "<devices><interface type='direct'><source dev='eth0' mode='passthrough'/><alias "
        "name='net0'/></interface><shmem name='m'><alias name='shmem0'/></shmem>"
        "<filesystem><driver type='virtiofs'/><alias name='fs0'/></filesystem></devices>");

    facts.source.devices = json("[{'name':'plugged','type':'child<vfio-pci>'}]");
    expect(&facts, "device net0", "warning", "eth0");
    expect(&facts, "device shmem0", "blocker", "shmem");
    expect(&facts, "device fs0", "warning", "virtiofs");
    expect(&facts, "device plugged", "blocker", "'device_del plugged'"); /* libvirt knows it not */
}

static void test_cpu(void)
{
    static const char named[] = "<cpu mode='custom'><model>Skylake</model></cpu>";
    g_auto(CheckFacts) facts = facts_new(CHECK_MANAGED, named);
    g_auto(CheckFacts) passed = facts_new(CHECK_MANAGED, "<cpu mode='host-passthrough'/>");

    facts.there = json("{'hostname':'hostb','cpu':{'result':'superset'}}");
    expect(&facts, "CPU", "ok", "Skylake");
    json_set(facts.there, "cpu", json("{'result':'incompatible','why':'lacks avx512f'}"));
    expect(&facts, "CPU", "blocker", "lacks avx512f");
    expect(&passed, "CPU", "warning", "microcode");
    passed.there = json("{'host-cpu':{'result':'identical'}}");
    expect(&passed, "CPU", "ok", "the same");
    json_set(passed.there, "host-cpu", json("{'result':'superset'}"));
    expect(&passed, "CPU", "warning", "more features");
    json_set(passed.there, "host-cpu", json("{'result':'incompatible'}"));
    expect(&passed, "CPU", "blocker", "<cpu mode='custom'>");
    passed.one_host = TRUE;
    expect(&passed, "CPU", "ok", "");
}

static void test_invtsc(void)
{
    g_auto(CheckFacts) facts =
        facts_new(CHECK_ALONE, "<cpu><feature policy='require' name='invtsc'/></cpu>");
    g_auto(CheckFacts) fixed =
        facts_new(CHECK_ALONE, "<cpu><feature policy='require' name='invtsc'/></cpu><clock><timer "
                               "name='tsc' frequency='2596130000'/></clock>");

    expect(&facts, "invtsc", "blocker", "frequency='HZ'");
    expect(&fixed, "invtsc", NULL, NULL);
}

static void test_nx_and_arch(void)
{
    static const struct {
        const char *here, *there, *result;
    } cases[] = {
        {"true", "true", "ok"}, {"true", "false", "blocker"}, {"false", "true", "warning"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(CheckFacts) facts = facts_new(CHECK_MANAGED, "");
        g_autofree char *here = g_strdup_printf("{'nx':%s,'arch':'x86_64'}", cases[i].here);
        g_autofree char *there = g_strdup_printf("{'nx':%s,'arch':'i686'}", cases[i].there);

        facts.here = json(here);
        facts.there = json(there);
        expect(&facts, "NX", cases[i].result, "");
        expect(&facts, "architecture", "warning", "i686");
    }
}

static void test_programs(void)
{
    g_auto(CheckFacts) facts = facts_new(CHECK_MANAGED, "");

    facts.here = json("{'libvirt':9000000}");
    facts.there = json("{'hostname':'hostb','qemu':7001000,'libvirt':9000000,"
                       "'machine':{'known':false,'why':'no pc-i440fx-7.2'}}");
    expect(&facts, "QEMU's version", "warning", "7.2 here and 7.1 at hostb");
    expect(&facts, "libvirt's version", "ok", "");
    expect(&facts, "machine", "blocker", "no pc-i440fx-7.2");
    json_set(facts.there, "libvirt", json_object_new_int(8000000));
    json_set(facts.there, "qemu", json_object_new_int(10000002));
    json_set(facts.there, "machine", json("{'known':true,'vcpus':1}"));
    expect(&facts, "QEMU's version", "ok", "10.0 at hostb");
    expect(&facts, "libvirt's version", "warning", "8.0 at hostb");
    expect(&facts, "vCPUs", "blocker", "2, and hostb takes 1");
}

static void test_memory(void)
{
    g_auto(CheckFacts) facts = facts_new(CHECK_MANAGED, "");
    g_auto(CheckFacts) huge =
        facts_new(CHECK_MANAGED, "<memoryBacking><hugepages><page size='2048'/></hugepages>"
                                 "</memoryBacking>");

    facts.there = json("{'memory':{'total':2147483648,'available':1073741824}}");
    expect(&facts, "memory", "ok", "1 GiB of 1 GiB");
    json_set(facts.there, "memory.available", json_object_new_int(1));
    expect(&facts, "memory", "warning", "");
    json_set(facts.there, "memory.total", json_object_new_int(2));
    expect(&facts, "memory", "blocker", "");
    huge.there = json("{'memory':{'total':2,'available':1},'pages':{'2048':500}}");
    expect(&huge, "huge pages", "blocker", "'virsh allocpages 2048 12 --add'");
    expect(&huge, "memory", NULL, NULL); /* which is not of these pages */
    json_set(huge.there, "pages", json("{'2048':512}"));
    expect(&huge, "huge pages", "ok", "");
}

static void test_clocks(void)
{
    g_auto(CheckFacts) facts = facts_new(CHECK_PEER, "");

    facts.wish.uri = NULL;
    facts.peer = g_new0(CheckGuest, 1);
    facts.peer->name = g_strdup("there");
    facts.there = json("{}");
    facts.source.knows_clock = facts.peer->knows_clock = TRUE;
    facts.peer->clock_us = 900 * 1000;
    expect(&facts, "clocks", "ok", "900 ms");
    facts.peer->clock_us = -5 * G_USEC_PER_SEC;
    expect(&facts, "clocks", "warning", "5 s apart");
    facts.one_host = TRUE;
    expect(&facts, "clocks", NULL, NULL);
}

#define DISK                                                                                       \
    "<devices><disk type='file' device='disk'><driver cache='%s'/><source file='/nowhere/d'/>"     \
    "<target dev='vda'/></disk></devices>"

static void test_cache(void)
{
    static const struct {
        const char *cache, *result;
    } cases[] = {{"none", "ok"}, {"directsync", "ok"}, {"writeback", "warning"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *inside = g_strdup_printf(DISK, cases[i].cache);
        g_auto(CheckFacts) facts = facts_new(CHECK_MANAGED, inside);

        expect(&facts, "disk vda", "ok", cases[i].cache); /* which QEMU drops at the end */
        facts.source.release = 301;
        expect(&facts, "disk vda", cases[i].result, cases[i].cache);
        facts.wish.copies = TRUE;
        expect(&facts, "disk vda", "ok", "is copied");
        facts.wish.disks = "sda,vdb"; /* another one is */
        expect(&facts, "disk vda", cases[i].result, cases[i].cache);
        facts.wish.offline = TRUE;
        expect(&facts, "disk vda", NULL, NULL);
    }
}

/* The questions for the host follow from the guest. */
static void test_questions(void)
{
    g_auto(CheckFacts) facts = facts_new(
        CHECK_MANAGED,
        "<os><type arch='x86_64' machine='pc'>hvm</type></os><cpu mode='custom'><model>m</model>"
        "</cpu><devices><interface type='bridge'><source network='n.1' bridge='virbr0'/>"
        "</interface><interface type='bridge'><source bridge='br0'/></interface><disk><source "
        "file='/i.raw'/></disk></devices><memoryBacking><hugepages/></memoryBacking>");
    g_autoptr(Json) questions = host_questions(&facts);

    g_assert_cmpstr(json_get_string(questions, "name"), ==, "web01");
    g_assert_cmpstr(json_get_string(questions, "machine.machine"), ==, "pc-i440fx-7.2");
    g_assert_cmpstr(json_get_string(questions, "cpu.xml"), ==,
                    "<cpu mode=\"custom\"><model>m</model></cpu>");
    g_assert_cmpstr(json_object_to_json_string(json_get(questions, "networks")), ==, "[ \"n.1\" ]");
    g_assert_cmpstr(json_object_to_json_string(json_get(questions, "interfaces")), ==,
                    "[ \"br0\" ]");
    g_assert_cmpstr(json_object_to_json_string(json_get(questions, "images")), ==,
                    "[ \"\\/i.raw\" ]");
    g_assert_cmpstr(json_object_to_json_string(json_get(questions, "pages")), ==, "[ ]");
}

static void test_addresses(void)
{
    static const char *const uris[][2] = {{"tcp:h:1", "h"},    {"tcp:[::1]:1", "::1"},
                                          {"tcp::1", NULL},    {"tcp:h", NULL},
                                          {"unix:/h:1", NULL}, {"tcp:192.0.2.1:0", "192.0.2.1"}};
    g_autoptr(Json) own = address_look_up("127.0.0.1");
    g_autoptr(Json) other = address_look_up("192.0.2.99");
    g_autoptr(Json) none = address_look_up("no name");

    for (guint i = 0; i < G_N_ELEMENTS(uris); i++) {
        g_autofree char *host = address_host(uris[i][0]);

        g_assert_cmpstr(host, ==, uris[i][1]);
    }
    g_assert_cmpstr(json_get_string(own, "address"), ==, "127.0.0.1");
    g_assert_true(json_object_get_boolean(json_get(own, "own")));
    g_assert_false(json_object_get_boolean(json_get(other, "own")));
    g_assert_nonnull(json_get_string(none, "error"));
}

/* The list as JSON, with what could not be looked at. */
static void test_list(void)
{
    g_autoptr(CheckList) list = check_list_new();
    g_autoptr(Json) rows = NULL;

    check_add(list, CHECK_BLOCKER, "a", "do it", "%d is wrong", 1);
    check_untold(list, "b");
    check_untold(list, "b");
    check_untold(list, "c");
    rows = check_json(list);
    g_assert_cmpuint(check_count(list, CHECK_BLOCKER), ==, 1);
    g_assert_cmpstr(json_object_to_json_string_ext(rows, JSON_C_TO_STRING_PLAIN), ==,
                    "[{\"check\":\"a\",\"result\":\"blocker\",\"reason\":\"1 is wrong\","
                    "\"way-out\":\"do it\"},{\"check\":\"the rest\",\"result\":\"unknown\","
                    "\"reason\":\"not looked at: b; c\"}]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check/states", test_states);
    g_test_add_func("/check/jobs", test_jobs);
    g_test_add_func("/check/blocked", test_blocked);
    g_test_add_func("/check/host_devices", test_host_devices);
    g_test_add_func("/check/other_devices", test_other_devices);
    g_test_add_func("/check/cpu", test_cpu);
    g_test_add_func("/check/invtsc", test_invtsc);
    g_test_add_func("/check/nx_and_arch", test_nx_and_arch);
    g_test_add_func("/check/programs", test_programs);
    g_test_add_func("/check/memory", test_memory);
    g_test_add_func("/check/clocks", test_clocks);
    g_test_add_func("/check/cache", test_cache);
    g_test_add_func("/check/questions", test_questions);
    g_test_add_func("/check/addresses", test_addresses);
    g_test_add_func("/check/list", test_list);
    return g_test_run();
}
