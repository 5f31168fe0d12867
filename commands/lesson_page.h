/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lesson says, laid out: at a terminal beside a bar, which tells it apart from what QEMU and
 * hmpsh say, broken between words; elsewhere a line for each paragraph. Each paragraph is
 * translated here. */
#pragma once

#include "commands/lesson_file.h"
#include "shell/output.h"

typedef struct {
    int width; /* columns for the text; 0: any number, and no bar */
    gboolean colour;
    gboolean lists; /* a step's commands are listed below its text */
} LessonPage;

LessonPage page_of(Output *output, gboolean lists);

/* Append to @out; a text stands behind another one (the title), a step by itself. */
void page_add_title(const LessonPage *page, const char *title, GString *out);
void page_add_text(const LessonPage *page, const char *text, GString *out);
void page_add_step(const LessonPage *page, const LessonStep *step, GString *out);
