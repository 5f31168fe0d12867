/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/lab.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/lab/guard.h"
#include "shell/error.h"
#include "shell/installation.h"
#include "shell/reach.h"

enum {
    MEMORY_MIB = 256,
    LONGEST_DIR =
        50, /* leaves room for "/lib/qemu/domain-99-destination/monitor.sock" in 107 bytes */
};

static const char *const NAMES[] = {"source", "destination"};

typedef enum { RUNS, WAITS_FOR_MIGRATION, PAUSED } Beginning;

struct Lab {
    char *dir;
    char *uri;
    char *kernel;
    char *guest_uuid; /* what both QEMUs take for their guest's: multifd wants equal ones */
    Guard *guard;
    gboolean running;
    LabDisk disk;
    LabBoot boot;
    guint sockets; /* serial ports and migration sockets made so far: none is used twice */
    Heartbeat *heartbeats[2];
};

/* --- the directory --- */

/* libvirt shall need nothing but QEMU itself: no log daemon, and as root no other user, no security
 * driver, no cgroups, no namespaces, and whose the guests' files are (the kernel may be anybody's)
 * is left as it is. (An ordinary user's QEMUs have none of these.) */
static gboolean write_configuration(const char *dir, GError **error)
{
    static const char everybody[] = "stdio_handler = \"file\"\n";
    static const char root[] = "user = \"root\"\n"
                               "group = \"root\"\n"
                               "security_driver = \"none\"\n"
                               "cgroup_controllers = [ ]\n"
                               "namespaces = [ ]\n"
                               "dynamic_ownership = 0\n"
                               "remember_owner = 0\n";
    g_autofree char *etc = g_build_filename(dir, "etc", NULL);
    g_autofree char *path = g_build_filename(etc, "qemu.conf", NULL);
    g_autofree char *text = g_strconcat(everybody, geteuid() == 0 ? root : "", NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return TRUE;
    }
    g_mkdir_with_parents(etc, 0755);
    return g_file_set_contents(path, text, -1, error);
}

/* libvirt asks a new QEMU for its capabilities, which takes seconds, and keeps the answer below its
 * cache directory: a private lab shares the user's. */
static void share_cache(const char *dir)
{
    g_autofree char *cache = g_build_filename(g_get_user_cache_dir(), "hmpsh", "libvirt", NULL);
    g_autofree char *link_path = g_build_filename(dir, "cache", NULL);
    g_autofree char *home = g_path_get_dirname(g_get_user_cache_dir()); /* is not made */

    if (!g_path_is_absolute(cache) || !g_file_test(home, G_FILE_TEST_IS_DIR) ||
        g_mkdir_with_parents(cache, 0700) < 0 || symlink(cache, link_path) < 0) {
        return; /* a slower start, nothing else */
    }
}

/* What an ordinary user's libvirt keeps elsewhere stays in the lab. hmpsh has looked up its own
 * directories before. */
static void keep_libvirt_in(const char *dir)
{
    g_autofree char *cache = g_build_filename(dir, "user", NULL);

    g_get_user_state_dir();
    g_get_user_cache_dir();
    g_get_user_config_dir();
    g_setenv("XDG_CACHE_HOME", cache, TRUE);
    g_setenv("XDG_CONFIG_HOME", cache, TRUE);
}

static char *make_private_dir(GError **error)
{
    gboolean fits = strlen(g_get_tmp_dir()) + strlen("/hmpsh-XXXXXX") <= LONGEST_DIR;
    char *dir = g_build_filename(fits ? g_get_tmp_dir() : "/tmp", "hmpsh-XXXXXX", NULL);

    if (!g_mkdtemp_full(dir, 0700)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("cannot make the lab's directory %s: %s"), dir, g_strerror(errno));
        g_free(dir);
        return NULL;
    }
    share_cache(dir);
    return dir;
}

static char *use_given_dir(const char *dir, GError **error)
{
    if (strlen(dir) > LONGEST_DIR) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_USAGE,
                    _("the lab's directory '%s' is too long: its sockets' paths leave it %d bytes"),
                    dir, LONGEST_DIR);
        return NULL;
    }
    if (g_mkdir_with_parents(dir, 0755) < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("cannot make the lab's directory %s: %s"), dir, g_strerror(errno));
        return NULL;
    }
    return g_strdup(dir);
}

/* The guest's image. Free with g_free(). */
static char *find_kernel(GError **error)
{
    char *path = installation_find("commands/lab/guest/lab-guest.elf", INSTALLED_DATA,
                                   "hmpsh/lab-guest.elf");

    if (!path) {
        g_set_error_literal(
            error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
            _("the lab's guest (lab-guest.elf) is neither beside the program nor installed"));
    }
    return path;
}

Lab *lab_new(const char *dir, GError **error)
{
    g_autofree char *kernel = find_kernel(error);
    g_autofree char *place = NULL;
    g_autofree char *escaped = NULL;
    Guard *guard;
    Lab *lab;

    if (kernel) {
        place = dir ? use_given_dir(dir, error) : make_private_dir(error);
    }
    if (!place || !write_configuration(place, error)) {
        return NULL;
    }
    guard = guard_new(place, dir == NULL, error);
    if (!guard) {
        return NULL;
    }
    keep_libvirt_in(place);
    lab = g_new0(Lab, 1);
    escaped = g_uri_escape_string(place, "/", FALSE);
    lab->uri = g_strdup_printf("qemu:///embed?root=%s", escaped);
    lab->dir = g_steal_pointer(&place);
    lab->kernel = g_steal_pointer(&kernel);
    lab->guest_uuid = g_uuid_string_random();
    lab->guard = guard;
    return lab;
}

void lab_end(Lab *lab)
{
    guard_finish(g_steal_pointer(&lab->guard));
}

const char *lab_uri(Lab *lab)
{
    return lab->uri;
}

void lab_join(Lab *lab, Session *session)
{
    g_datalist_set_data(&session->notes, "lab", lab);
}

Lab *lab_of(Session *session, GError **error)
{
    Lab *lab = g_datalist_get_data(&session->notes, "lab");

    if (!lab) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("this shell has no lab (start one with 'hmpsh --lab')"));
    }
    return lab;
}

/* --- the guests --- */

static char *new_socket(Lab *lab, const char *kind)
{
    return g_strdup_printf("%s/%s-%u", lab->dir, kind, ++lab->sockets);
}

static char *domain_xml(Lab *lab, gboolean destination, Beginning beginning, const char *serial)
{
    g_autofree char *disk = images_xml(lab->dir, &lab->disk, destination);
    g_autofree char *boot = boot_xml(&lab->boot, lab->kernel);
    g_autofree char *port = g_markup_escape_text(serial, -1);

    return g_strdup_printf(
        "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
        "  <name>%s</name>\n"
        "  <memory unit='MiB'>%d</memory>\n"
        "  <vcpu>1</vcpu>\n"
        "  <os>\n"
        "    <type arch='x86_64' machine='pc'>hvm</type>\n"
        "%s"
        "  </os>\n"
        "  <devices>\n"
        "    <controller type='usb' model='none'/>\n"
        "%s"
        "    <serial type='unix'><source mode='bind' path='%s'/></serial>\n"
        "    <memballoon model='none'/>\n"
        "  </devices>\n"
        "  <qemu:commandline>\n"
        "    <qemu:arg value='-uuid'/><qemu:arg value='%s'/>\n"
        "%s"
        "  </qemu:commandline>\n"
        "</domain>\n",
        NAMES[destination], MEMORY_MIB, boot, disk, port, lab->guest_uuid,
        beginning == WAITS_FOR_MIGRATION
            ? "    <qemu:arg value='-incoming'/><qemu:arg value='defer'/>\n"
            : "");
}

Guest *lab_find(Session *session, gboolean destination)
{
    Guest *const guests[] = {session->current, session->peer};

    for (gsize i = 0; i < G_N_ELEMENTS(guests); i++) {
        if (guests[i] && strcmp(guests[i]->name, NAMES[destination]) == 0) {
            return guests[i];
        }
    }
    return NULL;
}

const char *lab_name(gboolean destination)
{
    return NAMES[destination];
}

static gboolean start_guest(Lab *lab, Session *session, gboolean destination, Beginning beginning,
                            GError **error)
{
    Guest *old = lab_find(session, destination);
    gboolean as_peer = destination && (!old || old != session->current);
    Connection *home = reach_home(session, lab->uri, error);
    g_autofree char *serial = new_socket(lab, "serial");
    g_autofree char *xml = domain_xml(lab, destination, beginning, serial);
    virDomainPtr domain;

    if (!home) {
        return FALSE;
    }
    domain = virDomainCreateXML(connection_handle(home), xml,
                                beginning == PAUSED ? VIR_DOMAIN_START_PAUSED : 0);
    if (!domain) {
        g_autofree char *prefix =
            g_strdup_printf(_("cannot start the lab's guest '%s'"), NAMES[destination]);

        connection_set_error(home, HMPSH_ERROR_FAILED, prefix, error);
        return FALSE;
    }
    virDomainFree(domain);
    heartbeat_free(lab->heartbeats[destination]);
    lab->heartbeats[destination] = heartbeat_new(serial);
    return session_attach(session, NAMES[destination], as_peer, error);
}

static void stop_guest(Lab *lab, Session *session, gboolean destination)
{
    Connection *home = reach_home(session, lab->uri, NULL);
    virDomainPtr domain =
        home ? virDomainLookupByName(connection_handle(home), NAMES[destination]) : NULL;

    if (domain) {
        virDomainDestroy(domain);
        virDomainFree(domain);
    }
}

gboolean lab_start(Lab *lab, Session *session, GError **error)
{
    images_remove(lab->dir); /* what a lab of this directory may have left that was killed */
    lab->running = images_make(lab->dir, &lab->disk, FALSE, error) &&
                   images_make(lab->dir, &lab->disk, TRUE, error) &&
                   start_guest(lab, session, FALSE, RUNS, error) &&
                   start_guest(lab, session, TRUE, WAITS_FOR_MIGRATION, error);
    if (!lab->running) {
        lab_stop(lab, session);
        g_prefix_error(error, _("the lab is stopped ('lab start' tries again): "));
    }
    return lab->running;
}

void lab_stop(Lab *lab, Session *session)
{
    stop_guest(lab, session, FALSE);
    stop_guest(lab, session, TRUE);
    images_remove(lab->dir);
    lab->running = FALSE;
}

LabDisk lab_disk(Lab *lab)
{
    return lab->disk;
}

void lab_set_disk(Lab *lab, const LabDisk *disk)
{
    lab->disk = *disk;
}

const LabBoot *lab_boot(Lab *lab)
{
    return &lab->boot;
}

void lab_set_boot(Lab *lab, LabBoot *boot)
{
    boot_clear(&lab->boot);
    lab->boot = *boot;
    *boot = (LabBoot){0};
}

gboolean lab_is_running(Lab *lab)
{
    return lab->running;
}

gboolean lab_renew_destination(Lab *lab, Session *session, GError **error)
{
    stop_guest(lab, session, TRUE);
    return images_make(lab->dir, &lab->disk, TRUE, error) &&
           start_guest(lab, session, TRUE, WAITS_FOR_MIGRATION, error);
}

gboolean lab_copy_to_destination(Lab *lab, Session *session, GError **error)
{
    stop_guest(lab, session, TRUE);
    return images_copy(lab->dir, &lab->disk, error) &&
           start_guest(lab, session, TRUE, PAUSED, error);
}

char *lab_migration_socket(Lab *lab)
{
    return new_socket(lab, "migration");
}

/* --- talking to the guest --- */

HeartbeatState lab_heartbeat(Lab *lab, gboolean destination)
{
    HeartbeatState none = {0};

    return lab->heartbeats[destination] ? heartbeat_state(lab->heartbeats[destination]) : none;
}

Heartbeat *lab_port(Lab *lab, gboolean destination)
{
    return lab->heartbeats[destination];
}
