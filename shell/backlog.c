/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/backlog.h"

#include "shell/layout.h"

struct Backlog {
    GQueue texts; /* Texts */
    guint most;
    guint lines; /* in them */
    guint lost;  /* lines before them */
};

typedef struct {
    FILE *stream;
    char *text;
    guint lines;
} Text;

Backlog *backlog_new(guint most)
{
    Backlog *backlog = g_new0(Backlog, 1);

    backlog->most = most;
    return backlog;
}

void backlog_free(Backlog *backlog)
{
    FILE *stream;
    char *text;

    while ((text = backlog_take(backlog, &stream))) {
        g_free(text);
    }
    g_free(backlog);
}

void backlog_add(Backlog *backlog, FILE *stream, const char *text)
{
    Text *newest = g_new(Text, 1);

    *newest = (Text){stream, g_strdup(text), layout_line_count(text, G_MAXINT)};
    g_queue_push_tail(&backlog->texts, newest);
    backlog->lines += newest->lines;
    while (backlog->lines > backlog->most && backlog->texts.length > 1) {
        backlog->lost += ((Text *)g_queue_peek_head(&backlog->texts))->lines;
        g_free(backlog_take(backlog, &stream));
    }
}

char *backlog_take(Backlog *backlog, FILE **stream)
{
    g_autofree Text *oldest = g_queue_pop_head(&backlog->texts);

    if (!oldest) {
        return NULL;
    }
    backlog->lines -= oldest->lines;
    *stream = oldest->stream;
    return oldest->text;
}

guint backlog_lost_lines(Backlog *backlog)
{
    guint lost = backlog->lost;

    backlog->lost = 0;
    return lost;
}
