/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/policy/policy.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "commands/migration/policy/policy_internal.h"
#include "shell/closest.h"
#include "shell/error.h"
#include "shell/values.h"
#include "shell/words.h"

static const double GIB = 1 << 30;
static const double MOST =
    1e7; /* of what the original does not limit: times in seconds above all */
static const double LEAST_GB = 2; /* Nova: what RAM and each disk count at least */

struct Policy {
    const PolicyRow *row;
    double *values;
};

static const PolicyRow *find_row(const char *name)
{
    const PolicyRow *row = policy_rows;

    while (row->name && strcmp(row->name, name) != 0) {
        row++;
    }
    return row->name ? row : NULL;
}

static gpointer gather_names(gpointer data G_GNUC_UNUSED)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (const PolicyRow *row = policy_rows; row->name; row++) {
        g_strv_builder_add(names, row->name);
    }
    return g_strv_builder_end(names);
}

const char *const *policy_names(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, gather_names, NULL);
}

const char *policy_about(const char *name)
{
    const PolicyRow *row = find_row(name);

    return row ? row->about : NULL;
}

static guint count_keys(const PolicyRow *row)
{
    guint count = 0;

    while (row->keys[count].name) {
        count++;
    }
    return count;
}

const PolicyKey *policy_key_at(const char *name, guint i)
{
    const PolicyRow *row = find_row(name);

    return row && i < count_keys(row) ? &row->keys[i] : NULL;
}

/* --- reading --- */

/* "a whole number of ms, at least 100". Free with g_free(). */
static char *describe(const PolicyKey *key)
{
    static const char *const kinds[] = {
        [POLICY_NUMBER] = N_("a whole number"),
        [POLICY_SECONDS] = N_("a time in seconds (75, 0.5 or 300ms)"),
        [POLICY_SWITCH] = N_("on or off"),
        [POLICY_SIZE] = N_("a size (4G or 512M)"),
    };
    g_autofree char *kind = NULL;

    if (key->kind == POLICY_WORD) {
        return words_list(key->choices, _(" or "));
    }
    kind = key->kind == POLICY_NUMBER && key->unit
               ? g_strdup_printf(_("a whole number of %s"), _(key->unit))
               : g_strdup(_(kinds[key->kind]));
    if (key->min > 0 && key->max > 0) {
        return g_strdup_printf(_("%s, at least %g and at most %.0f"), kind, key->min, key->max);
    }
    return key->min > 0   ? g_strdup_printf(_("%s, at least %g"), kind, key->min)
           : key->max > 0 ? g_strdup_printf(_("%s, at most %.0f"), kind, key->max)
                          : g_steal_pointer(&kind);
}

static gboolean read_number(const char *text, double *number)
{
    guint64 whole;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &whole, NULL)) {
        return FALSE;
    }
    *number = (double)whole;
    return TRUE;
}

static gboolean read_word(const PolicyKey *key, const char *text, double *number)
{
    for (guint i = 0; key->choices[i]; i++) {
        if (strcmp(key->choices[i], text) == 0) {
            *number = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Reads @text by @key's kind, whatever its range. */
static gboolean read_kind(const PolicyKey *key, const char *text, double *number)
{
    const char *at = text;
    guint64 size = 0;
    gboolean on = FALSE;
    gboolean fine = FALSE;

    switch (key->kind) {
    case POLICY_NUMBER:
        return read_number(text, number);
    case POLICY_WORD:
        return read_word(key, text, number);
    case POLICY_SECONDS:
        return time_parse(&at, number, NULL) && !*at && *number >= 0;
    case POLICY_SWITCH:
        fine = switch_parse(&at, &on, NULL);
        *number = on;
        return fine && !*at;
    case POLICY_SIZE:
        fine = size_parse(&at, 1 << 20, &size, NULL);
        *number = (double)size;
        return fine && !*at;
    }
    return FALSE;
}

static double most_of(const PolicyKey *key)
{
    return key->max > 0 ? key->max : key->kind == POLICY_SIZE ? INFINITY : MOST;
}

static gboolean read_value(const PolicyKey *key, const char *text, double *value, GError **error)
{
    g_autofree char *takes = NULL;
    double number = 0;

    if (read_kind(key, text, &number) && number >= key->min && number <= most_of(key)) {
        *value = number;
        return TRUE;
    }
    takes = describe(key);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s is %s, not '%s'"), key->name, takes,
                text);
    return FALSE;
}

static void refuse_name(const char *name, GError **error)
{
    const char *near = closest(name, policy_names());
    g_autofree char *all = words_list(policy_names(), _(" and "));

    if (near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("there is no policy '%s' (did you mean '%s'?)"), name, near);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("there is no policy '%s', but %s"),
                    name, all);
    }
}

static void refuse_key(const PolicyRow *row, const char *key, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *all = NULL;
    const char *near;

    for (guint i = 0; row->keys[i].name; i++) {
        g_ptr_array_add(names, (gpointer)row->keys[i].name);
    }
    g_ptr_array_add(names, NULL);
    near = closest(key, (const char *const *)names->pdata);
    all = words_list((const char *const *)names->pdata, _(" and "));
    if (near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("%s has no key '%s' (did you mean '%s'?)"), row->name, key, near);
    } else if (*all) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s has no key '%s', but %s"),
                    row->name, key, all);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("%s has no key '%s'"), row->name,
                    key);
    }
}

static int find_key(const PolicyRow *row, const char *name)
{
    for (int i = 0; row->keys[i].name; i++) {
        if (strcmp(row->keys[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* Reads "key=value". */
static gboolean read_setting(Policy *policy, const char *setting, GError **error)
{
    const char *equals = strchr(setting, '=');
    g_autofree char *name = equals ? g_strndup(setting, (gsize)(equals - setting)) : NULL;
    int key;

    if (!name) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s' is no KEY=VALUE (as in memory=4G)"), setting);
        return FALSE;
    }
    key = find_key(policy->row, name);
    if (key < 0) {
        refuse_key(policy->row, name, error);
        return FALSE;
    }
    return read_value(&policy->row->keys[key], equals + 1, &policy->values[key], error);
}

Policy *policy_new(const char *name, const char *const *settings, GError **error)
{
    const PolicyRow *row = find_row(name);
    g_autoptr(Policy) policy = NULL;

    if (!row) {
        refuse_name(name, error);
        return NULL;
    }
    policy = g_new0(Policy, 1);
    policy->row = row;
    policy->values = g_new0(double, count_keys(row) + 1);
    for (guint i = 0; row->keys[i].name; i++) {
        policy->values[i] = row->keys[i].number;
    }
    for (; settings && *settings; settings++) {
        if (!read_setting(policy, *settings, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&policy);
}

Policy *policy_copy(const Policy *policy)
{
    Policy *copy = g_new0(Policy, 1);

    copy->row = policy->row;
    copy->values = g_memdup2(policy->values, (count_keys(policy->row) + 1) * sizeof(double));
    return copy;
}

void policy_free(Policy *policy)
{
    if (policy) {
        g_free(policy->values);
        g_free(policy);
    }
}

/* --- asking --- */

const char *policy_name(const Policy *policy)
{
    return policy->row->name;
}

PolicyFamily policy_family(const Policy *policy)
{
    return policy->row->family;
}

gboolean policy_is_manual(const Policy *policy)
{
    return !policy || policy->row->family == FAMILY_MANUAL;
}

gboolean policy_has_key(const Policy *policy, const char *key)
{
    return find_key(policy->row, key) >= 0;
}

double policy_number(const Policy *policy, const char *key)
{
    int found = find_key(policy->row, key);

    g_assert(found >= 0);
    return policy->values[found];
}

char *policy_value_text(const PolicyKey *key, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    switch (key->kind) {
    case POLICY_SWITCH:
        return g_strdup(value != 0 ? "on" : "off");
    case POLICY_WORD:
        return g_strdup(key->choices[(int)value]);
    case POLICY_SIZE:
        if (value > 0 && fmod(value, 1 << 20) == 0) {
            gboolean whole = fmod(value, GIB) == 0;

            return g_strdup_printf("%.0f%s", value / (whole ? GIB : 1 << 20), whole ? "G" : "M");
        }
        return g_strdup_printf(value > 0 ? "%.0fb" : "%.0f", value);
    default:
        return g_strdup(g_ascii_formatd(number, sizeof(number), "%.10g", value));
    }
}

char *policy_words(const Policy *policy)
{
    GString *words = g_string_new(policy->row->name);

    for (guint i = 0; policy->row->keys[i].name; i++) {
        const PolicyKey *key = &policy->row->keys[i];
        g_autofree char *text = policy_value_text(key, policy->values[i]);

        if (policy->values[i] != key->number) {
            g_string_append_printf(words, " %s=%s", key->name, text);
        }
    }
    return g_string_free(words, FALSE);
}

guint64 policy_memory(const Policy *policy, const PolicyGuest *guest)
{
    double memory = policy_has_key(policy, "memory") ? policy_number(policy, "memory") : 0;

    return memory > 0 ? (guint64)memory : guest->memory;
}

double policy_data_gb(const Policy *policy, const PolicyGuest *guest)
{
    gboolean whole = policy->row->family == FAMILY_NOVA_TRAIN;
    double gb = (double)policy_memory(policy, guest) / GIB;
    double sum = MAX(whole ? floor(gb) : gb, LEAST_GB);

    for (gsize i = 0; i < guest->n_disks; i++) {
        gb = (double)guest->disks[i] / GIB;
        sum += MAX(whole ? floor(gb) : gb, LEAST_GB);
    }
    return sum;
}
