/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/console.h"

#include <string.h>

#include "shell/layout.h"

enum {
    LINES = 200,                     /* of a screen that nobody clears */
    LONGEST = 1000,                  /* bytes of a line */
    DRAWING_US = 150 * 1000,         /* a pause that long ends the drawing of a screen */
    LONGEST_DRAWING_US = 500 * 1000, /* as long as output may go on without one */
};

typedef enum { PLAIN, ESCAPE, SEQUENCE, COMMAND } State;

struct Console {
    GQueue lines;  /* char *, whole ones, the oldest first */
    GString *line; /* the one being written */
    char *before;  /* the screen before, while the next one is drawn; or NULL */
    State state;
    GString *sequence; /* behind "ESC [" */
    gboolean returned; /* to the line's beginning: what follows takes its place */
    gint64 time;       /* of the newest byte */
    gint64 cleared;    /* when the drawing of this screen began */
};

Console *console_new(void)
{
    Console *console = g_new0(Console, 1);

    g_queue_init(&console->lines);
    console->line = g_string_new(NULL);
    console->sequence = g_string_new(NULL);
    return console;
}

void console_free(Console *console)
{
    if (!console) {
        return;
    }
    g_queue_clear_full(&console->lines, g_free);
    g_string_free(console->line, TRUE);
    g_string_free(console->sequence, TRUE);
    g_free(console->before);
    g_free(console);
}

/* The newest @count lines of what is on the screen. Free with g_free(). */
static char *screen(const Console *console, guint count)
{
    guint whole = console->lines.length;
    guint first =
        whole + (console->line->len > 0) > count ? whole + (console->line->len > 0) - count : 0;
    g_autoptr(GString) text = g_string_new(NULL);
    guint number = 0;

    for (const GList *link = console->lines.head; link; link = link->next) {
        if (number++ >= first) {
            g_string_append_printf(text, "%s\n", (const char *)link->data);
        }
    }
    if (console->line->len) {
        g_string_append_printf(text, "%s\n", console->line->str);
    }
    return layout_visible(text->str, "\n\t");
}

/* Whether the screen that was begun is still being drawn at @now. What goes on to write shall not
 * hide for long what it has written. */
static gboolean is_drawing(const Console *console, gint64 now)
{
    return console->before && now - console->time <= DRAWING_US &&
           now - console->cleared <= LONGEST_DRAWING_US;
}

static void clear(Console *console)
{
    if (console->lines.length || console->line->len) {
        console->cleared = console->time;
        g_free(console->before);
        console->before = screen(console, LINES);
    }
    g_queue_clear_full(&console->lines, g_free);
    g_string_truncate(console->line, 0);
}

static void end_line(Console *console)
{
    g_queue_push_tail(&console->lines, g_strdup(g_strchomp(console->line->str)));
    g_string_truncate(console->line, 0);
    if (console->lines.length > LINES) {
        g_free(g_queue_pop_head(&console->lines));
    }
}

/* The last character, and not merely the last byte of its UTF-8. */
static void erase_character(GString *line)
{
    const char *last = g_utf8_find_prev_char(line->str, line->str + line->len);

    g_string_truncate(line, last ? (gsize)(last - line->str) : 0);
}

static void take_plain(Console *console, char c)
{
    if (console->returned && c != '\n' && c != '\r') {
        g_string_truncate(console->line, 0);
    }
    console->returned = c == '\r';
    if (c == '\n') {
        end_line(console);
    } else if (c == '\033') {
        console->state = ESCAPE;
    } else if (c == '\b') {
        erase_character(console->line);
    } else if ((c == '\t' || (guchar)c >= ' ') && console->line->len < LONGEST) {
        g_string_append_c(console->line, c);
    }
}

/* What moves the cursor home or erases all begins a new screen (ECMA-48: CUP, ED); colours and the
 * rest are nothing to a reader. */
static void take_sequence(Console *console, char c)
{
    const char *numbers = console->sequence->str;

    if (c < '@' || c > '~') {
        if (console->sequence->len < LONGEST) {
            g_string_append_c(console->sequence, c);
        }
        return;
    }
    console->state = PLAIN;
    if ((c == 'H' && (!*numbers || strcmp(numbers, "1;1") == 0)) ||
        (c == 'J' && strcmp(numbers, "2") == 0)) {
        clear(console);
    }
}

/* Behind ESC (ECMA-48, ECMA-35): intermediates, as those that choose a character set ("( B"),
 * belong to the sequence that a later byte ends; "]" begins a command to the terminal (OSC: its
 * title). */
static void take_escape(Console *console, char c)
{
    g_string_truncate(console->sequence, 0);
    if (c >= ' ' && c <= '/') {
        return;
    }
    console->state = c == '[' ? SEQUENCE : c == ']' ? COMMAND : PLAIN;
    if (c == 'c') { /* RIS: everything anew */
        clear(console);
    }
}

/* A command to the terminal ends with BEL, or with ESC and "\\". One that is cut off shall not hide
 * the lines after it. */
static void take_command(Console *console, char c)
{
    if (c == '\033') {
        console->state = ESCAPE;
    } else if (c == '\a' || c == '\n') {
        console->state = PLAIN;
    }
}

void console_take(Console *console, const char *bytes, gsize count, gint64 now)
{
    if (console->before && !is_drawing(console, now)) {
        g_clear_pointer(&console->before, g_free);
    }
    console->time = now;
    for (gsize i = 0; i < count; i++) {
        char c = bytes[i];

        if (console->state == SEQUENCE) {
            take_sequence(console, c);
        } else if (console->state == ESCAPE) {
            take_escape(console, c);
        } else if (console->state == COMMAND) {
            take_command(console, c);
        } else {
            take_plain(console, c);
        }
    }
}

/* The last @count lines of @text. */
static const char *last_lines(const char *text, guint count)
{
    const char *at = text + strlen(text);

    for (guint ends = 0; at > text; at--) {
        if (at[-1] == '\n' && ++ends > count) {
            break;
        }
    }
    return at;
}

char *console_text(const Console *console, guint lines, gint64 now)
{
    if (is_drawing(console, now)) {
        return g_strdup(last_lines(console->before, lines));
    }
    return screen(console, lines);
}
