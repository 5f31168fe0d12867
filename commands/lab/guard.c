/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/guard.h"

#include <glib/gi18n.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/lab/images.h"
#include "shell/error.h"

enum {
    ROUND_US = 20 * 1000,
    KILL_ROUNDS = 500, /* 10 s: a QEMU in an uninterruptible sleep is not waited for */
    QUIET_ROUNDS = 15, /* a shell killed while libvirt started a QEMU: that one may come late */
    PARENT_ROUNDS = 500,
    LOCK_ROUNDS = 200, /* 4 s: the guard of the lab before may still be at work */
};

struct Guard {
    int leash; /* closed: the shell has ended */
    int news;  /* closed: no QEMU of the lab is left */
};

/* --- in the guard --- */

/* Whether @text has @mark where a path begins: behind no character of a path. */
static gboolean names_path(const char *text, gsize length, const char *mark)
{
    const char *at = text;

    while ((at = memmem(at, length - (gsize)(at - text), mark, strlen(mark)))) {
        if (at == text || (!g_ascii_isalnum(at[-1]) && !strchr("/._-+", at[-1])) || !at[-1]) {
            return TRUE;
        }
        at++;
    }
    return FALSE;
}

/* Whether process @pid is a QEMU of the lab: its program's name says the one, its command line,
 * which names the key that libvirt made for it below the lab's directory, the other. A pid file
 * would miss those that libvirt starts only to ask for their capabilities. */
static gboolean is_qemu_of(const char *pid, const char *mark)
{
    g_autofree char *exe = g_strdup_printf("/proc/%s/exe", pid);
    g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", pid);
    g_autofree char *program = g_file_read_link(exe, NULL);
    g_autofree char *text = NULL;
    gsize length;

    return program && strstr(program, "qemu") && g_file_get_contents(path, &text, &length, NULL) &&
           names_path(text, length, mark);
}

/* Kills the lab's QEMUs. How many there were. */
static unsigned kill_qemus(const char *mark)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    unsigned found = 0;

    while (proc && (entry = readdir(proc))) {
        if (g_ascii_isdigit(entry->d_name[0]) && is_qemu_of(entry->d_name, mark)) {
            kill((pid_t)atoi(entry->d_name), SIGKILL);
            found++;
        }
    }
    if (proc) {
        closedir(proc);
    }
    return found;
}

static int remove_entry(const char *path, const struct stat *info G_GNUC_UNUSED,
                        int type G_GNUC_UNUSED, struct FTW *where G_GNUC_UNUSED)
{
    remove(path);
    return 0;
}

/* libvirt's notes about guests that it takes for running: they would be in the next lab's way. The
 * directory is the user's, so nothing else in it is touched. */
static void remove_notes(const char *dir)
{
    static const char *const names[] = {"source.xml", "source.pid", "destination.xml",
                                        "destination.pid"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, "run", "qemu", names[i], NULL);

        unlink(path);
    }
}

static void forget_everything(int leash, int news, int lock)
{
    int null = open("/dev/null", O_RDWR);

    for (int fd = 0; fd <= 2; fd++) {
        dup2(null, fd);
    }
    for (int fd = 3; fd < 256; fd++) {
        if (fd != leash && fd != news && fd != lock) {
            close(fd);
        }
    }
}

static void guard_main(const char *dir, gboolean remove, int leash, int news, int lock, pid_t shell)
{
    g_autofree char *mark = g_strdup_printf("%s/lib/qemu/", dir);
    char byte;

    setsid();
    prctl(PR_SET_NAME, "hmpsh-guard");
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    forget_everything(leash, news, lock);
    while (read(leash, &byte, 1) < 0 && errno == EINTR) {
    }
    for (int i = 0; kill_qemus(mark) > 0 && i < KILL_ROUNDS; i++) {
        usleep(ROUND_US);
    }
    close(news);
    for (int i = 0; getppid() == shell && i < PARENT_ROUNDS; i++) {
        usleep(ROUND_US);
    }
    for (int i = 0, quiet = 0; quiet < QUIET_ROUNDS && i < KILL_ROUNDS; i++) {
        quiet = kill_qemus(mark) > 0 ? 0 : quiet + 1;
        usleep(ROUND_US);
    }
    if (remove) {
        nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    } else {
        remove_notes(dir);
        images_remove(dir);
    }
}

/* --- in the shell --- */

/* Locks @dir for this lab and its guard: another lab's guard would end this one's QEMUs. The
 * descriptor, or -1 with @error. */
static int lock_dir(const char *dir, GError **error)
{
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int i = 0; lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno != EWOULDBLOCK || i == LOCK_ROUNDS) {
            close(lock);
            lock = -1;
        } else {
            usleep(ROUND_US);
        }
    }
    if (lock < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot have the lab in %s: %s"), dir,
                    errno == EWOULDBLOCK ? _("another one is there") : g_strerror(errno));
    }
    return lock;
}

Guard *guard_new(const char *dir, gboolean remove, GError **error)
{
    pid_t shell = getpid();
    int lock = lock_dir(dir, error);
    int leash[2] = {-1, -1};
    int news[2] = {-1, -1};
    pid_t pid = -1;
    Guard *guard;

    if (lock < 0) {
        return NULL;
    }
    if (pipe2(leash, O_CLOEXEC) == 0 && pipe2(news, O_CLOEXEC) == 0) {
        pid = fork();
    }
    if (pid < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot start the lab's guard: %s"),
                    g_strerror(errno));
        return NULL;
    }
    if (pid == 0) {
        close(leash[1]);
        close(news[0]);
        guard_main(dir, remove, leash[0], news[1], lock, shell);
        _exit(0);
    }
    close(lock); /* the guard's copy keeps it */
    close(leash[0]);
    close(news[1]);
    guard = g_new(Guard, 1);
    *guard = (Guard){leash[1], news[0]};
    return guard;
}

void guard_finish(Guard *guard)
{
    char byte;

    close(guard->leash);
    while (read(guard->news, &byte, 1) < 0 && errno == EINTR) {
    }
    close(guard->news);
    g_free(guard);
}
