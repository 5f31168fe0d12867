/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/loop.h"

#include <glib-unix.h>
#include <signal.h>

#include "shell/child.h"

enum { LAST_WORDS_MS = 300 };

struct Loop {
    Session *session;
    GMainLoop *main_loop;
    GThread *thread;
    GAsyncQueue *jobs;
    guint jobs_under_way; /* main thread */
    int status;
    int signal;         /* that ends the program; 0: none */
    gboolean finishing; /* the last job is under way */
    LoopFunc on_interrupt;
    gpointer interrupt_data;
    guint sources[3];
};

typedef struct {
    Loop *loop;
    LoopFunc job; /* NULL: the thread ends */
    LoopFunc done;
    gpointer data;
} Job;

static gboolean job_done(gpointer data)
{
    Job *job = data;
    Loop *loop = job->loop;

    loop->jobs_under_way--;
    job->done(job->data);
    g_free(job);
    if (loop->signal || loop->finishing) {
        g_main_loop_quit(loop->main_loop);
    }
    return G_SOURCE_REMOVE;
}

static gpointer session_main(gpointer data)
{
    Loop *loop = data;

    for (;;) {
        Job *job = g_async_queue_pop(loop->jobs);

        if (!job->job) {
            g_free(job);
            return NULL;
        }
        job->job(job->data);
        g_idle_add_full(G_PRIORITY_DEFAULT, job_done, job, NULL);
    }
}

static gboolean quit_at_last(gpointer data)
{
    g_main_loop_quit(((Loop *)data)->main_loop);
    return G_SOURCE_REMOVE;
}

static gboolean end_by(Loop *loop, int number)
{
    loop->signal = number;
    bell_interrupt(loop->session->bell);
    child_end();
    if (loop->jobs_under_way) {
        g_timeout_add(LAST_WORDS_MS, quit_at_last, loop);
    } else {
        g_main_loop_quit(loop->main_loop);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigint(gpointer data)
{
    Loop *loop = data;

    if (!loop->on_interrupt) {
        return end_by(loop, SIGINT);
    }
    loop->on_interrupt(loop->interrupt_data);
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigterm(gpointer data)
{
    return end_by(data, SIGTERM);
}

static gboolean on_sighup(gpointer data)
{
    return end_by(data, SIGHUP);
}

Loop *loop_new(Session *session)
{
    Loop *loop = g_new0(Loop, 1);

    loop->session = session;
    loop->main_loop = g_main_loop_new(NULL, FALSE);
    loop->jobs = g_async_queue_new();
    loop->sources[0] = g_unix_signal_add(SIGINT, on_sigint, loop);
    loop->sources[1] = g_unix_signal_add(SIGTERM, on_sigterm, loop);
    loop->sources[2] = g_unix_signal_add(SIGHUP, on_sighup, loop);
    loop->thread = g_thread_new("session", session_main, loop);
    return loop;
}

void loop_hand_over(Loop *loop, LoopFunc job, LoopFunc done, gpointer data)
{
    Job *entry = g_new(Job, 1);

    *entry = (Job){loop, job, done, data};
    loop->jobs_under_way++;
    g_async_queue_push(loop->jobs, entry);
}

gboolean loop_is_busy(Loop *loop)
{
    return loop->jobs_under_way > 0;
}

gboolean loop_is_ending(Loop *loop)
{
    return loop->signal != 0;
}

static void nothing(gpointer data G_GNUC_UNUSED)
{
}

void loop_finish(Loop *loop, LoopFunc job, gpointer data, int milliseconds)
{
    loop_hand_over(loop, job, nothing, data);
    loop->finishing = TRUE;
    g_timeout_add((guint)milliseconds, quit_at_last, loop);
    g_main_loop_run(loop->main_loop);
}

void loop_on_interrupt(Loop *loop, LoopFunc func, gpointer data)
{
    loop->on_interrupt = func;
    loop->interrupt_data = data;
}

int loop_run(Loop *loop)
{
    g_main_loop_run(loop->main_loop);
    return loop->signal ? 128 + loop->signal : loop->status;
}

void loop_leave(Loop *loop, int status)
{
    loop->status = status;
    g_main_loop_quit(loop->main_loop);
}

void loop_free(Loop *loop)
{
    if (loop->jobs_under_way == 0) {
        g_async_queue_push(loop->jobs, g_new0(Job, 1));
        g_thread_join(loop->thread);
    }
    for (guint i = 0; i < G_N_ELEMENTS(loop->sources); i++) {
        g_source_remove(loop->sources[i]);
    }
    g_async_queue_unref(loop->jobs);
    g_main_loop_unref(loop->main_loop);
    g_free(loop);
}
