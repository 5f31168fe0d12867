/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command is: one row. Parsing, usage errors, help, completion and the manual all come from
 * it. */
#pragma once

#include <glib.h>
#include <glib/gi18n.h>

#include "shell/json.h"

typedef struct Session Session;
typedef struct Inquiry Inquiry;

/* What an argument means; decides how it is parsed and what completes it. */
typedef enum {
    ARGUMENT_FLAG,         /* -x */
    ARGUMENT_WORD,         /* a word that the row has a list of */
    ARGUMENT_TEXT,         /* any word */
    ARGUMENT_LIST,         /* words that the row has a list of, with commas between */
    ARGUMENT_DISKS,        /* disks by their targets in the guest's XML, with commas between */
    ARGUMENT_SIZE,         /* bytes; MiB without a suffix (QEMU's type o) */
    ARGUMENT_TIME,         /* seconds (QEMU's type T) */
    ARGUMENT_SWITCH,       /* on or off */
    ARGUMENT_URI,          /* a migration URI, or "peer" */
    ARGUMENT_CAPABILITY,   /* a migration capability of this QEMU */
    ARGUMENT_PARAMETER,    /* a migration parameter of this QEMU */
    ARGUMENT_DOMAIN,       /* a guest: NAME[@URI] */
    ARGUMENT_FILE,         /* a file name here */
    ARGUMENT_CONDITION,    /* what `wait` waits for */
    ARGUMENT_EVENT,        /* an event's name or pattern */
    ARGUMENT_SNAPSHOT,     /* a snapshot's tag */
    ARGUMENT_DEVICE,       /* a device's id, or its QOM path (qdev) */
    ARGUMENT_BLOCK,        /* a block device, or a node's name */
    ARGUMENT_BLOCK_JOB,    /* a block job */
    ARGUMENT_QOM_PATH,     /* a path in QEMU's object tree */
    ARGUMENT_PROPERTY,     /* a property of the object whose path stands before it */
    ARGUMENT_NETDEV,       /* a network backend's id */
    ARGUMENT_CHARDEV,      /* a character device's id */
    ARGUMENT_MODEL,        /* a device's model, then ,PROPERTY=VALUE */
    ARGUMENT_OBJECT_TYPE,  /* the same of an object */
    ARGUMENT_OBJECT,       /* the id of an object that object_add made */
    ARGUMENT_TRACE,        /* a trace event's name or pattern */
    ARGUMENT_CPU,          /* a CPU's index */
    ARGUMENT_QMP,          /* a QMP command's name, then key=value */
    ARGUMENT_FIELD,        /* a figure of a migration, for `assert` */
    ARGUMENT_COMMAND,      /* the rest of the line is a command */
    ARGUMENT_PEER_COMMAND, /* the rest of the line is a command for the peer */
    ARGUMENT_HMP,          /* the rest of the line is for QEMU's HMP */
    ARGUMENT_INFO,         /* the rest of the line is for QEMU's `info` */
    ARGUMENT_TOPIC,        /* the rest of the line is what `help` is asked for */
    ARGUMENT_WORDS,        /* words, the rest of the line: the row is asked for each of them, behind
                            * all that stand before it; behind "--" a command */
    ARGUMENT_REST,         /* the rest of the line, as it is */
    ARGUMENT_SYSTEM,       /* the rest of the line is for the system's shell */
    ARGUMENT_QEMU,         /* the same, read by QEMU, which says itself what is missing in it */
} ArgumentKind;

typedef struct Argument Argument;

struct Argument {
    const char *name; /* NULL ends a row's list; of an option: what its value is called */
    ArgumentKind kind;
    char flag;          /* the letter of an ARGUMENT_FLAG that is typed -x; of another kind, of an
                         * option that is typed -n 2 or -n2 (hmpsh's own) */
    const char *option; /* the word of an option, which is typed --disk SIZE or --disk=SIZE, an
                         * ARGUMENT_FLAG --base; NULL: it is none. Always optional */
    gboolean optional;
    const char *help;           /* marked N_(), as below */
    const char *const *choices; /* words that can always stand here; NULL-terminated, may be NULL */
    /* More of them, the likeliest first, behind the arguments @before of the same line (inquiry.h).
     * Free with g_strfreev(); may give NULL. May be NULL. */
    char **(*words)(Inquiry *inquiry, const char *before);
    /* What a hint says of it instead of @help: what is taken, and what it is now ("seconds, 0 to
     * 2000; now 300 ms"). As above, of ARGUMENT_WORDS with what is typed of the word itself; free
     * with g_free(), NULL: @help says it. May be NULL. */
    char *(*hint)(const Argument *argument, Inquiry *inquiry, const char *before);
    /* What `help COMMAND --OPTION` says of an option, in paragraphs; NULL: @help. Free with
     * g_free(). */
    char *(*explain)(const Argument *argument);
    /* Whether an option can still be given beside those of @given (a set of Argument); NULL: it
     * can.
     */
    gboolean (*fits)(const Argument *argument, GHashTable *given);
};

/* One argument as it was given. */
typedef struct {
    gboolean given;
    char *text;   /* a word or the rest of the line */
    guint64 size; /* bytes */
    double seconds;
    gboolean on;
} Value;

typedef struct Command Command;

/* A command's arguments, in the order of the row: flags and options, then the others. */
typedef struct {
    const Command *command;
    const char *line; /* the whole line, as typed */
    Value *values;
} Arguments;

/* What a command has to say. Whoever runs it prints it: the text, or with --json the value (the
 * text as a string when there is none). */
typedef struct {
    GString *text;
    Json *json;
    gboolean json_with_error; /* @json is shown beside an error too */
    gboolean spoken;          /* the command has already said everything (it ran other commands) */
    gboolean verbatim;        /* an error is in the words of QEMU's HMP already */
} Reply;

typedef gboolean (*CommandFunc)(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error);

typedef enum {
    COMMAND_LOOKS = 1 << 0,          /* changes nothing: allowed with --read-only */
    COMMAND_SPEAKS_HMP = 1 << 1,     /* a QEMU command: it is refused in the words of QEMU's HMP */
    COMMAND_GATES_INNER = 1 << 2,    /* runs another command, which is looked at by itself */
    COMMAND_NEEDS_NO_BLANK = 1 << 3, /* its name is a sign: arguments may follow at once */
} CommandFlags;

/* The texts are marked for translation, N_(), and whoever shows them does so with _() (a text may
 * be none: gettext's translation of "" is not ""). */
struct Command {
    const char *name; /* as QEMU's tables write it: aliases after '|'; "info migrate" */
    const char *group;
    const char *help;        /* one line, no full stop */
    const char *description; /* more lines for `help NAME` and the manual; may be NULL */
    const Argument *arguments;
    CommandFlags flags;
    CommandFunc run; /* NULL: the line goes to QEMU's HMP as it is */
};

/* All commands: lists of rows, each ended by a row without a name; the whole ended by NULL. */
typedef const Command *const *CommandTable;

/* Calls @func for every row. */
void command_foreach(CommandTable table, void (*func)(const Command *command, gpointer data),
                     gpointer data);

/* The row whose name (or alias) @line begins with, as words (or as a sign); NULL when there is
 * none. @rest gets what follows. */
const Command *command_find(CommandTable table, const char *line, const char **rest);

/* The second words of the rows of two words that begin with @first ("dirty", "status" for "lab"),
 * in their order. Borrowed from the rows; NULL-terminated. Free the array with g_free(). */
const char **command_seconds(CommandTable table, const char *first);

/* The row's name without its aliases. Free with g_free(). */
char *command_plain_name(const Command *command);

/* Whether @word is the row's name or one of its aliases. */
gboolean command_is_called(const Command *command, const char *word);

/* The arguments in brief, as QEMU's help writes them ("[-d] [--disk size] uri"); very many options
 * are "[--option...]". Free with g_free(). */
char *command_parameters(const Command *command);

/* Whether it has options that are words; more of them than one line has room for. */
gboolean command_has_options(const Command *command);
gboolean command_has_many_options(const Command *command);

/* Whether it stands in front of the others, in any order: a flag or an option. */
gboolean argument_is_option(const Argument *argument);

/* What @argument is, in the reader's language; "": its row does not say. Lives as long as the row.
 */
const char *argument_help(const Argument *argument);

/* How a flag or an option is typed: "-d", "--base", "--disk size". Free with g_free(). */
char *argument_usage(const Argument *argument);

/* The row's option that the @length bytes at @word stand for, "--" not among them; or NULL. */
const Argument *command_find_option(const Command *command, const char *word, gsize length);

/* The option that @word, which is none, is probably meant to be, without "--"; NULL when none is
 * near. Borrowed from the row. */
const char *command_closest_option(const Command *command, const char *word);

/* The row's option that is typed with the letter @letter and a value; or NULL. */
const Argument *command_find_letter(const Command *command, char letter);

/* Reads @rest into @arguments, by QEMU's rules (line.h, values.h); flags are accepted in any order
 * and clustered, options (hmpsh's own) among them. HMPSH_ERROR_SYNTAX, for a QEMU command in QEMU's
 * words, else with the argument's name and what it takes. arguments_clear() in both cases. */
gboolean arguments_parse(Arguments *arguments, const Command *command, const char *line,
                         const char *rest, GError **error);
void arguments_clear(Arguments *arguments);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* The option @name, or the argument that is called so; it must be in the row. */
const Value *arguments_get(const Arguments *arguments, const char *name);

void reply_init(Reply *reply);
void reply_clear(Reply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

/* How the parser takes an argument of this kind. */
typedef enum { TAKES_TOKEN, TAKES_FLAG, TAKES_REST, TAKES_SIZE, TAKES_TIME, TAKES_SWITCH } Takes;

Takes argument_takes(ArgumentKind kind);
