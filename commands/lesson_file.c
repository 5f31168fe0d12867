/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lesson_file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#include "shell/error.h"
#include "shell/installation.h"
#include "shell/line.h"

static const char ENDING[] = ".hmp";
static const char NEEDS_TWO_HOSTS[] = "Needs: two hosts";
static const char TRIES[] = "Try it yourself";
static const char INDENT[] = "    "; /* of an example */

/* --- reading --- */

static void text_free(gpointer data)
{
    LessonText *text = data;

    g_free(text->text);
    g_free(text->remark);
    g_free(text);
}

static void command_free(gpointer data)
{
    LessonCommand *command = data;

    g_free(command->line);
    g_free(command);
}

static void step_free(gpointer data)
{
    LessonStep *step = data;

    g_ptr_array_unref(step->texts);
    g_ptr_array_unref(step->commands);
    g_free(step);
}

void lesson_free(Lesson *lesson)
{
    g_free(lesson->name);
    g_free(lesson->title);
    g_ptr_array_unref(lesson->steps);
    g_free(lesson);
}

typedef struct {
    Lesson *lesson;
    LessonText *open; /* the paragraph that the next line of comment goes on with; NULL: none */
    gboolean trying;  /* examples have remarks */
} Reader;

/* The step that what comes next belongs to: text behind commands begins another one. */
static LessonStep *step_of(Reader *reader, gboolean for_text)
{
    GPtrArray *steps = reader->lesson->steps;
    LessonStep *last = steps->len ? steps->pdata[steps->len - 1] : NULL;

    if (!last || (for_text && last->commands->len)) {
        last = g_new0(LessonStep, 1);
        last->texts = g_ptr_array_new_with_free_func(text_free);
        last->commands = g_ptr_array_new_with_free_func(command_free);
        g_ptr_array_add(steps, last);
    }
    return last;
}

static LessonText *add_text(Reader *reader, const char *line, gboolean example)
{
    LessonText *text = g_new0(LessonText, 1);

    text->text = g_strchomp(g_strdup(line));
    text->example = example;
    g_ptr_array_add(step_of(reader, TRUE)->texts, text);
    return text;
}

static void take_example(Reader *reader, const char *line)
{
    LessonText *text = add_text(reader, line, TRUE);
    char *gap = reader->trying ? strstr(text->text, "  ") : NULL;

    if (gap) {
        text->remark = g_strdup(gap + strspn(gap, " "));
        *gap = '\0';
    }
    text->formula = !reader->trying && strstr(text->text, " = ");
    reader->open = NULL;
}

/* A line of a paragraph, @line being without blanks at both ends. */
static void take_line(Reader *reader, const char *line)
{
    if (!reader->lesson->title) {
        gboolean ends = g_str_has_suffix(line, ".") && !g_str_has_suffix(line, "..");

        reader->lesson->title = g_strndup(line, strlen(line) - ends);
    } else if (reader->open) {
        g_autofree char *begin = reader->open->text;

        reader->open->text = g_strjoin(" ", begin, line, NULL);
    } else {
        reader->open = add_text(reader, line, FALSE);
        reader->trying = g_str_has_prefix(line, TRIES);
    }
}

/* @comment is what stands behind the "#". */
static void take_comment(Reader *reader, const char *comment)
{
    const char *text = comment + (*comment == ' ');
    g_autofree char *line = g_strstrip(g_strdup(text));

    if (!*line) {
        reader->open = NULL;
    } else if (strcmp(line, NEEDS_TWO_HOSTS) == 0) {
        reader->lesson->two_hosts = TRUE;
        reader->open = NULL;
    } else if (g_str_has_prefix(text, INDENT)) {
        take_example(reader, text + strlen(INDENT));
    } else {
        take_line(reader, line);
    }
}

static void take_command(Reader *reader, const char *line, guint number)
{
    LessonCommand *command = g_new0(LessonCommand, 1);

    command->line = g_strdup(line);
    command->number = number;
    g_ptr_array_add(step_of(reader, FALSE)->commands, command);
    reader->open = NULL;
    reader->trying = FALSE;
}

Lesson *lesson_parse(const char *name, const char *text)
{
    g_autoptr(Lesson) lesson = g_new0(Lesson, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Reader reader = {.lesson = lesson};

    lesson->name = g_strdup(name);
    lesson->steps = g_ptr_array_new_with_free_func(step_free);
    for (guint i = 0; lines[i]; i++) {
        const char *line = line_rest(lines[i]);

        lines[i][strcspn(lines[i], "\r")] = '\0';
        if (*line == '#') {
            take_comment(&reader, line + 1);
        } else if (line_is_nothing(line)) {
            reader.open = NULL;
        } else {
            take_command(&reader, line, i + 1);
        }
    }
    return g_utf8_validate(text, -1, NULL) && lesson->title && lesson->steps->len
               ? g_steal_pointer(&lesson)
               : NULL;
}

char *lesson_number(const char *name)
{
    return g_strndup(name, strspn(name, "0123456789"));
}

/* --- where they are --- */

static char *directory(void)
{
    return installation_find("doc/labs", INSTALLED_DATA, "hmpsh/labs");
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whether @file is "NN-NAME.hmp". */
static gboolean is_lesson(const char *file)
{
    size_t digits = strspn(file, "0123456789");

    return digits && file[digits] == '-' && g_str_has_suffix(file, ENDING);
}

char **lesson_names(GError **error)
{
    g_autofree char *path = directory();
    GDir *dir = path ? g_dir_open(path, 0, NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *file;

    while (dir && (file = g_dir_read_name(dir))) {
        if (is_lesson(file)) {
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(ENDING)));
        }
    }
    g_clear_pointer(&dir, g_dir_close);
    if (!names->len) {
        g_set_error_literal(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                            _("the lessons are neither beside the program nor installed"));
        return NULL;
    }
    g_ptr_array_sort(names, compare);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* Whether @word means the lesson @name. */
static gboolean means(const char *word, const char *name)
{
    size_t digits = strspn(name, "0123456789");
    guint64 number;

    if (g_ascii_string_to_unsigned(word, 10, 0, G_MAXUINT, &number, NULL)) {
        return number == g_ascii_strtoull(name, NULL, 10);
    }
    return strcmp(word, name) == 0 || strcmp(word, name + digits + 1) == 0;
}

char *lesson_find(const char *word, GError **error)
{
    g_auto(GStrv) names = lesson_names(error);

    for (char **name = names; name && *name; name++) {
        if (means(word, *name)) {
            return g_strdup(*name);
        }
    }
    if (names) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("there is no lesson '%s' ('lab lesson' lists them)"), word);
    }
    return NULL;
}

/* The path of @name with that @ending, in @below the lessons' directory. */
static char *path_of(const char *below, const char *name, const char *ending)
{
    g_autofree char *dir = directory();
    g_autofree char *file = g_strconcat(name, ending, NULL);

    return dir ? g_build_filename(dir, below, file, NULL) : NULL;
}

Lesson *lesson_read(const char *name, GError **error)
{
    g_autofree char *path = path_of("", name, ENDING);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    Lesson *lesson;

    if (!path || !g_file_get_contents(path, &text, NULL, &why)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot read lesson '%s': %s"), name,
                    why ? why->message : g_strerror(ENOENT));
        return NULL;
    }
    lesson = lesson_parse(name, text);
    if (!lesson) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("'%s' is no lesson: it begins with '# TITLE', then come text and commands"),
                    path);
    }
    return lesson;
}

char *lesson_recording(const char *name)
{
    char *path = path_of("recordings", name, ".jsonl");

    if (path && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_clear_pointer(&path, g_free);
    }
    return path;
}
