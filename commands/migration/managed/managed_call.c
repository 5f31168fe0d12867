/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/managed/managed_call.h"

#include <glib/gi18n.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "commands/migration/managed/managed_rule.h"
#include "shell/error.h"

static const guint64 MIB = 1 << 20;

/* What was given, for the rules. */
typedef struct {
    const ManagedGiven *given;
    unsigned flags;
} Asked;

static const Value *find_given(const ManagedGiven *given, const ManagedOption *option)
{
    for (; given->option; given++) {
        if (given->option == option) {
            return given->value;
        }
    }
    return NULL;
}

static gboolean is_given(const ManagedGiven *given, const char *name)
{
    return find_given(given, managed_option_find(name)) != NULL;
}

/* --- the rules --- */

/* Whether @text, or with a list one of its words, is what stands behind the "=" of a rule. */
static gboolean says(const ManagedOption *option, const char *text, const char *what)
{
    g_auto(GStrv) words = NULL;

    if (option->kind != MANAGED_LIST && option->kind != MANAGED_DISKS) {
        return g_str_has_prefix(text, what);
    }
    words = g_strsplit(text, ",", -1);
    return g_strv_contains((const char *const *)words, what);
}

static gboolean has(const char *rule_option, gconstpointer data)
{
    const Asked *asked = data;
    const char *equals = strchr(rule_option, '=');
    gsize length = equals ? (gsize)(equals - rule_option) : strlen(rule_option);
    g_autofree char *name = g_strndup(rule_option, length);
    const ManagedOption *option = managed_option_find(name);
    const Value *value = find_given(asked->given, option);

    if (option->kind == MANAGED_SET && option->bit) {
        return (asked->flags & option->bit) != 0;
    }
    return value && (!equals || says(option, value->text, equals + 1));
}

/* --- values --- */

static gboolean refuse(const ManagedOption *option, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(const ManagedOption *option, GError **error, const char *format, ...)
{
    va_list list;
    g_autofree char *why = NULL;

    va_start(list, format);
    why = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, "--%s: %s", option->option, why);
    return FALSE;
}

/* What libvirt's virTypedParamsAdd...() said. They fail only for a key that is too long. */
static gboolean added(int result, const ManagedOption *option, GError **error)
{
    if (result < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "--%s: %s", option->option,
                    virGetLastErrorMessage());
    }
    return result >= 0;
}

static gboolean add_string(ManagedCall *call, const ManagedOption *option, const char *text,
                           GError **error)
{
    return added(virTypedParamsAddString(&call->parameters, &call->n_parameters, &call->n_allocated,
                                         option->key, text),
                 option, error);
}

static gboolean add_unsigned(ManagedCall *call, const ManagedOption *option, guint64 number,
                             GError **error)
{
    return added(virTypedParamsAddULLong(&call->parameters, &call->n_parameters, &call->n_allocated,
                                         option->key, number),
                 option, error);
}

static gboolean add_number(ManagedCall *call, const ManagedOption *option, const char *text,
                           GError **error)
{
    gint64 number;

    if (!g_ascii_string_to_signed(text, 10, option->min, option->max, &number, NULL)) {
        return refuse(option, error, _("a number from %d to %d, not '%s'"), option->min,
                      option->max, text);
    }
    return added(virTypedParamsAddInt(&call->parameters, &call->n_parameters, &call->n_allocated,
                                      option->key, (int)number),
                 option, error);
}

/* A part of a MiB must not become 0, which is no limit. */
static gboolean add_rate(ManagedCall *call, const ManagedOption *option, guint64 bytes,
                         GError **error)
{
    if (bytes % MIB != 0) {
        return refuse(option, error, _("libvirt takes whole MiB/s, e.g. 40 or 1G"));
    }
    return add_unsigned(call, option, bytes / MIB, error);
}

/* QEMU: migrate_params_check(). It says so only once the migration is prepared. */
static gboolean add_size(ManagedCall *call, const ManagedOption *option, guint64 bytes,
                         GError **error)
{
    if (bytes == 0 || (bytes & (bytes - 1)) != 0) {
        return refuse(option, error, _("a power of two, e.g. 64 (MiB) or 512k"));
    }
    return add_unsigned(call, option, bytes, error);
}

static gboolean add_list(ManagedCall *call, const ManagedOption *option, const char *text,
                         GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    for (guint i = 0; words[i]; i++) {
        if (!*words[i]) {
            return refuse(option, error, _("an empty word in '%s'"), text);
        }
        if (option->choices && !g_strv_contains(option->choices, words[i])) {
            g_autofree char *choices = g_strjoinv(", ", (char **)option->choices);

            return refuse(option, error, _("'%s' is none of %s"), words[i], choices);
        }
        for (guint k = 0; k < i; k++) {
            if (strcmp(words[k], words[i]) == 0) {
                return refuse(option, error, _("'%s' is given twice"), words[i]);
            }
        }
        if (!add_string(call, option, words[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean add_file(ManagedCall *call, const ManagedOption *option, const char *name,
                         GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    gsize length;

    if (!g_file_get_contents(name, &text, &length, &why)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, "--%s: %s", option->option,
                    why->message);
        return FALSE;
    }
    if (length == 0 || strlen(text) != length) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("--%s: '%s' is no XML"),
                    option->option, name);
        return FALSE;
    }
    return add_string(call, option, text, error);
}

static gboolean add(ManagedCall *call, const ManagedOption *option, const Value *value,
                    GError **error)
{
    switch (option->kind) {
    case MANAGED_SET:
    case MANAGED_CLEAR:
        return TRUE; /* in the flags already */
    case MANAGED_RATE:
        return add_rate(call, option, value->size, error);
    case MANAGED_SIZE:
        return add_size(call, option, value->size, error);
    default:
        break;
    }
    if (!*value->text) {
        return refuse(option, error, "%s", _(option->help));
    }
    switch (option->kind) {
    case MANAGED_NUMBER:
        return add_number(call, option, value->text, error);
    case MANAGED_LIST:
    case MANAGED_DISKS:
        return add_list(call, option, value->text, error);
    case MANAGED_FILE:
        return add_file(call, option, value->text, error);
    default:
        return add_string(call, option, value->text, error);
    }
}

/* --- the whole --- */

/* Of --live the default goes with what stands against it, so that only one that was typed is a
 * contradiction. */
static unsigned flags_of(const ManagedGiven *given, unsigned more)
{
    unsigned flags = more;

    if (!is_given(given, "no-live") && !is_given(given, "offline") &&
        !(more & VIR_MIGRATE_OFFLINE)) {
        flags |= VIR_MIGRATE_LIVE;
    }
    for (; given->option; given++) {
        flags |= given->option->kind == MANAGED_SET ? given->option->bit : 0;
    }
    return flags;
}

gboolean managed_call_check_libvirt(const ManagedCall *call, gulong libvirt, GError **error)
{
    const ManagedOption *option;

    for (guint i = 0; (option = managed_option_at(i)); i++) {
        gboolean wanted =
            (option->kind == MANAGED_SET && (call->flags & option->bit)) ||
            (option->key && virTypedParamsGet(call->parameters, call->n_parameters, option->key));

        if (wanted && !managed_option_is_in(option, libvirt)) {
            g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
                        _("--%s: since libvirt %s only (one side has %lu.%lu.%lu)"), option->option,
                        option->since, libvirt / 1000000, libvirt / 1000 % 1000, libvirt % 1000);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean managed_call_make(ManagedCall *call, const ManagedGiven *given, unsigned more,
                           const ManagedSides *sides, GError **error)
{
    static const ManagedSides unknown = {0};
    Asked asked = {given, flags_of(given, more)};

    *call = (ManagedCall){.flags = asked.flags};
    sides = sides ? sides : &unknown;
    call->driver = asked.flags & VIR_MIGRATE_PEER2PEER || is_given(given, "direct")
                       ? MANAGED_BY_SOURCE
                       : MANAGED_BY_CLIENT;
    if (!managed_rule_check(has, &asked, sides->qemu, error)) {
        return FALSE;
    }
    /* Without it (a connection does it too) virTypedParamsAdd...() crashes, seen with 9.0. */
    if (virInitialize() < 0) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("libvirt cannot be initialised"));
        return FALSE;
    }
    for (; given->option; given++) {
        if (!add(call, given->option, given->value, error)) {
            return FALSE;
        }
    }
    return managed_call_check_libvirt(call, sides->libvirt, error);
}

/* The options of the list that are given, and a row without one. Free with g_array_unref(). */
static GArray *given_in(const Arguments *arguments)
{
    GArray *given = g_array_new(TRUE /* an ending row */, TRUE, sizeof(ManagedGiven));
    const Argument *list = arguments->command->arguments;

    for (guint i = 0; list[i].name; i++) {
        const ManagedOption *option = list[i].option ? managed_option_find(list[i].option) : NULL;

        if (option && arguments->values[i].given) {
            ManagedGiven one = {option, &arguments->values[i]};

            g_array_append_val(given, one);
        }
    }
    return given;
}

gboolean managed_call_from_arguments(ManagedCall *call, const Arguments *arguments, unsigned more,
                                     const ManagedSides *sides, GError **error)
{
    g_autoptr(GArray) given = given_in(arguments);

    return managed_call_make(call, (const ManagedGiven *)(gpointer)given->data, more, sides, error);
}

gboolean managed_is_uri(const char *uri)
{
    return g_str_has_prefix(uri, "qemu:") || g_str_has_prefix(uri, "qemu+");
}

gboolean managed_call_refuse(const Arguments *arguments, const char *uri, GError **error)
{
    g_autoptr(GArray) given = managed_is_uri(uri) ? NULL : given_in(arguments);
    g_auto(ManagedCall) call = {0};

    if (!given || given->len == 0) {
        return TRUE;
    }
    if (is_given((const ManagedGiven *)(gpointer)given->data, "direct")) { /* with no URI at all */
        return managed_call_from_arguments(&call, arguments, 0, NULL, error);
    }
    g_set_error(
        error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
        _("--%s is libvirt's: it goes with a libvirt URI (qemu+ssh://HOST/system), not with '%s'"),
        g_array_index(given, ManagedGiven, 0).option->option, uri);
    return FALSE;
}

void managed_call_clear(ManagedCall *call)
{
    virTypedParamsFree(call->parameters, call->n_parameters);
    *call = (ManagedCall){0};
}
