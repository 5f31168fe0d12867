/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which disks are copied: query-block of two guests, in the members that count (recorded from
 * libvirt 9.0 and 11.3 with QEMU 7.2 and 10.0). */
#include "commands/migration/storage/storage_plan.h"
#include "shell/error.h"
#include <string.h>

#define IDE(file, size, rest)                                                                      \
    "{\"device\":\"\",\"qdev\":\"ide0-0-0\",\"inserted\":{\"node-name\":\"libvirt-1-format\","     \
    "\"ro\":false,\"file\":\"" file "\",\"image\":{\"virtual-size\":" size "}" rest "}}"
#define OVERLAY(file, base, base_size)                                                             \
    "{\"device\":\"\",\"qdev\":\"ide0-0-0\",\"inserted\":{\"node-name\":\"libvirt-1-format\","     \
    "\"ro\":false,\"file\":\"" file "\",\"backing_file\":\"" base "\",\"backing_file_depth\":1,"   \
    "\"image\":{\"virtual-size\":1048576,\"backing-image\":{\"virtual-size\":" base_size "}}}}"
#define VIRTIO(file)                                                                               \
    "{\"device\":\"\",\"qdev\":\"/machine/peripheral/virtio-disk1/virtio-backend\",\"inserted\":{" \
    "\"node-name\":\"libvirt-2-storage\",\"ro\":false,\"file\":\"" file                            \
    "\",\"image\":{\"virtual-size\":2048}}}"
#define CDROM                                                                                      \
    "{\"device\":\"\",\"qdev\":\"ide0-1-0\",\"inserted\":{\"node-name\":\"libvirt-3-format\","     \
    "\"ro\":true,\"file\":\"/iso\",\"image\":{\"virtual-size\":4096}}}"
#define EMPTY "{\"device\":\"\",\"qdev\":\"ide0-1-1\",\"removable\":true}"

static GPtrArray *plan_of(const char *here, const char *there, gboolean one_host,
                          gboolean incremental, GError **error)
{
    StorageSides sides = {"src", "dst", one_host};
    g_autofree char *source_text = g_strconcat("[", here, "]", NULL);
    g_autofree char *destination_text = g_strconcat("[", there, "]", NULL);
    g_autoptr(Json) source = json_parse(source_text, NULL);
    g_autoptr(Json) destination = json_parse(destination_text, NULL);

    g_assert_nonnull(source);
    g_assert_nonnull(destination);
    return storage_plan_new(source, destination, &sides, incremental, error);
}

static void test_pairs_by_device(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plan =
        plan_of(IDE("/s0", "1024", "") "," CDROM "," EMPTY "," VIRTIO("/s1"),
                VIRTIO("/d1") "," EMPTY "," IDE("/d0", "1024", ""), TRUE, FALSE, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    const StorageDisk *disk;

    g_assert_no_error(error);
    g_assert_cmpuint(plan->len, ==, 2);
    g_assert_cmpuint(storage_plan_copies(plan), ==, 2);
    disk = plan->pdata[0];
    g_assert_cmpstr(disk->name, ==, "ide0-0-0");
    g_assert_cmpstr(disk->peer_file, ==, "/d0");
    g_assert_cmpuint(disk->size, ==, 1024);
    disk = plan->pdata[1];
    g_assert_cmpstr(disk->name, ==, "virtio-disk1");
    g_assert_cmpstr(disk->node, ==, "libvirt-2-storage");
    g_assert_cmpstr(disk->peer_file, ==, "/d1");
    storage_plan_print(plan, 0, text);
    g_assert_cmpstr(text->str, ==,
                    "disk          size   copied  from  to\n"
                    "ide0-0-0      1 KiB  all     /s0   /d0\n"
                    "virtio-disk1  2 KiB  all     /s1   /d1\n");
}

/* The same path is the same image on one host; a network's name is wherever it is seen from. */
static void test_shared(void)
{
    static const struct {
        const char *file;
        gboolean one_host;
        guint copies;
    } cases[] = {
        {"/s0", TRUE, 0},
        {"/s0", FALSE, 1},
        {"/dev/fdset/3", TRUE, 1},
        {"nbd://h/e", FALSE, 0},
        {"nbd://localhost/e", FALSE, 1},
        {"rbd:pool/image", FALSE, 0},
        {"something:new", FALSE, 1},
        {"json:{\\\"driver\\\":\\\"qcow2\\\",\\\"file\\\":{\\\"filename\\\":\\\"/s0\\\"}}", FALSE,
         1},
        {"json:{\\\"driver\\\":\\\"qcow2\\\",\\\"file\\\":{\\\"filename\\\":\\\"/s0\\\"}}", TRUE,
         0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *block = g_strdup_printf(IDE("%s", "1024", ""), cases[i].file);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) plan = plan_of(block, block, cases[i].one_host, FALSE, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(plan->len, ==, 1);
        g_assert_cmpuint(storage_plan_copies(plan), ==, cases[i].copies);
    }
}

static void test_incremental(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) top = plan_of(OVERLAY("/s0", "/base", "4096"),
                                       OVERLAY("/d0", "/base", "4096"), TRUE, TRUE, &error);
    g_autoptr(GPtrArray) all =
        plan_of(OVERLAY("/s0", "/base", "4096"), IDE("/d0", "1048576", ""), TRUE, FALSE, &error);
    g_autoptr(GPtrArray) plain =
        plan_of(IDE("/s0", "1024", ""), IDE("/d0", "1024", ""), TRUE, TRUE, &error);
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_no_error(error);
    g_assert_true(((StorageDisk *)top->pdata[0])->top);
    g_assert_false(((StorageDisk *)all->pdata[0])->top);
    g_assert_false(((StorageDisk *)plain->pdata[0])->top); /* nothing below it */
    storage_plan_print(top, 0, text);
    g_assert_nonnull(strstr(text->str, "top layer  /s0 (on /base)  /d0 (on /base)"));
}

static void check_refused(const char *here, const char *there, gboolean incremental,
                          const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plan = plan_of(here, there, TRUE, incremental, &error);

    g_assert_null(plan);
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    if (!strstr(error->message, message)) {
        g_test_message("%s", error->message);
        g_test_fail();
    }
}

static void test_refusals(void)
{
    check_refused(VIRTIO("/s1"), IDE("/d0", "1024", ""), FALSE,
                  "disk 'virtio-disk1' of 'src' (/s1) has no counterpart at 'dst'");
    check_refused(IDE("/s0", "1024", ""), "{\"device\":\"\",\"qdev\":\"ide0-0-0\"}", FALSE,
                  "the same devices, with a medium");
    check_refused(VIRTIO("/s1"),
                  "{\"qdev\":\"/machine/peripheral/virtio-disk1/virtio-backend\",\"inserted\":{"
                  "\"node-name\":\"n\",\"ro\":true,\"file\":\"/d\"}}",
                  FALSE, "is read-only at 'dst'");
    check_refused(IDE("/s0", "1024", ""), IDE("/d0", "512", ""), FALSE,
                  "has 1024 bytes, and /d0 at 'dst' has 512");
    check_refused(IDE("/s0", "1024", ""), IDE("/d0", "2048", ""), FALSE, "exactly as large");
    check_refused(OVERLAY("/s0", "/base", "4096"), IDE("/d0", "1048576", ""), TRUE,
                  "has the backing file /base, and /d0 at 'dst' has none");
    check_refused(OVERLAY("/s0", "/base", "4096"), OVERLAY("/d0", "/other", "512"), TRUE,
                  "at 'dst' it is /other with 512");
}

static void test_drives(void)
{
    static const char drive[] =
        "[{\"device\":\"hd0\",\"inserted\":{\"node-name\":\"#block1\",\"ro\":false}}]";
    g_autoptr(Json) drives = json_parse(drive, NULL);
    g_autoptr(Json) none = json_parse("[]", NULL);
    g_autoptr(Json) blockdev = json_parse("[" IDE("/s0", "1024", "") "]", NULL);

    g_assert_true(storage_has_only_drives(drives));
    g_assert_false(storage_has_only_drives(blockdev));
    g_assert_false(storage_has_only_drives(none));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage-plan/pairs-by-device", test_pairs_by_device);
    g_test_add_func("/storage-plan/shared", test_shared);
    g_test_add_func("/storage-plan/incremental", test_incremental);
    g_test_add_func("/storage-plan/refusals", test_refusals);
    g_test_add_func("/storage-plan/drives", test_drives);
    return g_test_run();
}
