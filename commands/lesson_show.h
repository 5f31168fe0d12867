/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson shown and run, step by step for a person, in one go for a script. */
#pragma once

#include "commands/lesson_file.h"
#include "commands/lesson_page.h"
#include "shell/session.h"

/* A lesson on its way. */
typedef struct {
    Session *session;
    const Lesson *lesson;
    gboolean recorded; /* nothing is run */
    gboolean resets;   /* the guests are not as a lesson wants them */
    gboolean paused;   /* a person goes through it step by step */
    gboolean left;     /* that person has seen enough */
    LessonPage page;
} LessonShow;

/* Shows @text, laid out already: through the pager where a person reads; nothing with --json. */
void lesson_show_put(LessonShow *show, const char *text);

/* Runs @line, shown as it would be typed. */
gboolean lesson_show_run(LessonShow *show, const char *line, GError **error);

/* All steps; with @show->recorded what they would run and then the lesson's recording. FALSE with
 * @error, or when the person has seen enough (@show->left) or nobody reads any more. */
gboolean lesson_show_steps(LessonShow *show, GError **error);
