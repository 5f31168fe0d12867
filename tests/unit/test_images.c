/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/images.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/error.h"

enum { MIB = 1 << 20 };

typedef struct {
    char *dir;
} Place;

static void place_set_up(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    place->dir = g_dir_make_tmp("images-XXXXXX", NULL);
}

static void place_tear_down(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    images_remove(place->dir);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0); /* nothing is left in it */
    g_free(place->dir);
}

static char *image(Place *place, const char *name)
{
    return g_build_filename(place->dir, "images", name, NULL);
}

static struct stat look(Place *place, const char *name)
{
    g_autofree char *path = image(place, name);
    struct stat info = {.st_size = -1};

    (void)stat(path, &info);
    return info;
}

static void check_bytes(Place *place, const char *name, off_t at, const char *expected)
{
    g_autofree char *path = image(place, name);
    char bytes[64] = "";
    int fd = open(path, O_RDONLY);

    g_assert_cmpint(pread(fd, bytes, strlen(expected), at), ==, (gssize)strlen(expected));
    g_assert_cmpstr(bytes, ==, expected);
    close(fd);
}

static void put_bytes(Place *place, const char *name, off_t at, const char *text)
{
    g_autofree char *path = image(place, name);
    int fd = open(path, O_WRONLY);

    g_assert_cmpint(pwrite(fd, text, strlen(text), at), ==, (gssize)strlen(text));
    close(fd);
}

static void make(Place *place, const LabDisk *disk, gboolean destination)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(images_make(place->dir, disk, destination, &error));
    g_assert_no_error(error);
}

static void test_none(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {0};
    g_autofree char *xml = images_xml(place->dir, &disk, FALSE);

    make(place, &disk, FALSE);
    g_assert_cmpstr(xml, ==, "");
}

static void test_raw(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {.size = (guint64)64 << 30}; /* the largest: it is sparse */
    g_autofree char *xml = images_xml(place->dir, &disk, TRUE);

    make(place, &disk, FALSE);
    make(place, &disk, TRUE);
    g_assert_cmpint(look(place, "source.raw").st_size, ==, (goffset)disk.size);
    g_assert_cmpint(look(place, "destination.raw").st_size, ==, (goffset)disk.size);
    g_assert_cmpint(look(place, "destination.raw").st_blocks, <, 1024);
    g_assert_nonnull(strstr(xml, "type='raw' discard='unmap'"));
    g_assert_nonnull(strstr(xml, "/images/destination.raw'/>"));
    g_assert_null(strstr(xml, "backingStore"));

    put_bytes(place, "destination.raw", 4096, "old");
    make(place, &disk, TRUE); /* a fresh one */
    g_assert_cmpint(look(place, "destination.raw").st_blocks, <, 8);
}

static void test_copy(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {.size = 256 * MIB};
    g_autoptr(GError) error = NULL;

    make(place, &disk, FALSE);
    make(place, &disk, TRUE);
    put_bytes(place, "source.raw", 5, "five");
    put_bytes(place, "source.raw", 100 * MIB - 2, "over the edge");
    put_bytes(place, "source.raw", 256 * MIB - 3, "end");
    put_bytes(place, "destination.raw", 70 * MIB, "old");
    g_assert_true(images_copy(place->dir, &disk, &error));
    g_assert_no_error(error);
    g_assert_cmpint(look(place, "destination.raw").st_size, ==, 256 * MIB);
    g_assert_cmpint(look(place, "destination.raw").st_blocks, <, 1024);
    check_bytes(place, "destination.raw", 5, "five");
    check_bytes(place, "destination.raw", 100 * MIB - 2, "over the edge");
    check_bytes(place, "destination.raw", 256 * MIB - 3, "end");
    check_bytes(place, "destination.raw", 70 * MIB, ""); /* a hole: a zero ends it */

    put_bytes(place, "source.raw", 256 * MIB, "longer"); /* as qcow2 files grow */
    g_assert_true(images_copy(place->dir, &disk, &error));
    check_bytes(place, "destination.raw", 256 * MIB, "longer");

    images_remove(place->dir);
    g_assert_false(images_copy(place->dir, &disk, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "source.raw"));
}

static void test_base(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {.size = 3 * MIB, .base = TRUE};
    g_autofree char *program = g_find_program_in_path("qemu-img");
    g_autofree char *xml = images_xml(place->dir, &disk, FALSE);
    guint64 inode;

    g_assert_nonnull(strstr(xml, "type='qcow2' discard='unmap'"));
    g_assert_nonnull(strstr(xml, "/images/source.qcow2'/>"));
    g_assert_nonnull(strstr(xml, "/images/base.raw'/>"));
    if (!program) {
        g_test_skip("no qemu-img here");
        return;
    }
    make(place, &disk, FALSE);
    inode = look(place, "base.raw").st_ino;
    make(place, &disk, TRUE);
    g_assert_cmpuint(look(place, "base.raw").st_ino, ==, inode); /* one for both */
    g_assert_cmpint(look(place, "base.raw").st_size, ==, 3 * MIB);
    check_bytes(place, "base.raw", 0, "hmpsh lab base 0\n");
    check_bytes(place, "base.raw", 3 * MIB - 65536, "hmpsh lab base 3080192\n");
    g_assert_cmpint(look(place, "source.qcow2").st_size, >, 0);
    g_assert_cmpint(look(place, "destination.qcow2").st_size, >, 0);
}

static void test_no_program(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {.size = MIB, .base = TRUE};
    g_autofree char *before = g_strdup(g_getenv("PATH"));
    g_autoptr(GError) error = NULL;

    g_setenv("PATH", "/nonexistent", TRUE);
    g_assert_false(images_make(place->dir, &disk, FALSE, &error));
    g_setenv("PATH", before, TRUE);
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "qemu-img, which is not here"));
    g_assert_nonnull(strstr(error->message, "qemu-utils"));
}

static void test_failures(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    const LabDisk disk = {.size = MIB};
    const LabDisk overlay = {.size = MIB, .base = TRUE};
    g_autofree char *folder = image(place, "source.raw");
    g_autofree char *other = image(place, "source.qcow2");
    g_autofree char *program = g_find_program_in_path("qemu-img");
    g_autoptr(GError) error = NULL;

    g_assert_false(images_make("/nonexistent", &disk, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_false(images_make(place->dir, &disk, FALSE, &error));
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "source.raw"));
    g_clear_error(&error);
    g_rmdir(folder);
    g_assert_cmpint(g_mkdir_with_parents(other, 0700), ==, 0);
    if (program) {
        g_assert_false(images_make(place->dir, &overlay, FALSE, &error));
        g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "source.qcow2")); /* in qemu-img's words */
    }
    g_rmdir(other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
    g_test_add("/images/" name, Place, NULL, place_set_up, function, place_tear_down)
    ADD("none", test_none);
    ADD("raw", test_raw);
    ADD("copy", test_copy);
    ADD("base", test_base);
    ADD("no-program", test_no_program);
    ADD("failures", test_failures);
#undef ADD
    return g_test_run();
}
