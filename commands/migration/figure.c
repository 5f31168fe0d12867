/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/figure.h"

#include <glib/gi18n.h>
#include <math.h>

#include "commands/migration/forecast.h"
#include "shell/closest.h"
#include "shell/error.h"
#include "shell/layout.h"
#include "shell/values.h"

typedef enum {
    DERIVED_PASSES,
    DERIVED_PASS,
    DERIVED_PERCENT,
    DERIVED_LEFT,
    DERIVED_THRESHOLD,
    DERIVED_WORKING_SET,
    DERIVED_TREND,
    DERIVED_ETA,
    DERIVED_VERDICT,
    DERIVED_THROUGHPUT,
    DERIVED_REAL_TIME,
    DERIVED_BLACKOUT,
    DERIVED_SILENCE,
    N_DERIVED
} Derived;

static const struct {
    const char *name;
    MigrationKind kind;
    MigrationUnit unit;
} DERIVED[N_DERIVED] = {
    [DERIVED_PASSES] = {"passes", KIND_NUMBER, UNIT_NONE},
    [DERIVED_PASS] = {"pass", KIND_NUMBER, UNIT_NONE},
    [DERIVED_PERCENT] = {"percent", KIND_NUMBER, UNIT_PERCENT},
    [DERIVED_LEFT] = {"left", KIND_NUMBER, UNIT_BYTES},
    [DERIVED_THRESHOLD] = {"threshold", KIND_NUMBER, UNIT_BYTES},
    [DERIVED_WORKING_SET] = {"working-set", KIND_NUMBER, UNIT_BYTES},
    [DERIVED_TREND] = {"trend", KIND_REAL, UNIT_NONE},
    [DERIVED_ETA] = {"eta", KIND_NUMBER, UNIT_MS},
    [DERIVED_VERDICT] = {"verdict", KIND_TEXT, UNIT_NONE},
    [DERIVED_THROUGHPUT] = {"throughput", KIND_NUMBER, UNIT_BYTES_PER_SECOND},
    [DERIVED_REAL_TIME] = {"real-time", KIND_NUMBER, UNIT_MS},
    [DERIVED_BLACKOUT] = {"blackout", KIND_NUMBER, UNIT_MS},
    [DERIVED_SILENCE] = {"silence", KIND_NUMBER, UNIT_MS},
};

/* --- names --- */

/* Fields first, derived figures from N_FIELDS on. */
static const char *name_of(int index)
{
    return index < N_FIELDS ? migration_field_info((MigrationField)index)->key
                            : DERIVED[index - N_FIELDS].name;
}

const char *const *figure_names(void)
{
    static const char *names[N_FIELDS + N_DERIVED + 1];
    static gsize done;

    if (g_once_init_enter(&done)) {
        for (int i = 0; i < N_FIELDS + N_DERIVED; i++) {
            names[i] = name_of(i);
        }
        g_once_init_leave(&done, 1);
    }
    return names;
}

gboolean figure_find(const char *name, FigureInfo *info, GError **error)
{
    MigrationField field;
    const char *near;

    for (int i = 0; i < N_DERIVED; i++) {
        if (g_str_equal(name, DERIVED[i].name)) {
            *info = (FigureInfo){DERIVED[i].name, DERIVED[i].kind, DERIVED[i].unit, N_FIELDS + i};
            return TRUE;
        }
    }
    if (migration_field_find(name, &field)) {
        const MigrationFieldInfo *row = migration_field_info(field);
        MigrationKind kind = row->kind == KIND_LIST ? KIND_TEXT : row->kind;

        *info = (FigureInfo){g_str_equal(name, row->key) ? row->key : row->path, kind, row->unit,
                             (int)field};
        return TRUE;
    }
    near = closest(name, figure_names());
    if (near) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX,
                    _("there is no figure '%s' (did you mean '%s'?)"), name, near);
    } else {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_SYNTAX, _("there is no figure '%s'"), name);
    }
    return FALSE;
}

/* --- values --- */

void figure_clear(Figure *figure)
{
    g_clear_pointer(&figure->text, g_free);
}

static void get_field(MigrationField field, const MigrationStatus *status, Figure *figure)
{
    MigrationKind kind = migration_field_info(field)->kind;

    figure->known = migration_status_has(status, field);
    if (kind == KIND_NUMBER) {
        figure->number = migration_status_number(status, field);
    } else if (kind == KIND_REAL) {
        figure->real = migration_status_real(status, field);
        figure->known = figure->known && isfinite(figure->real); /* QEMU divides by a time of 0 */
    } else if (field == FIELD_STATUS && !figure->known) {
        figure->text = g_strdup(migration_state_name(MIGRATION_NONE));
        figure->known = TRUE;
    } else {
        figure->text = migration_status_format(status, field);
    }
}

static void set_number(Figure *figure, gboolean known, guint64 number)
{
    figure->known = known;
    figure->number = known ? number : 0;
}

/* A time that is -1 when it is not known. */
static void set_time(Figure *figure, gint64 ms)
{
    set_number(figure, ms >= 0, (guint64)ms);
}

static void get_forecast(Derived derived, const MigrationCourse *course, Figure *figure)
{
    g_autoptr(Forecast) forecast = forecast_new(course);

    switch (derived) {
    case DERIVED_PASS:
        set_number(figure, forecast->pass > 0, forecast->pass);
        break;
    case DERIVED_PERCENT:
        set_number(figure, forecast->has_percent, (guint64)forecast->percent);
        break;
    case DERIVED_LEFT:
        set_number(figure, forecast->has_left, forecast->left);
        break;
    case DERIVED_THRESHOLD:
        set_number(figure, forecast->threshold > 0, forecast->threshold);
        break;
    case DERIVED_WORKING_SET:
        set_number(figure, forecast->working_set > 0, forecast->working_set);
        break;
    case DERIVED_TREND:
        figure->known = forecast->trend > 0;
        figure->real = forecast->trend;
        break;
    case DERIVED_ETA:
        set_number(figure, forecast->has_eta, (guint64)(forecast->eta * 1000 + 0.5));
        break;
    default:
        figure->known = forecast->verdict != VERDICT_NONE;
        figure->text = g_strdup(verdict_word(forecast->verdict));
    }
}

/* From the first look to the newest, in ms; -1 without a migration. */
static gint64 time_so_far(const MigrationCourse *course)
{
    const CourseSample *last = course_last(course);

    return last ? (last->time - course_sample(course, 0)->time + 500) / 1000 : -1;
}

static void get_derived(Derived derived, const FigureSource *source, Figure *figure)
{
    const MigrationSummary *summary = source->summary;
    gint64 blackout = course_blackout(source->course);
    guint64 throughput = migration_status_throughput(source->status);

    switch (derived) {
    case DERIVED_PASSES:
        if (summary) {
            set_number(figure, summary->passes > 0, summary->passes);
        } else {
            get_field(FIELD_RAM_DIRTY_SYNC_COUNT, source->status, figure);
        }
        break;
    case DERIVED_THROUGHPUT:
        throughput = summary ? summary->throughput : throughput;
        set_number(figure, throughput > 0, throughput);
        break;
    case DERIVED_REAL_TIME:
        set_time(figure, summary ? summary->real_ms : time_so_far(source->course));
        break;
    case DERIVED_BLACKOUT:
        set_time(figure, summary         ? summary->blackout_ms
                         : blackout >= 0 ? (blackout + 500) / 1000
                                         : -1);
        break;
    case DERIVED_SILENCE:
        set_time(figure, summary ? summary->silence_ms : -1);
        break;
    default:
        get_forecast(derived, source->course, figure);
    }
}

void figure_get(const FigureInfo *info, const FigureSource *source, Figure *figure)
{
    *figure = (Figure){0};
    if (info->index < N_FIELDS) {
        get_field((MigrationField)info->index, source->status, figure);
    } else {
        get_derived((Derived)(info->index - N_FIELDS), source, figure);
    }
}

/* @number with its unit. Free with g_free(). */
static char *number_text(guint64 number, MigrationUnit unit)
{
    g_autofree char *size =
        unit == UNIT_BYTES_PER_SECOND ? rate_format(number) : size_format(number);
    gboolean bytes = unit == UNIT_BYTES || unit == UNIT_BYTES_PER_SECOND;

    return g_strdup_printf("%" G_GUINT64_FORMAT "%s%s%s%s%s", number, unit == UNIT_NONE ? "" : " ",
                           migration_unit_name(unit), bytes && number >= 1024 ? " (" : "",
                           bytes && number >= 1024 ? size : "", bytes && number >= 1024 ? ")" : "");
}

char *figure_text(const FigureInfo *info, const Figure *figure)
{
    g_autoptr(Json) real = info->kind == KIND_REAL ? json_real(figure->real) : NULL;
    g_autofree char *digits = real ? json_text(real) : NULL;
    g_autofree char *clean = figure->text ? layout_clean(figure->text) : NULL;

    if (info->kind == KIND_TEXT) {
        return g_strdup_printf("'%s'", clean);
    }
    if (info->kind == KIND_REAL) {
        return g_strconcat(digits, info->unit == UNIT_NONE ? "" : " ",
                           migration_unit_name(info->unit), NULL);
    }
    return number_text(figure->number, info->unit);
}

char *figure_text_rounded(const FigureInfo *info, const Figure *figure)
{
    g_autofree char *exact = figure_text(info, figure);
    g_autofree char *size = NULL;

    if (info->kind != KIND_NUMBER || figure->number < 1024 ||
        (info->unit != UNIT_BYTES && info->unit != UNIT_BYTES_PER_SECOND)) {
        return g_steal_pointer(&exact);
    }
    size = info->unit == UNIT_BYTES ? size_format(figure->number) : rate_format(figure->number);
    return g_strdup_printf("%s (%" G_GUINT64_FORMAT " %s)", size, figure->number,
                           migration_unit_name(info->unit));
}

Json *figure_json(const FigureInfo *info, const Figure *figure)
{
    return info->kind == KIND_TEXT   ? json_object_new_string(figure->text)
           : info->kind == KIND_REAL ? json_real(figure->real)
                                     : json_object_new_uint64(figure->number);
}
