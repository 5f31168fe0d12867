/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson of the course: a script (doc/labs/NN-NAME.hmp) whose comments are its text.
 *
 * Its first line of comment is the title. After that, lines of comment that follow each other are
 * one paragraph, joined by blanks; a line "#" separates paragraphs, and so does a blank one. A line
 * whose text is indented by 4 blanks is an example, and stays a line of its own; with " = " in it,
 * it is a formula. Behind a paragraph that begins with "Try it yourself" there are no formulas, and
 * what stands behind two or more blanks of an example is a remark. The line "# Needs: two hosts"
 * belongs to no text. Text and the commands behind it are a step.
 *
 * doc/po/lessons, which collects the texts to be translated, has the same rule. */
#pragma once

#include <glib.h>

/* A paragraph or an example. */
typedef struct {
    char *text;       /* without line ends */
    gboolean example; /* something to type: not translated */
    gboolean formula; /* an example that is no command: translated */
    char *remark;     /* behind an example: what to look at; NULL: none */
} LessonText;

typedef struct {
    char *line;
    guint number; /* of the line in the file, from 1 */
} LessonCommand;

typedef struct {
    GPtrArray *texts;    /* of LessonText; may be empty */
    GPtrArray *commands; /* of LessonCommand; empty only in the last step */
} LessonStep;

typedef struct {
    char *name;         /* of the file, without its ending: "03-never-stops" */
    char *title;        /* without a full stop at its end */
    gboolean two_hosts; /* it needs two hosts, and not the lab */
    GPtrArray *steps;   /* of LessonStep; at least one */
} Lesson;

/* Reads @text, the file of the lesson @name. NULL when it is not UTF-8, has no title, or nothing
 * behind it. */
Lesson *lesson_parse(const char *name, const char *text);
void lesson_free(Lesson *lesson);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lesson, lesson_free)

/* The number that @name begins with, "03". Free with g_free(). */
char *lesson_number(const char *name);

/* --- where they are --- */

/* The names of all lessons there are, in their order; NULL with the error when neither the
 * program's build directory nor its installation has them. Free with g_strfreev(). */
char **lesson_names(GError **error);

/* The name of the lesson that @word means: a number ("3"), a name ("03-never"), or a name
 * without its number. HMPSH_ERROR_FAILED when there is none. Free with g_free(). */
char *lesson_find(const char *word, GError **error);

/* Reads the lesson @name. HMPSH_ERROR_FAILED. */
Lesson *lesson_read(const char *name, GError **error);

/* The path of its recording; NULL: there is none. Free with g_free(). */
char *lesson_recording(const char *name);
