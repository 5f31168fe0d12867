/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/replay.h"

#include <string.h>

/* One recorded answer. */
typedef struct {
    char *reply;
    GPtrArray *events; /* lines "NAME DATA" */
} Answer;

typedef struct {
    GHashTable *answers; /* command -> GQueue of Answer */
    GString *sent;
    GMutex lock;
    Monitor *monitor;
    gboolean listening;
} Replay;

static void answer_free(gpointer data)
{
    Answer *answer = data;

    g_free(answer->reply);
    g_ptr_array_unref(answer->events);
    g_free(answer);
}

static void answers_free(gpointer data)
{
    g_queue_free_full(data, answer_free);
}

static void add_answer(Replay *replay, const char *command, GString *reply, GPtrArray *events)
{
    GQueue *queue = g_hash_table_lookup(replay->answers, command);
    Answer *answer = g_new(Answer, 1);

    if (!queue) {
        queue = g_queue_new();
        g_hash_table_insert(replay->answers, g_strdup(command), queue);
    }
    answer->reply = g_strdup(reply->str);
    answer->events = g_ptr_array_ref(events);
    g_queue_push_tail(queue, answer);
}

static void read_recording(Replay *replay, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) reply = g_string_new(NULL);
    g_autoptr(GPtrArray) events = NULL;
    const char *command = NULL;

    for (char **line = lines;; line++) {
        gboolean begins = *line && g_str_has_prefix(*line, "> ");

        if (command && (begins || !*line)) {
            add_answer(replay, command, reply, events);
        }
        if (!*line) {
            return;
        }
        if (begins) {
            command = *line + 2;
            g_string_truncate(reply, 0);
            g_clear_pointer(&events, g_ptr_array_unref);
            events = g_ptr_array_new_with_free_func(g_free);
        } else if (command && g_str_has_prefix(*line, "! ")) {
            g_ptr_array_add(events, g_strdup(*line + 2));
        } else if (command && (**line || line[1])) {
            g_string_append_printf(reply, "%s\r\n", *line);
        }
    }
}

static void give_events(Replay *replay, const Answer *answer)
{
    for (guint i = 0; replay->listening && i < answer->events->len; i++) {
        g_auto(GStrv) words = g_strsplit(g_ptr_array_index(answer->events, i), " ", 2);

        monitor_take_event(replay->monitor, words[0], words[1] ? json_parse(words[1], NULL) : NULL,
                           g_get_real_time());
    }
}

static char *replay_call(gpointer backing, const char *text, gboolean hmp,
                         GError **error G_GNUC_UNUSED)
{
    Replay *replay = backing;
    GQueue *queue = g_hash_table_lookup(replay->answers, text);
    Answer *answer;
    char *reply;

    g_mutex_lock(&replay->lock);
    g_string_append_printf(replay->sent, "%s\n", text);
    g_mutex_unlock(&replay->lock);
    if (!queue && hmp) {
        return g_strdup_printf("unknown command: '%s'\r\n", text);
    }
    if (!queue) {
        return g_strdup("{\"error\":{\"class\":\"CommandNotFound\","
                        "\"desc\":\"not in the recording\"}}");
    }
    answer = g_queue_peek_head(queue);
    reply = g_strdup(answer->reply);
    give_events(replay, answer);
    if (g_queue_get_length(queue) > 1) {
        answer_free(g_queue_pop_head(queue));
    }
    return reply;
}

static gboolean replay_listen(gpointer backing, Monitor *monitor G_GNUC_UNUSED,
                              GError **error G_GNUC_UNUSED)
{
    Replay *replay = backing;

    replay->listening = TRUE;
    return TRUE;
}

static void replay_deafen(gpointer backing)
{
    ((Replay *)backing)->listening = FALSE;
}

static void replay_free(gpointer backing)
{
    Replay *replay = backing;

    g_hash_table_unref(replay->answers);
    g_string_free(replay->sent, TRUE);
    g_mutex_clear(&replay->lock);
    g_free(replay);
}

Monitor *replay_new(const char *text, const char *name, Bell *bell)
{
    static const MonitorMaker maker = {replay_call, replay_listen, replay_deafen, replay_free,
                                       NULL};
    Replay *replay = g_new0(Replay, 1);

    replay->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answers_free);
    replay->sent = g_string_new(NULL);
    g_mutex_init(&replay->lock);
    read_recording(replay, text);
    replay->monitor = monitor_new(&maker, replay, name, bell);
    return replay->monitor;
}

char *replay_sent(Monitor *monitor)
{
    Replay *replay = monitor_backing(monitor);
    char *sent;

    g_mutex_lock(&replay->lock);
    sent = g_strdup(replay->sent->str);
    g_mutex_unlock(&replay->lock);
    return sent;
}
