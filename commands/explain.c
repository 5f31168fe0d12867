/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/explain.h"

#include <glib/gi18n.h>
#include <string.h>

#include "commands/event_meaning.h"
#include "commands/table.h"
#include "commands/topic_value.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/inquiry.h"
#include "shell/layout.h"
#include "shell/line.h"

TopicWorld explain_world(void)
{
    return (TopicWorld){all_commands, event_names(), event_meanings};
}

/* --- one topic --- */

/* A topic with all that is said of it. */
typedef struct {
    const Topic *topic;
    char *help; /* NULL: its paragraphs say it */
    GPtrArray *parts;
    char *value; /* at the current guest; NULL: none */
    Json *json;  /* the same; NULL: only a text */
    char *text;  /* of a command, what `help` says; else NULL */
} Told;

static void told_clear(Told *told)
{
    g_free(told->help);
    g_ptr_array_unref(told->parts);
    g_free(told->value);
    json_object_put(told->json);
    g_free(told->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)

/* `help`'s own words about a command. Free with g_free(). */
static char *ask_help(Session *session, const Command *command)
{
    g_autofree char *name = command_plain_name(command);
    g_autofree char *line = g_strconcat("help ", name, NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    dispatch_capture(session, line, text, NULL);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void tell(Told *told, Session *session, TopicValues *values, const Topic *topic)
{
    TopicWorld world = explain_world();

    told->topic = topic;
    told->help = topic_help(topic, &world);
    told->parts = topic_parts(topic, &world);
    told->value = topic_value(values, topic, &told->json);
    told->text = topic->command ? ask_help(session, topic->command) : NULL;
}

static void print_value(const Told *told, int width, GString *out)
{
    if (told->value) {
        layout_put(out, width, _("Now"), told->value);
    }
}

static void print_part(const TopicPart *part, int width, GString *out)
{
    if (part->form == PART_NAMES) {
        g_autofree char *joined = g_strjoinv(", ", part->lines);

        layout_put(out, width, part->label, joined);
        return;
    }
    for (char **line = part->lines; *line; line++) {
        layout_put(out, width, !part->label || line == part->lines ? part->label : "", *line);
    }
}

/* The name, in the locale's language too where it has one there. Free with g_free(). */
static char *title(const Topic *topic)
{
    const char *name = topic->names[0];
    const char *translated = topic->translated ? topic->translated[0] : name;

    return strcmp(translated, name) == 0 ? g_strdup(name)
                                         : g_strdup_printf("%s %s", translated, name);
}

/* "downtime-limit (migration parameter): how long the guest may pause"; @help may be NULL. Free
 * with g_free(). */
static char *heading(const Topic *topic, const char *help)
{
    const char *kind = topic_kind_name(topic->kind);
    g_autofree char *name = title(topic);

    return help ? g_strdup_printf(_("%s (%s): %s"), name, kind, help)
                : g_strdup_printf(_("%s (%s)"), name, kind);
}

/* The heading, paragraphs, what it is now, then all the rest. */
static void print(const Told *told, int width, GString *out)
{
    g_autofree char *head = heading(told->topic, told->help);
    gboolean valued = FALSE;

    if (told->text) {
        g_string_append(out, told->text);
        return;
    }
    layout_put(out, width, NULL, head);
    for (guint i = 0; i < told->parts->len; i++) {
        const TopicPart *part = told->parts->pdata[i];

        if (part->label && !valued) {
            print_value(told, width, out);
            valued = TRUE;
        }
        print_part(part, width, out);
    }
    if (!valued) {
        print_value(told, width, out);
    }
}

static Json *lines_json(const TopicPart *part)
{
    Json *array;

    if (part->form == PART_TEXT) {
        return json_object_new_string(part->lines[0]);
    }
    array = json_object_new_array();
    for (char **line = part->lines; *line; line++) {
        json_object_array_add(array, json_object_new_string(*line));
    }
    return array;
}

/* The paragraphs as one; where there is none the help. Free with g_free(). */
static char *text_of(const Told *told)
{
    g_autoptr(GString) text = g_string_new(told->text);

    for (guint i = 0; i < told->parts->len; i++) {
        const TopicPart *part = told->parts->pdata[i];

        if (!part->label) {
            g_string_append_printf(text, "%s%s", text->len ? "\n" : "", part->lines[0]);
        }
    }
    return g_strdup(text->len || !told->help ? text->str : told->help);
}

static Json *to_json(const Told *told)
{
    g_autofree char *text = text_of(told);
    Json *object = json_dict("topic", json_object_new_string(told->topic->names[0]), "kind",
                             json_object_new_string(topic_kind_word(told->topic->kind)), "help",
                             told->help ? json_object_new_string(told->help) : NULL, "text",
                             json_object_new_string(text), NULL);

    for (guint i = 0; i < told->parts->len; i++) {
        const TopicPart *part = told->parts->pdata[i];

        if (part->label) {
            json_object_object_add(object, part->key, lines_json(part));
        }
    }
    if (told->json) {
        json_object_object_add(object, "value", json_object_get(told->json));
    }
    return object;
}

static void explain_all(Session *session, const GPtrArray *found, Reply *reply)
{
    g_autoptr(TopicValues) values = topic_values_new(session);
    int width = output_page_width(session->output);

    reply->json = json_object_new_array();
    for (guint i = 0; i < found->len; i++) {
        g_auto(Told) told = {0};

        tell(&told, session, values, found->pdata[i]);
        g_string_append(reply->text, i ? "\n" : "");
        print(&told, width, reply->text);
        json_object_array_add(reply->json, to_json(&told));
    }
}

/* --- the list --- */

/* Keys of one name are several topics. */
static void list_kind(const GPtrArray *topics, TopicKind kind, int width, Reply *reply)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Json *names = json_object_new_array();

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = topics->pdata[i];

        if (topic->kind == kind && g_hash_table_add(seen, topic->names[0])) {
            g_autofree char *name = layout_glue(g_strdup(topic->names[0]));

            g_string_append_printf(line, "%s%s", line->len ? ", " : "", name);
            json_object_array_add(names, json_object_new_string(topic->names[0]));
        }
    }
    g_string_append_printf(reply->text, "%s%s:\n", reply->text->len ? "\n" : "",
                           topic_kind_heading(kind));
    layout_put(reply->text, width, NULL, line->str);
    json_object_object_add(reply->json, topic_kind_word(kind), names);
}

static void list(Session *session, const GPtrArray *topics, Reply *reply)
{
    int width = output_page_width(session->output);

    reply->json = json_object_new_object();
    for (TopicKind kind = 0; kind < N_TOPIC_KINDS; kind++) {
        list_kind(topics, kind, width, reply);
    }
}

/* --- the command --- */

/* The topic as typed, its quotes undone where it has some. Free with g_free(). */
static char *take_name(const char *typed)
{
    const char *rest = line_rest(typed ? typed : "");
    g_autofree char *word = *rest == '"' ? line_token(&rest, NULL, NULL) : NULL;

    return word && !*line_rest(rest) ? g_steal_pointer(&word) : g_strstrip(g_strdup(rest));
}

static gboolean explain(Session *session, const Arguments *arguments, Reply *reply, GError **error)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);
    g_autofree char *name = take_name(arguments_get(arguments, "topic")->text);
    g_autoptr(GPtrArray) found = topics_find(topics, name);
    const char *near;

    if (!*name) {
        list(session, topics, reply);
        return TRUE;
    }
    if (found->len > 0) {
        explain_all(session, found, reply);
        return TRUE;
    }
    near = topics_closest(topics, name);
    if (near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("there is no topic '%s' (did you mean '%s'?)"), name, near);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                    _("there is no topic '%s' ('explain' alone lists them)"), name);
    }
    return FALSE;
}

/* --- completion --- */

/* What follows @before in @name: its next word, or NULL. Free with g_free(). */
static char *next_word(const char *name, const char *before)
{
    gsize length = strlen(before);

    if (length && (g_ascii_strncasecmp(name, before, length) != 0 || name[length] != ' ')) {
        return NULL;
    }
    name += length ? length + 1 : 0;
    return g_strndup(name, strcspn(name, " "));
}

/* Word by word, since some have several. Of a figure its key alone; others are known by it. */
static char **topic_words(Inquiry *inquiry G_GNUC_UNUSED, const char *before)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);
    g_autofree char *behind = g_strstrip(g_strdup(before));
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = topics->pdata[i];

        for (char **name = topic->names; *name; name++) {
            g_autofree char *word = next_word(*name, behind);

            if (word) {
                g_strv_builder_add(words, word);
            }
            if (topic->kind == TOPIC_FIGURE) {
                break;
            }
        }
    }
    return g_strv_builder_end(words);
}

/* What the topic is that stands there, if it is one. */
static char *topic_hint(const Argument *argument G_GNUC_UNUSED, Inquiry *inquiry G_GNUC_UNUSED,
                        const char *before)
{
    TopicWorld world = explain_world();
    g_autoptr(GPtrArray) topics = topics_new(&world);
    g_autofree char *name = take_name(before);
    g_autoptr(GPtrArray) found = topics_find(topics, name);
    const Topic *topic = found->len > 0 ? found->pdata[0] : NULL;
    g_autofree char *help = topic ? topic_help(topic, &world) : NULL;

    return topic ? heading(topic, help) : NULL;
}

const Command explain_commands[] = {
    {
        .name = "explain",
        .group = N_("Shell"),
        .help = N_("say what a parameter, a status, a figure or a word of migrations means"),
        .description = N_(
            "TOPIC is a migration parameter or capability, a status, an event, a figure of 'info\n"
            "migrate' (by its name there too), an option of migrate by virsh's name (--p2p) or\n"
            "libvirt's (VIR_MIGRATE_PEER2PEER, VIR_MIGRATE_PARAM_BANDWIDTH), a policy, its key "
            "(nova\n"
            "downtime_steps), a term (pass, W, blackout) or a command.\n"
            "Told are meaning, unit, range, default and releases; what it does to the total time, "
            "the\n"
            "downtime and the guest; when to touch it; what is often told otherwise; and, with a "
            "guest,\n"
            "what it is there now. What has one name as several things is told as each.\n"
            "Without TOPIC: all there are."),
        .arguments = (const Argument[]){{.name = "topic",
                                         .kind = ARGUMENT_WORDS,
                                         .optional = TRUE,
                                         .help = N_("a topic; 'explain' alone lists them"),
                                         .words = topic_words,
                                         .hint = topic_hint},
                                        {0}},
        .flags = COMMAND_LOOKS,
        .run = explain,
    },
    {0},
};
