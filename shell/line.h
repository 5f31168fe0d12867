/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line taken apart the way QEMU's human monitor does it (QEMU: monitor/hmp.c, its
 * argument types s, F, B and S):
 *
 *   line     ::= { blank } [ word { argument } ] { blank }
 *   word     ::= { any byte but blank and "/" }
 *   argument ::= { blank } ( quoted | bare )
 *   quoted   ::= '"' { any byte but '"' and "\" | escape } '"'
 *   escape   ::= "\n" | "\r" | "\\" | "\'" | "\""
 *   bare     ::= any byte but blank and '"' { any byte but blank }
 *   blank    ::= space | tab | LF | VT | FF | CR
 *
 * Blanks before an argument may be missing where the grammar needs none: between the word and a "/"
 * (x/10i), and after a closing quote. A quote inside a bare argument, a single quote, "$", "*", ";"
 * and a backslash outside quotes are bytes like any other. Two things QEMU does are not repeated:
 * it cuts an argument to 1023 bytes, and reads on behind a backslash that ends the line.
 *
 * The functions that take a const char ** walk: it points to what is left of the line, and they
 * move it past what they took. Errors are HMPSH_ERROR_SYNTAX in QEMU's words, and leave it where it
 * was. */
#pragma once

#include <glib.h>

/* Whether @c is a blank: C's isspace() in the C locale (g_ascii_isspace() lacks VT). */
gboolean line_is_blank(char c);

/* Whether @line asks for nothing: it is empty, blank, or a comment, its first non-blank being "#".
 * (Comments are hmpsh's: QEMU takes "#" for a command.) */
gboolean line_is_nothing(const char *line);

/* Takes the command word. NULL when nothing is left; "" when the line goes on with "/". Free with
 * g_free(). */
char *line_word(const char **line);

/* Takes the next argument, its quotes and escapes undone. @quoted (may be NULL) tells whether it
 * was quoted: a quoted argument is never a flag, even when it begins with "-". NULL without an
 * error when nothing is left, NULL with one for "unterminated string" and "unsupported escape code:
 * '\t'". Free with g_free(). */
char *line_token(const char **line, gboolean *quoted, GError **error);

/* Where the last word of @line, which may be unfinished, begins: at its end behind a blank. *@typed
 * gets what it stands for so far, and *@open whether it has a quote that is not closed. Borrowed;
 * free *@typed with g_free(). */
const char *line_last_word(const char *line, char **typed, gboolean *open);

/* All that is left of @line without the blanks it begins with, raw: quotes, backslashes and
 * trailing blanks are kept (type S). Borrowed; "" when nothing is left. */
const char *line_rest(const char *line);

/* @word as an argument that line_token() gives back byte for byte: as it is where it can stand
 * bare, else quoted. Free with g_free(). */
char *line_quote(const char *word);

/* @words (NULL-terminated), each line_quote()d, joined by one blank. Free with g_free(). */
char *line_join(const char *const *words);
