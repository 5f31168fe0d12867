/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/history.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include "shell/error.h"
#include "shell/line.h"
#include "shell/pattern.h"

enum { DEFAULT_LINES = 2000, LOCK_TRIES = 30, LOCK_PAUSE_US = 10 * 1000 };

/* A word that stands for a secret, as an argument or as a key, in HMP, QMP or a command of the
 * system; not in a file's name. And a URI with a password. */
static const char SECRETS[] = "(?<!/)(?:password|passwd|passphrase|secret(?:_keyring)?|"
                              "tls-creds[\\w-]*)(?![\\w./@-])"
                              "|://[^/\\s:@]+:[^/\\s@]+@";

typedef struct {
    gboolean begun;
    gboolean none; /* of size 0 */
    guint size;
    guint appended;   /* lines since the file was read */
    char *path;       /* of the file, where a link points to; NULL: there can be none */
    char *directory;  /* what is locked */
    char *trouble;    /* not told yet */
    gboolean said;    /* one is enough */
    Pattern *secrets; /* NULL until it is needed */
} History;

/* As global as readline's list. */
static History the_history = {.size = DEFAULT_LINES};

static void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void complain(const char *format, ...)
{
    va_list list;

    if (!the_history.said) {
        the_history.said = TRUE;
        va_start(list, format);
        the_history.trouble = g_strdup_vprintf(format, list);
        va_end(list);
    }
}

gboolean history_is_secret(const char *line)
{
    if (!the_history.secrets) {
        the_history.secrets = pattern_new(SECRETS, TRUE, NULL);
    }
    return pattern_matches(the_history.secrets, line);
}

static gboolean is_kept(const char *line)
{
    return *line && !line_is_blank(*line) && !history_is_secret(line);
}

/* --- the file --- */

/* The lock's descriptor, to be closed, or -1. A stopped shell that holds it, or a file system
 * without locks, shall not stop this one. */
static int lock(void)
{
    int fd = open(the_history.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int tries = 0; fd >= 0 && tries < LOCK_TRIES; tries++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return fd;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            break;
        }
        g_usleep(LOCK_PAUSE_US);
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static void unlock(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

/* Whether there is a file that can be read and replaced; /dev/null, for one, cannot. */
static gboolean is_file(void)
{
    struct stat status;

    return stat(the_history.path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The lines of @text to be kept, the newest @size, oldest first. */
static GPtrArray *choose(char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) newest = g_ptr_array_new();
    GPtrArray *kept = g_ptr_array_new_with_free_func(g_free);

    for (guint i = g_strv_length(lines); i > 0 && newest->len < the_history.size; i--) {
        if (is_kept(lines[i - 1]) && g_hash_table_add(seen, lines[i - 1])) {
            g_ptr_array_add(newest, lines[i - 1]);
        }
    }
    for (guint i = newest->len; i > 0; i--) {
        g_ptr_array_add(kept, g_strdup(newest->pdata[i - 1]));
    }
    return kept;
}

static gboolean write_whole(const GPtrArray *lines, const char *instead_of, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++) {
        g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
    }
    if (strcmp(text->str, instead_of) == 0) {
        return TRUE;
    }
    g_chmod(the_history.path, 0600); /* newer GLib keeps what a file that is there has */
    return g_file_set_contents_full(the_history.path, text->str, (gssize)text->len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* The file's lines, without those that go, which it loses too. NULL where there is none. */
static GPtrArray *read_file(void)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = NULL;
    GPtrArray *lines;
    int fd;

    if (!the_history.path || !is_file()) {
        return NULL;
    }
    fd = lock();
    if (!g_file_get_contents(the_history.path, &text, NULL, &why)) {
        complain(_("the history cannot be read: '%s': %s"), the_history.path, why->message);
        unlock(fd);
        return NULL;
    }
    lines = choose(text);
    if (fd >= 0 && !write_whole(lines, text, &why)) { /* unlocked it is left to the next shell */
        complain(_("the history cannot be written: '%s': %s"), the_history.path, why->message);
    }
    unlock(fd);
    the_history.appended = 0;
    return lines;
}

static void append(const char *line)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    size_t length = strlen(text);
    int locked = lock();
    int fd = open(the_history.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    struct stat status;

    if (fd < 0 || write(fd, text, length) != (ssize_t)length) {
        complain(_("the history cannot be written: '%s': %s"), the_history.path, g_strerror(errno));
    }
    if (fd >= 0) {
        if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077)) {
            fchmod(fd, 0600);
        }
        close(fd);
    }
    unlock(locked);
    if (++the_history.appended > the_history.size) {
        GPtrArray *lines = read_file();

        g_clear_pointer(&lines, g_ptr_array_unref);
    }
}

static void find_file(void)
{
    g_autofree char *file = NULL;
    char *target;

    the_history.directory = g_build_filename(g_get_user_state_dir(), "hmpsh", NULL);
    if (g_mkdir_with_parents(the_history.directory, 0700) != 0) {
        complain(_("the history cannot be kept: '%s': %s"), the_history.directory,
                 g_strerror(errno));
        return;
    }
    file = g_build_filename(the_history.directory, "history", NULL);
    target = realpath(file, NULL); /* replacing a link would cut it off */
    the_history.path = g_strdup(target ? target : file);
    free(target);
}

/* --- readline's list --- */

static void load(void)
{
    g_autoptr(GPtrArray) lines = read_file();

    for (guint i = 0; lines && i < lines->len; i++) {
        add_history(lines->pdata[i]);
    }
}

void history_begin(void)
{
    using_history();
    find_file();
    the_history.begun = TRUE;
    history_set_size(the_history.size);
    if (!the_history.none) {
        load();
    }
}

void history_set_size(guint lines)
{
    gboolean reload = the_history.begun && the_history.none && lines > 0;

    the_history.size = lines;
    the_history.none = lines == 0;
    stifle_history((int)MIN(lines, G_MAXINT));
    if (reload) {
        load();
    }
}

static void drop_equal(const char *line)
{
    for (int i = history_length - 1; i >= 0; i--) {
        HIST_ENTRY *entry = history_get(history_base + i);

        if (entry && strcmp(entry->line, line) == 0) {
            entry = remove_history(i);
            if (entry) {
                free_history_entry(entry);
            }
        }
    }
}

void history_remember(const char *line)
{
    HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;

    if (the_history.none || !is_kept(line) || (last && strcmp(last->line, line) == 0)) {
        return;
    }
    drop_equal(line);
    add_history(line);
    if (the_history.path) {
        append(line);
    }
}

char **history_newest(guint count, guint *first)
{
    guint all = (guint)history_length;
    guint skipped = all - MIN(count, all);
    GPtrArray *lines = g_ptr_array_new();

    for (guint i = skipped; i < all; i++) {
        g_ptr_array_add(lines, g_strdup(history_get(history_base + (int)i)->line));
    }
    g_ptr_array_add(lines, NULL);
    if (first) {
        *first = skipped + 1;
    }
    return (char **)g_ptr_array_free(lines, FALSE);
}

gboolean history_forget(GError **error)
{
    gboolean fine = TRUE;
    int fd;

    clear_history();
    if (the_history.path && is_file()) {
        fd = lock();
        fine = truncate(the_history.path, 0) == 0;
        if (!fine) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot empty '%s': %s"),
                        the_history.path, g_strerror(errno));
        }
        unlock(fd);
    }
    return fine;
}

char *history_trouble(void)
{
    return g_steal_pointer(&the_history.trouble);
}
