/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/condition.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "commands/migration/forecast.h"
#include "shell/error.h"
#include "shell/line.h"
#include "shell/pattern.h"

typedef enum { LESS, LESS_EQUAL, MORE, MORE_EQUAL, EQUAL, UNEQUAL, MATCHES, N_OPERATORS } Operator;

const char *const condition_operators[] = {"<", "<=", ">", ">=", "==", "!=", "~", NULL};

/* A number as it was typed, in the unit of its figure. */
typedef struct {
    gboolean whole; /* then it is @number, else @real; both without the sign */
    gboolean negative;
    guint64 number;
    double real;
} Amount;

struct Condition {
    FigureInfo figure;
    Operator op;
    Amount amount;
    char *text; /* the value as typed */
    Pattern *pattern;
};

void condition_free(Condition *condition)
{
    if (condition) {
        g_free(condition->text);
        pattern_free(condition->pattern);
        g_free(condition);
    }
}

const FigureInfo *condition_figure(const Condition *condition)
{
    return &condition->figure;
}

/* --- words --- */

static const char *const *status_words(void)
{
    static const char *words[MIGRATION_UNKNOWN + 1];
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (MigrationState state = MIGRATION_NONE; state < MIGRATION_UNKNOWN; state++) {
            words[state] = migration_state_name(state);
        }
        g_once_init_leave(&done, 1);
    }
    return words;
}

static const char *const *verdict_words(void)
{
    static const char *words[VERDICT_CANCELLED + 1];
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (Verdict verdict = VERDICT_NONE + 1; verdict <= VERDICT_CANCELLED; verdict++) {
            words[verdict - 1] = verdict_word(verdict);
        }
        g_once_init_leave(&done, 1);
    }
    return words;
}

const char *const *condition_words(const char *field)
{
    return strcmp(field, "status") == 0    ? status_words()
           : strcmp(field, "verdict") == 0 ? verdict_words()
                                           : NULL;
}

/* A word of which there are few must be one of them, or it would never be equal. */
static gboolean check_word(const char *field, const char *value, GError **error)
{
    const char *const *words = condition_words(field);
    g_autofree char *list = NULL;

    if (!words || g_strv_contains(words, value)) {
        return TRUE;
    }
    list = line_join(words);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("'%s' is no %s: %s"), value, field, list);
    return FALSE;
}

/* --- numbers --- */

/* What one of a unit is in another: @factor, in the figure's unit. */
typedef struct {
    const char *name;
    double factor;
} Unit;

static const Unit TIMES[] = {{"", 1e3},    {"s", 1e3},    {"ms", 1}, {"us", 1e-3},
                             {"ns", 1e-6}, {"min", 60e3}, {NULL, 0}}; /* in ms */
static const Unit BITS[] = {{"kbit/s", 1e-3}, {"Mbit/s", 1}, {"Gbit/s", 1e3}, {NULL, 0}};

/* The bytes that @name stands for: a letter of values.h, with "iB" or without ("B" for b); 0: it is
 * none. Without a name it is MiB. */
static double size_factor(const char *name)
{
    static const char letters[] = "bkmgtpe";
    const char *found = *name ? strchr(letters, g_ascii_tolower(*name)) : NULL;
    gsize power = found ? (gsize)(found - letters) : 0;

    if (!*name) {
        return 1 << 20;
    }
    if (!found || (name[1] && (power == 0 || strcmp(name + 1, "iB") != 0))) {
        return strcmp(name, "bytes") == 0 ? 1 : 0;
    }
    return ldexp(1, 10 * (int)power);
}

static double find_unit(const Unit *units, const char *name)
{
    while (units->name && strcmp(units->name, name) != 0) {
        units++;
    }
    return units->factor;
}

/* A rate's unit in bytes per second; 0: it is none. */
static double rate_factor(const char *name)
{
    g_autofree char *size = g_strdup(name);
    double bits = find_unit(BITS, name);

    if (g_str_has_suffix(size, "/s")) {
        size[strlen(size) - 2] = '\0';
    }
    return bits > 0 ? bits * 1e6 / 8 : *name && !*size ? 0 : size_factor(size);
}

/* What the unit @name is in @unit, 0: not one of its. */
static double factor_of(const char *name, MigrationUnit unit)
{
    switch (unit) {
    case UNIT_BYTES:
        return size_factor(name);
    case UNIT_BYTES_PER_SECOND:
        return rate_factor(name);
    case UNIT_MBPS:
        return *name && find_unit(BITS, name) == 0 ? rate_factor(name) * 8 / 1e6
               : *name                             ? find_unit(BITS, name)
                                                   : 1;
    case UNIT_MS:
        return find_unit(TIMES, name);
    case UNIT_US:
        return find_unit(TIMES, name) * 1e3;
    case UNIT_NS:
        return find_unit(TIMES, name) * 1e6;
    default:
        return !*name || strcmp(name, migration_unit_name(unit)) == 0 ? 1 : 0;
    }
}

static const char *what_is_expected(MigrationUnit unit)
{
    switch (unit) {
    case UNIT_BYTES:
        return _("an amount like 64M or 4096b, MiB without a unit");
    case UNIT_BYTES_PER_SECOND:
        return _("a rate like 64M or 500Mbit/s, MiB/s without a unit");
    case UNIT_MBPS:
        return _("a rate like 500Mbit/s or 64MiB/s, Mbit/s without a unit");
    case UNIT_MS:
    case UNIT_US:
    case UNIT_NS:
        return _("a time like 300ms or 2s, seconds without a unit");
    case UNIT_PERCENT:
        return _("a number of percent");
    default:
        return _("a number");
    }
}

/* Sets @amount to @value; as a whole number where it is one. Less than a millionth is nothing but
 * the rounding of what was typed in decimals (0.29 s is 290 ms). */
static void set_real(Amount *amount, double value)
{
    double rounded = value < 1e9 ? rint(value * 1e6) / 1e6 : value;

    amount->whole = rounded < 0x1p64 && rounded == floor(rounded);
    amount->number = amount->whole ? (guint64)rounded : 0;
    amount->real = rounded;
}

static gboolean take_amount(const char *text, MigrationUnit unit, Amount *amount)
{
    const char *start = text + (*text == '-' || *text == '+');
    gboolean hex = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
    double number, factor;
    guint64 whole;
    gboolean exact;
    char *end;
    char *whole_end;

    if (!g_ascii_isdigit(*start) && *start != '.') {
        return FALSE; /* nan and inf too */
    }
    errno = 0;
    whole = g_ascii_strtoull(start, &whole_end, hex ? 16 : 10);
    exact = errno == 0;
    number = g_ascii_strtod(start, &end);
    if (end == start || !isfinite(number)) {
        return FALSE;
    }
    factor = factor_of(end, unit);
    if (factor <= 0) {
        return FALSE;
    }
    amount->negative = *text == '-';
    exact = exact && end == whole_end && factor >= 1 && factor == floor(factor) &&
            whole <= G_MAXUINT64 / (guint64)factor;
    if (exact) {
        amount->whole = TRUE;
        amount->number = whole * (guint64)factor;
        amount->real = (double)amount->number;
    } else {
        set_real(amount, number * factor);
    }
    return TRUE;
}

/* -1, 0 or 1: @number is less than, equal to or more than @amount, exactly. */
static int compare_number(guint64 number, const Amount *amount)
{
    guint64 floored;

    if (amount->negative && (amount->real > 0 || amount->number > 0)) {
        return 1;
    }
    if (!amount->whole && amount->real >= 0x1p64) {
        return -1;
    }
    floored = amount->whole ? amount->number : (guint64)amount->real;
    if (number != floored) {
        return number < floored ? -1 : 1;
    }
    return amount->whole ? 0 : -1; /* there is a fraction on top */
}

static int compare_real(double number, const Amount *amount)
{
    double other = amount->negative ? -amount->real : amount->real;

    return number < other ? -1 : number > other;
}

/* --- the condition --- */

static gboolean find_operator(const char *word, Operator *op, GError **error)
{
    for (int i = 0; i < N_OPERATORS; i++) {
        if (strcmp(word, condition_operators[i]) == 0) {
            *op = (Operator)i;
            return TRUE;
        }
    }
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                _("'%s' is no comparison: < <= > >= == != ~"), word);
    return FALSE;
}

static gboolean take_word(Condition *self, const char *value, GError **error)
{
    if (self->op == MATCHES) {
        self->pattern = pattern_new(value, FALSE, error);
        return self->pattern != NULL;
    }
    if (self->op != EQUAL && self->op != UNEQUAL) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s' is a word: it can be == or != another, or ~ a pattern"),
                    self->figure.name);
        return FALSE;
    }
    return check_word(self->figure.name, value, error);
}

static gboolean take_number(Condition *self, const char *value, GError **error)
{
    if (self->op == MATCHES) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("'%s' is a number: ~ is for words"),
                    self->figure.name);
        return FALSE;
    }
    if (!take_amount(value, self->figure.unit, &self->amount)) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("'%s' cannot be compared to '%s': %s"), self->figure.name, value,
                    what_is_expected(self->figure.unit));
        return FALSE;
    }
    return TRUE;
}

Condition *condition_new(const char *field, const char *op, const char *value, GError **error)
{
    g_autoptr(Condition) self = g_new0(Condition, 1);

    self->text = line_quote(value);
    if (!figure_find(field, &self->figure, error) || !find_operator(op, &self->op, error) ||
        !(self->figure.kind == KIND_TEXT ? take_word(self, value, error)
                                         : take_number(self, value, error))) {
        return NULL;
    }
    if (self->figure.kind == KIND_TEXT && self->op != MATCHES) {
        g_free(self->text);
        self->text = g_strdup(value);
    }
    return g_steal_pointer(&self);
}

static gboolean holds(const Condition *condition, const Figure *figure)
{
    int order;

    if (condition->op == MATCHES) {
        return pattern_matches(condition->pattern, figure->text);
    }
    order = condition->figure.kind == KIND_TEXT ? strcmp(figure->text, condition->text)
            : condition->figure.kind == KIND_REAL
                ? compare_real(figure->real, &condition->amount)
                : compare_number(figure->number, &condition->amount);
    switch (condition->op) {
    case LESS:
        return order < 0;
    case LESS_EQUAL:
        return order <= 0;
    case MORE:
        return order > 0;
    case MORE_EQUAL:
        return order >= 0;
    case EQUAL:
        return order == 0;
    default:
        return order != 0;
    }
}

gboolean condition_check(const Condition *condition, const Figure *figure, GError **error)
{
    const FigureInfo *info = &condition->figure;
    g_autofree char *found = NULL;

    if (!figure->known) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%s has no value now"), info->name);
        return FALSE;
    }
    if (holds(condition, figure)) {
        return TRUE;
    }
    found = figure_text(info, figure);
    g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("%s is %s, not %s %s"), info->name, found,
                condition_operators[condition->op], condition->text);
    return FALSE;
}
