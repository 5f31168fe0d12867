/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that can be explained, of every kind: found by name, and told in parts that are taken from
 * the topic's own table and from what there is to say beyond it (explanation.h). */
#pragma once

#include "commands/migration/capability.h"
#include "commands/migration/explanation/explanation.h"
#include "commands/migration/figure.h"
#include "commands/migration/managed/managed_option.h"
#include "commands/migration/parameter.h"
#include "commands/migration/policy/policy.h"
#include "shell/command.h"

/* In the order in which they are listed. */
typedef enum {
    TOPIC_TERM,
    TOPIC_PARAMETER,
    TOPIC_CAPABILITY,
    TOPIC_STATUS,
    TOPIC_FIGURE,
    TOPIC_EVENT,
    TOPIC_OPTION,
    TOPIC_POLICY,
    TOPIC_POLICY_KEY,
    TOPIC_COMMAND,
    N_TOPIC_KINDS
} TopicKind;

/* What others know: a floor above this one. */
typedef struct {
    CommandTable commands;
    const char *const *events; /* the names of those that are known; NULL-terminated */
    char **(*event_meanings)(const char *name); /* as event_meaning.h has it */
} TopicWorld;

typedef struct {
    TopicKind kind;
    char **names;      /* all that it is found by; the first is the one that is shown */
    char **translated; /* what it is found by besides: a term in the locale's language; or NULL */
    const Explanation *explanation; /* NULL: there is nothing to say beyond its table */
    const ParameterInfo *parameter; /* these are of one kind each, else NULL */
    const CapabilityInfo *capability;
    const ManagedOption *option;
    const Command *command;
    FigureInfo figure;
    char **policies; /* that have a policy key, or the policy itself; NULL-terminated */
} Topic;

typedef enum {
    PART_TEXT,  /* one line */
    PART_NAMES, /* a list that is read as one line, with commas */
    PART_LINES, /* a list, each a line of its own; in one paragraph with semicolons */
} PartForm;

/* One part of what is said of a topic. */
typedef struct {
    const char *key;   /* the member of JSON */
    const char *label; /* in the locale's language; NULL: a paragraph without one */
    PartForm form;
    char **lines; /* in the locale's language */
} TopicPart;

/* All topics, by kind: of Topic. Unref it when done. @world is not needed any longer. */
GPtrArray *topics_new(const TopicWorld *world);

/* Those that are called @name (upper and lower case, and "_", "-" and blanks between its words, are
 * the same; a term has its name in the locale's language too), and where one of them is a term with
 * more names, those that are called so: borrowed from @topics. Free with g_ptr_array_unref(); it
 * may be empty. */
GPtrArray *topics_find(const GPtrArray *topics, const char *name);

/* The name that was probably meant by @name; NULL: none is near. Borrowed from @topics. */
const char *topics_closest(const GPtrArray *topics, const char *name);

/* "migration parameter"; and "Migration parameters". In the locale's language, static. */
const char *topic_kind_name(TopicKind kind);
const char *topic_kind_heading(TopicKind kind);

/* The same as a word for programs: "parameter". Static. */
const char *topic_kind_word(TopicKind kind);

/* Its meaning in one line without a full stop, in the locale's language; NULL where its text says
 * it. Free with g_free(). */
char *topic_help(const Topic *topic, const TopicWorld *world);

/* What there is to say of it: of TopicPart, in the order in which it is read. Unref it when done.
 * Of a command nothing: that is for `help` to say. */
GPtrArray *topic_parts(const Topic *topic, const TopicWorld *world);

/* Of a topic that is a policy key: the key as @policy has it, or NULL. Static. */
const PolicyKey *topic_policy_key(const Topic *topic, const char *policy);
