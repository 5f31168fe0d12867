/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of argument offers, by replies that a QEMU 7.2 gave (shortened). */
#include <glib/gstdio.h>

#include "tests/unit/prompt.h"

#define RETURN(value) "{\"return\":" value "}\n"

static const char REPLIES[] =
    "> {\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/machine/peripheral\"}}\n" //
    RETURN("[{\"name\":\"type\",\"type\":\"string\"},"
           "{\"name\":\"net0\",\"type\":\"child<virtio-net-pci>\"},"
           "{\"name\":\"disk0\",\"type\":\"child<ide-hd>\"}]")      //
    "> {\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/\"}}\n" //
    RETURN("[{\"name\":\"type\",\"type\":\"string\"},"
           "{\"name\":\"objects\",\"type\":\"child<container>\"},"
           "{\"name\":\"machine\",\"type\":\"child<pc-i440fx-7.2-machine>\"}]") //
    "> {\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/machine\"}}\n"      //
    RETURN("[{\"name\":\"type\",\"type\":\"string\"},"
           "{\"name\":\"usb\",\"type\":\"bool\"},"
           "{\"name\":\"peripheral\",\"type\":\"child<container>\"},"
           "{\"name\":\"acpi-device\",\"type\":\"link<hotplug-handler>\"}]") //
    "> {\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}\n"   //
    RETURN("[{\"name\":\"type\",\"type\":\"string\"},"
           "{\"name\":\"tls0\",\"type\":\"child<tls-creds-x509>\"}]") //
    "> {\"execute\":\"query-block\"}\n"                               //
    RETURN("[{\"device\":\"drive0\",\"locked\":false,\"inserted\":{\"node-name\":\"#block123\","
           "\"image\":{\"snapshots\":[{\"name\":\"before upgrade\"},{\"name\":\"clean\"}]}}},"
           "{\"device\":\"\",\"qdev\":\"disk0\",\"inserted\":{\"node-name\":\"libvirt-1-format\"}},"
           "{\"device\":\"cd0\",\"locked\":false}]")                              //
    "> {\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}\n" //
    RETURN("[{\"node-name\":\"libvirt-1-format\"},{\"node-name\":\"libvirt-1-storage\"},"
           "{\"node-name\":\"#block123\"}]")                                       //
    "> {\"execute\":\"query-block-jobs\"}\n"                                       //
    RETURN("[{\"device\":\"mirror-0\",\"type\":\"mirror\"}]")                      //
    "> {\"execute\":\"query-chardev\"}\n"                                          //
    RETURN("[{\"label\":\"charmonitor\"},{\"label\":\"charserial0\"}]")            //
    "> {\"execute\":\"query-cpus-fast\"}\n"                                        //
    RETURN("[{\"cpu-index\":0},{\"cpu-index\":1}]")                                //
    "> {\"execute\":\"trace-event-get-state\",\"arguments\":{\"name\":\"*\"}}\n"   //
    RETURN("[{\"name\":\"vm_state_notify\"},{\"name\":\"migration_completion\"}]") //
    "> "
    "{\"execute\":\"qom-list-types\",\"arguments\":{\"implements\":\"device\",\"abstract\":false}}"
    "\n"                                                            //
    RETURN("[{\"name\":\"virtio-net-pci\"},{\"name\":\"ide-hd\"}]") //
    "> {\"execute\":\"qom-list-types\",\"arguments\":{\"implements\":\"user-creatable\","
    "\"abstract\":false}}\n"                                          //
    RETURN("[{\"name\":\"tls-creds-x509\"},{\"name\":\"iothread\"}]") //
    "> {\"execute\":\"device-list-properties\",\"arguments\":{\"typename\":\"virtio-net-pci\"}}\n" //
    RETURN("[{\"name\":\"mac\",\"type\":\"str\"},{\"name\":\"mq\",\"type\":\"bool\"}]") //
    "> info network\n"
    "net0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:00:00:01\n"
    " \\ hostnet0: index=0,type=tap,ifname=vnet0\n";

static void set_up(Prompt *prompt, gconstpointer data)
{
    g_autofree char *recording = recording_of("7.2");
    g_autofree char *all = g_strconcat(recording, REPLIES, NULL);

    prompt_set_up(prompt, data);
    session_detach(prompt->session, FALSE);
    prompt->session->current = replayed_guest(prompt->session, "web01", all);
}

static void test_things(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "device_del ", "disk0 net0");
    check(prompt, "object_del ", "tls0");
    check(prompt, "chardev-remove char", "charmonitor charserial0");
    check(prompt, "set_link ", "hostnet0 net0");
    check(prompt, "set_link net0 ", "off on");
    check(prompt, "netdev_del h", "hostnet0");
    check(prompt, "cpu ", "0 1");
    check(prompt, "trace-event mig", "migration_completion");
    check(prompt, "trace-event vm_state_notify ", "off on");
    check(prompt, "trace-event vm_state_notify on ", "0 1");
}

static void test_blocks(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *warm = find(prompt, "drive_"); /* QEMU's help is known now */

    check(prompt, "drive_del ", "#block123 cd0 disk0 drive0 libvirt-1-format libvirt-1-storage");
    check(prompt, "eject -f c", "cd0");
    check(prompt, "eject -", "-f");
    check(prompt, "block_job_cancel -f ", "mirror-0");
    check(prompt, "block_resize libvirt-1-s", "libvirt-1-storage");
    check_hint(prompt, "block_resize drive0 ", "size: resize a block image");
    check(prompt, "change cd0 -", "-f");
    check(prompt, "loadvm ", "\"before upgrade\" clean");
    check(prompt, "loadvm \"before", "\"before upgrade\"");
    check(prompt, "loadvm \"before u", "\"before upgrade\"");
    check(prompt, "delvm c", "clean");
}

static void test_qom(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "qom-list ", "/machine/ /objects/");
    check(prompt, "qom-list /mach", "/machine/");
    check(prompt, "qom-list /machine/", "/machine/acpi-device/ /machine/peripheral/");
    check(prompt, "qom-get /machine/per", "/machine/peripheral/");
    check(prompt, "qom-get /machine u", "usb");
    check(prompt, "qom-set /machine ", "acpi-device peripheral type usb");
    check(prompt, "qom-list machine", "");
    check(prompt, "qom-list /nowhere/", "");
}

static void test_types(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "device_add v", "virtio-net-pci");
    check(prompt, "device_add virtio-net-pci,", "virtio-net-pci,mac= virtio-net-pci,mq=");
    check(prompt, "device_add virtio-net-pci,mq=on,ma", "virtio-net-pci,mq=on,mac=");
    check(prompt, "object_add io", "iothread");
    check(prompt, "object_add qom-type=io", "qom-type=iothread");
}

static void test_qmp(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "qmp query-migrate-c", "query-migrate-capabilities");
    check(prompt, "qmp set_link ", "name= up=");
    check(prompt, "qmp set_link up=", "up=false up=true");
    check(prompt, "qmp set_link up=true n", "name=");
    check(prompt, "qmp set_link up=true name=x ", "");
    check(prompt, "qmp blockdev-mirror sync=in", "sync=incremental");
    check(prompt, "qmp query-status ", "");
    check_hint(prompt, "qmp query-status ", "query-status takes nothing");
    check_hint(prompt, "qmp set_link name=", "name: str");
    check_hint(prompt, "qmp set_link nmae", "did you mean 'name='?");
    check_hint(prompt, "qmp nonsense x", "this QEMU has no QMP command 'nonsense'");
    check_hint(prompt, "qmp set_link zzz=", "set_link has no member 'zzz'");
    check_hint(prompt, "qmp set_link up:=", "JSON");
}

static void test_parameter_values(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    check(prompt, "migrate_set_parameter multifd-compression ", "none zlib zstd");
    check(prompt, "migrate_set_parameter multifd-compression z", "zlib zstd");
    check(prompt, "migrate_set_parameter cpu-throttle-tailslow ", "off on"); /* off now */
    check(prompt, "wait event MIGRATION", "MIGRATION MIGRATION_PASS");
    check(prompt, "info migrate_parameters ", "");
}

static void test_hosts(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    static const char known[] = "alpha,10.0.0.1 ssh-ed25519 AAAA\n"
                                "[beta]:2222 ssh-ed25519 AAAA\n"
                                "@cert-authority *.example ssh-rsa AAAA\n"
                                "# gamma ssh-rsa AAAA\n"
                                "|1|hash= ssh-rsa AAAA\n"
                                "fd00::1 ssh-rsa AAAA\n";
    g_autofree char *dir = g_build_filename(g_get_home_dir(), ".ssh", NULL);
    g_autofree char *file = g_build_filename(dir, "known_hosts", NULL);

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0); /* a home of the test's own */
    g_assert_true(g_file_set_contents(file, known, -1, NULL));
    check(prompt, "migrate t", "tcp:");
    check_some(prompt, "migrate tcp:", "tcp:alpha: tcp:beta: tcp:10.0.0.1: tcp:[fd00::1]:",
               "tcp:gamma: peer");
    check(prompt, "migrate rdma:al", "rdma:alpha:");
    check_some(prompt, "attach web01@qemu", "web01@qemu:///system web01@qemu+ssh://alpha/system",
               "web01@qemu+ssh://gamma/system");
    check_some(prompt, "migrate unix:/", "unix:/etc/ unix:/tmp/", "/etc/");
    g_unlink(file);
    g_rmdir(dir);
}

static void add(const char *path, void (*func)(Prompt *, gconstpointer))
{
    g_test_add(path, Prompt, NULL, set_up, func, prompt_tear_down);
}

int main(int argc, char **argv)
{
    g_autofree char *home = g_dir_make_tmp("kinds-XXXXXX", NULL);
    int status;

    g_setenv("HOME", home, TRUE);
    g_test_init(&argc, &argv, NULL);
    add("/kinds/things", test_things);
    add("/kinds/blocks", test_blocks);
    add("/kinds/qom", test_qom);
    add("/kinds/types", test_types);
    add("/kinds/qmp", test_qmp);
    add("/kinds/parameter-values", test_parameter_values);
    add("/kinds/hosts", test_hosts);
    status = g_test_run();
    g_rmdir(home);
    return status;
}
