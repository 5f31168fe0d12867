/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/heartbeat.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "commands/lab/console.h"
#include "shell/error.h"

enum {
    RETRY_MS = 100,
    LINE_MAX_BYTES = 128, /* the guest's longest has 97 */
    BEAT_NUMBERS = 3,
    DISK_NUMBERS = 9,
    NUMBERS_LOST_MAX = 50,
};

/* One source at a time is attached to the default context: the socket's, or the timer of the next
 * try. It holds a reference, which is what keeps a running callback safe from heartbeat_free(). */
struct Heartbeat {
    gatomicrefcount references;
    char *path;

    GMutex lock; /* guards everything below */
    gboolean over;
    int fd; /* -1: not connected */
    GSource *source;
    GString *line; /* what has come of the next line, never more than LINE_MAX_BYTES */
    gboolean run_begins;
    HeartbeatState state;
    Console *console;
};

static void connect_or_retry(Heartbeat *self);

static void heartbeat_unref(gpointer data)
{
    Heartbeat *self = data;

    if (!g_atomic_ref_count_dec(&self->references)) {
        return;
    }
    if (self->fd >= 0) {
        close(self->fd);
    }
    g_string_free(self->line, TRUE);
    console_free(self->console);
    g_mutex_clear(&self->lock);
    g_free(self->path);
    g_free(self);
}

/* Takes @source over in place of the one before, which its callback is about to end. */
static void attach(Heartbeat *self, GSource *source, GSourceFunc callback)
{
    g_clear_pointer(&self->source, g_source_unref);
    g_atomic_ref_count_inc(&self->references);
    g_source_set_callback(source, callback, self, heartbeat_unref);
    g_source_attach(source, NULL);
    self->source = source;
}

/* What sum(1) prints, of @length bytes. */
static guint16 bsd_checksum(const char *bytes, gsize length)
{
    guint16 sum = 0;

    for (gsize i = 0; i < length; i++) {
        sum = (guint16)((sum >> 1 | sum << 15) + (guint8)bytes[i]);
    }
    return sum;
}

/* FALSE unless @line is, whole and unharmed, @verb (with a blank behind it, or ""), @count numbers
 * and their sum. */
static gboolean parse_line(const GString *line, const char *verb, guint64 *numbers, guint count)
{
    g_auto(GStrv) words = NULL;
    guint64 sum;

    if (line->len >= LINE_MAX_BYTES || strlen(line->str) != line->len ||
        !g_str_has_prefix(line->str, verb)) {
        return FALSE;
    }
    words = g_strsplit(line->str + strlen(verb), " ", (gint)count + 2);
    if (g_strv_length(words) != count + 1 || strlen(words[count]) != 4 ||
        !g_ascii_string_to_unsigned(words[count], 16, 0, G_MAXUINT16, &sum, NULL)) {
        return FALSE;
    }
    for (guint i = 0; i < count; i++) {
        if (!g_ascii_string_to_unsigned(words[i], 10, 0, G_MAXUINT32, &numbers[i], NULL)) {
            return FALSE;
        }
    }
    return bsd_checksum(line->str, line->len - strlen(words[count])) == sum;
}

static void take_beat(Heartbeat *self, const guint64 *numbers, gint64 now)
{
    HeartbeatState *state = &self->state;
    guint64 number = numbers[0];

    if (self->run_begins || number <= state->last_number) {
        self->run_begins = FALSE;
        state->first_number = number;
        state->first_time = now;
    } else {
        state->longest_gap = MAX(state->longest_gap, now - state->last_time);
    }
    state->beats++;
    state->last_number = number;
    state->last_time = now;
    state->rate = numbers[1] * 1024;
    state->span = numbers[2] * 1024;
}

static void take_line(Heartbeat *self, gint64 now)
{
    guint64 numbers[MAX(BEAT_NUMBERS, DISK_NUMBERS)];

    if (parse_line(self->line, "", numbers, BEAT_NUMBERS) && numbers[0] > 0) {
        take_beat(self, numbers, now);
    } else if (parse_line(self->line, "disk ", numbers, DISK_NUMBERS)) {
        self->state.disk = (HeartbeatDisk){
            .size = numbers[0] * 1024,
            .rate = numbers[1] * 1024,
            .span = numbers[2] * 1024,
            .written = numbers[3] * HEARTBEAT_BLOCK,
            .errors = numbers[4],
            .checks = numbers[5],
            .blocks = numbers[6],
            .bad = numbers[7],
            .checking = numbers[8] != 0,
            .time = now,
        };
    }
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer data)
{
    Heartbeat *self = data;
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);
    const gint64 now = g_get_monotonic_time();
    char bytes[4096];
    gssize count;

    (void)condition;
    if (self->over) {
        return G_SOURCE_REMOVE;
    }
    count = read(fd, bytes, sizeof(bytes));
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    if (count <= 0) {
        close(fd);
        self->fd = -1;
        self->state.connected = FALSE;
        connect_or_retry(self);
        return G_SOURCE_REMOVE;
    }
    self->state.heard = now;
    console_take(self->console, bytes, (gsize)count, now);
    for (gssize i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            take_line(self, now);
            g_string_truncate(self->line, 0);
        } else if (self->line->len < LINE_MAX_BYTES) {
            g_string_append_c(self->line, bytes[i]);
        }
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_retry(gpointer data)
{
    Heartbeat *self = data;
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);

    if (!self->over) {
        connect_or_retry(self);
    }
    return G_SOURCE_REMOVE;
}

/* A socket connected to @path, or -1. A unix socket's connect() never is in progress. */
static int connect_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* With the lock held. */
static void connect_or_retry(Heartbeat *self)
{
    self->fd = connect_socket(self->path);
    if (self->fd < 0) {
        attach(self, g_timeout_source_new(RETRY_MS), on_retry);
        return;
    }
    self->state.connected = TRUE;
    self->run_begins = TRUE;
    g_string_truncate(self->line, 0);
    attach(self, g_unix_fd_source_new(self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
           G_SOURCE_FUNC(on_readable));
}

Heartbeat *heartbeat_new(const char *socket_path)
{
    Heartbeat *self = g_new0(Heartbeat, 1);
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = NULL;

    g_atomic_ref_count_init(&self->references);
    g_mutex_init(&self->lock);
    self->path = g_strdup(socket_path);
    self->line = g_string_new(NULL);
    self->console = console_new();
    locker = g_mutex_locker_new(&self->lock);
    connect_or_retry(self);
    return self;
}

void heartbeat_free(Heartbeat *self)
{
    GSource *source;

    if (self == NULL) {
        return;
    }
    g_mutex_lock(&self->lock);
    self->over = TRUE;
    source = g_steal_pointer(&self->source);
    g_mutex_unlock(&self->lock);
    g_source_destroy(source); /* gives its reference back, and must not find the lock taken */
    g_source_unref(source);
    heartbeat_unref(self);
}

HeartbeatState heartbeat_state(Heartbeat *self)
{
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);

    return self->state;
}

char *heartbeat_console(Heartbeat *self, guint lines)
{
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);

    return console_text(self->console, lines, g_get_monotonic_time());
}

void heartbeat_reset_gap(Heartbeat *self)
{
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);

    self->state.longest_gap = 0;
}

static guint64 kib_rounded_up(guint64 bytes)
{
    return bytes / 1024 + (bytes % 1024 != 0);
}

gboolean heartbeat_type(Heartbeat *self, const char *text, GError **error)
{
    g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&self->lock);
    gssize sent;

    if (self->fd < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_LOST,
                    _("the guest's serial port (%s) is not connected"), self->path);
        return FALSE;
    }
    sent = send(self->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != (gssize)strlen(text)) {
        const gboolean full = sent >= 0 || errno == EAGAIN;

        g_set_error(error, HMPSH_ERROR, full ? HMPSH_ERROR_FAILED : HMPSH_ERROR_LOST,
                    _("the guest's serial port (%s) takes nothing: %s"), self->path,
                    full ? _("it is full") : g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static gboolean send_order(Heartbeat *self, const char *order, GError **error)
{
    /* The newline before ends what may have been left of an order by a migration. */
    g_autofree char *text = g_strdup_printf("\n%s\n", order);

    return heartbeat_type(self, text, error);
}

static gboolean order_rate(Heartbeat *self, const char *verb, guint64 rate, guint64 span,
                           GError **error)
{
    g_autofree char *order = g_strdup_printf("%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, verb,
                                             kib_rounded_up(rate), kib_rounded_up(span));

    return send_order(self, order, error);
}

gboolean heartbeat_order(Heartbeat *self, guint64 rate, guint64 span, GError **error)
{
    return order_rate(self, "dirty", rate, span, error);
}

gboolean heartbeat_order_write(Heartbeat *self, guint64 rate, guint64 span, GError **error)
{
    return order_rate(self, "write", rate, span, error);
}

gboolean heartbeat_order_check(Heartbeat *self, GError **error)
{
    return send_order(self, "check", error);
}

gint64 heartbeat_silence(const HeartbeatState *source, const HeartbeatState *destination)
{
    if (source->beats == 0 || destination->beats == 0 ||
        destination->first_number <= source->last_number ||
        destination->first_number - source->last_number > NUMBERS_LOST_MAX) {
        return -1;
    }
    return MAX(destination->first_time - source->last_time, 0);
}
