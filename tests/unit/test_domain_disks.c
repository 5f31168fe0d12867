/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disks of a guest's XML, and Tab that offers them. */
#include "shell/domain_disks.h"

#include <glib/gstdio.h>

#include "tests/unit/prompt.h"

#define UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define GUEST                                                                                      \
    "<domain type='test'><name>web01</name><uuid>" UUID "</uuid><memory>65536</memory>"            \
    "<os><type>hvm</type></os><devices>"                                                           \
    "<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"   \
    "<disk type='file' device='cdrom'><source file='/b'/><target dev='hda' bus='ide'/></disk>"     \
    "<disk type='file'><source file='/c'/><target dev='sdb' bus='scsi'/></disk>"                   \
    "<interface type='network'><source network='default'/><target dev='vnet0'/></interface>"       \
    "</devices></domain>"

static void check_disks(const char *xml, const char *expected)
{
    g_auto(GStrv) disks = domain_disks(xml);
    g_autofree char *found = g_strjoinv(" ", disks);

    g_assert_cmpstr(found, ==, expected);
}

static void test_read(void)
{
    check_disks(GUEST, "vda sdb");
    check_disks("<domain><devices/></domain>", "");
    check_disks("<disk><target dev='vda'/></disk><", "");
    check_disks("", "");
}

/* A guest of libvirt's test driver that has the disks. */
static void test_tab(Prompt *prompt, gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *directory = g_dir_make_tmp("disks-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "node.xml", NULL);
    g_autofree char *uri = g_strconcat("test://", path, NULL);
    Guest *guest = prompt->session->current;
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "<node>" GUEST "</node>", -1, NULL));
    connection_unref(guest->home);
    guest->home = connection_open(uri, NULL, &error);
    g_assert_no_error(error);
    check(prompt, "migrate --migrate-disks ", ""); /* none that is called so */
    g_strlcpy(guest->uuid, UUID, sizeof(guest->uuid));
    prompt->session->lines++; /* a command later it is asked again */
    check(prompt, "migrate --migrate-disks ", "vda sdb");
    check(prompt, "migrate --migrate-disks s", "sdb");
    check(prompt, "migrate --migrate-disks sdb,", "sdb,vda");
    check(prompt, "migrate --migrate-disks-detect-zeroes=vd", "--migrate-disks-detect-zeroes=vda");
    check_sent(guest, "");
    session_detach(prompt->session, FALSE);
    check(prompt, "migrate --migrate-disks ", "");
    g_unlink(path);
    g_rmdir(directory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain_disks/read", test_read);
    g_test_add("/domain_disks/tab", Prompt, NULL, prompt_set_up, test_tab, prompt_tear_down);
    return g_test_run();
}
