/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/images.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/error.h"

static const char FOLDER[] = "images";
static const char BASE[] = "base.raw";
static const char *const FILES[] = {BASE, "source.raw", "destination.raw", "source.qcow2",
                                    "destination.qcow2"};

enum { MARK_STEP = 64 << 10, MARKS = 16 << 10 };

/* Free with g_free(). */
static char *path_of(const char *dir, const char *name)
{
    return g_build_filename(dir, FOLDER, name, NULL);
}

static char *image_of(const char *dir, const LabDisk *disk, gboolean destination)
{
    return path_of(dir, FILES[1 + destination + (disk->base ? 2 : 0)]);
}

/* What could not be done, in words (taken over), and why. */
static gboolean fail(char *what, GError **error)
{
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%s: %s"), what, g_strerror(errno));
    g_free(what);
    return FALSE;
}

/* A sparse file, empty whatever was there before; -1 with @error. */
static int create(const char *path, guint64 size, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0 || ftruncate(fd, (off_t)size) < 0) {
        fail(g_strdup_printf(_("cannot make the disk image %s"), path), error);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

/* Some text here and there, so that an overlay which lost its base shows. */
static gboolean make_base(const char *path, guint64 size, GError **error)
{
    guint64 step = MAX(MARK_STEP, size / MARKS / IMAGES_UNIT * IMAGES_UNIT);
    gboolean good = TRUE;
    int fd;

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return TRUE;
    }
    fd = create(path, size, error);
    if (fd < 0) {
        return FALSE;
    }
    for (guint64 at = 0; at < size && good; at += step) {
        g_autofree char *text = g_strdup_printf("hmpsh lab base %" G_GUINT64_FORMAT "\n", at);

        good = pwrite(fd, text, strlen(text), (off_t)at) == (gssize)strlen(text) ||
               fail(g_strdup_printf(_("cannot write the disk image %s"), path), error);
    }
    close(fd);
    return good;
}

gboolean images_can_make(const LabDisk *disk, GError **error)
{
    g_autofree char *program = disk->base ? g_find_program_in_path("qemu-img") : NULL;

    if (disk->base && !program) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("a disk on a base needs the program qemu-img, which is not here "
                              "(Debian has it in qemu-utils, Fedora in qemu-img)"));
        return FALSE;
    }
    return TRUE;
}

/* What qemu-img says of a failure goes into @error. */
static gboolean make_overlay(const char *base, const char *image, guint64 size, GError **error)
{
    g_autofree char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, size);
    const char *const words[] = {"qemu-img", "create", "-q",  "-f",  "qcow2", "-b",
                                 base,       "-F",     "raw", image, bytes,   NULL};
    g_autofree char *said = NULL;
    g_autoptr(GError) why = NULL;
    int status;

    if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                      NULL, NULL, NULL, &said, &status, &why) ||
        !g_spawn_check_wait_status(status, &why)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("cannot make the disk on its base: %s"),
                    said && *g_strstrip(said) ? said : why->message);
        return FALSE;
    }
    return TRUE;
}

gboolean images_make(const char *dir, const LabDisk *disk, gboolean destination, GError **error)
{
    g_autofree char *folder = path_of(dir, "");
    g_autofree char *base = path_of(dir, BASE);
    g_autofree char *image = image_of(dir, disk, destination);
    int fd;

    if (disk->size == 0) {
        return TRUE;
    }
    if (g_mkdir(folder, 0700) < 0 && errno != EEXIST) {
        return fail(g_strdup_printf(_("cannot make %s"), folder), error);
    }
    if (disk->base) {
        return images_can_make(disk, error) && make_base(base, disk->size, error) &&
               make_overlay(base, image, disk->size, error);
    }
    fd = create(image, disk->size, error);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

/* What is left of a hole is one: its bytes are neither read nor written. */
static gboolean copy_data(int from, int to, GError **error)
{
    g_autofree char *buffer = g_malloc(1 << 20);
    off_t end = lseek(from, 0, SEEK_END);
    off_t at = 0;

    while (at < end) {
        off_t hole;

        at = lseek(from, at, SEEK_DATA);
        if (at < 0) {
            return errno == ENXIO ||
                   fail(g_strdup(_("cannot read the source's disk image")), error);
        }
        hole = lseek(from, at, SEEK_HOLE);
        while (at < hole) {
            gssize count = pread(from, buffer, MIN(1 << 20, (gsize)(hole - at)), at);

            if (count <= 0 || pwrite(to, buffer, (gsize)count, at) != count) {
                return fail(g_strdup(_("cannot copy the source's disk image")), error);
            }
            at += count;
        }
    }
    return TRUE;
}

gboolean images_copy(const char *dir, const LabDisk *disk, GError **error)
{
    g_autofree char *source = image_of(dir, disk, FALSE);
    g_autofree char *destination = image_of(dir, disk, TRUE);
    int from = open(source, O_RDONLY | O_CLOEXEC);
    struct stat info;
    gboolean good;
    int to;

    if (from < 0 || fstat(from, &info) < 0) {
        fail(g_strdup_printf(_("cannot read %s"), source), error);
        if (from >= 0) {
            close(from);
        }
        return FALSE;
    }
    to = create(destination, (guint64)info.st_size, error);
    good = to >= 0 && copy_data(from, to, error);
    close(from);
    if (to >= 0) {
        close(to);
    }
    return good;
}

void images_remove(const char *dir)
{
    g_autofree char *folder = path_of(dir, "");

    for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autofree char *path = path_of(dir, FILES[i]);

        unlink(path);
    }
    rmdir(folder);
}

char *images_xml(const char *dir, const LabDisk *disk, gboolean destination)
{
    g_autofree char *image = image_of(dir, disk, destination);
    g_autofree char *base = path_of(dir, BASE);
    g_autofree char *image_text = g_markup_escape_text(image, -1);
    g_autofree char *base_text = g_markup_escape_text(base, -1);
    g_autofree char *backing = NULL;

    if (disk->size == 0) {
        return g_strdup("");
    }
    backing = disk->base ? g_strdup_printf("      <backingStore type='file'>\n"
                                           "        <format type='raw'/>\n"
                                           "        <source file='%s'/>\n"
                                           "        <backingStore/>\n"
                                           "      </backingStore>\n",
                                           base_text)
                         : g_strdup("");
    return g_strdup_printf("    <disk type='file' device='disk'>\n"
                           "      <driver name='qemu' type='%s' discard='unmap'/>\n"
                           "      <source file='%s'/>\n"
                           "%s"
                           "      <target dev='hda' bus='ide'/>\n"
                           "    </disk>\n",
                           disk->base ? "qcow2" : "raw", image_text, backing);
}
