/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/status.h"

#include <math.h>

G_STATIC_ASSERT(N_FIELDS <= 64);

/* What the fields of its own say. */
static const char MANAGED[] = "managed";
static const char RAW[] = "raw";
static const char OURS[] = "this shell";
static const char FOREIGN[] = "somebody else";

MigrationStatus *migration_status_new(void)
{
    return g_new0(MigrationStatus, 1);
}

/* Makes @field absent. */
static void clear(MigrationStatus *status, MigrationField field)
{
    MigrationKind kind = migration_field_info(field)->kind;

    if (kind == KIND_TEXT) {
        g_free(status->values[field].text);
    } else if (kind == KIND_LIST) {
        json_object_put(status->values[field].list);
    }
    status->values[field] = (MigrationValue){0};
    status->present &= ~(1ULL << field);
}

/* The value of @field, now present, to be filled in. */
static MigrationValue *fresh(MigrationStatus *status, MigrationField field, MigrationKind kind)
{
    g_assert(migration_field_info(field)->kind == kind);
    clear(status, field);
    status->present |= 1ULL << field;
    return &status->values[field];
}

void migration_status_set_number(MigrationStatus *status, MigrationField field, guint64 number)
{
    fresh(status, field, KIND_NUMBER)->number = number;
}

void migration_status_set_real(MigrationStatus *status, MigrationField field, double real)
{
    fresh(status, field, KIND_REAL)->real = real;
}

void migration_status_set_text(MigrationStatus *status, MigrationField field, const char *text)
{
    if (text) {
        fresh(status, field, KIND_TEXT)->text = g_strdup(text);
    } else {
        clear(status, field);
    }
}

/* @list is copied: json-c's reference counts are not for several threads. */
static void set_list(MigrationStatus *status, MigrationField field, Json *list)
{
    Json *copy = NULL;

    json_object_deep_copy(list, &copy, NULL);
    fresh(status, field, KIND_LIST)->list = copy;
}

static void read_member(MigrationStatus *status, MigrationField field, Json *member)
{
    MigrationKind kind = migration_field_info(field)->kind;
    enum json_type type = json_object_get_type(member);

    if (kind == KIND_NUMBER && type == json_type_int) {
        if (json_object_get_uint64(member) != G_MAXINT64) {
            migration_status_set_number(status, field, json_object_get_uint64(member));
        }
    } else if (kind == KIND_REAL && (type == json_type_double || type == json_type_int)) {
        migration_status_set_real(status, field, json_object_get_double(member));
    } else if (kind == KIND_TEXT && type == json_type_string) {
        migration_status_set_text(status, field, json_object_get_string(member));
    } else if (kind == KIND_LIST && type == json_type_array) {
        set_list(status, field, member);
    }
}

MigrationStatus *migration_status_from_qmp(Json *reply)
{
    MigrationStatus *status = migration_status_new();

    for (MigrationField field = 0; field < N_FIELDS; field++) {
        read_member(status, field, json_get(reply, migration_field_info(field)->path));
    }
    if (migration_status_has(status, FIELD_TOTAL_TIME_MS) &&
        migration_status_number(status, FIELD_DOWNTIME_MS) >
            migration_status_number(status, FIELD_TOTAL_TIME_MS)) {
        clear(status, FIELD_DOWNTIME_MS);
    }
    return status;
}

MigrationStatus *migration_status_copy(const MigrationStatus *status)
{
    MigrationStatus *copy = g_memdup2(status, sizeof(*status));

    for (MigrationField field = 0; field < N_FIELDS; field++) {
        MigrationKind kind = migration_field_info(field)->kind;

        if (kind == KIND_TEXT) {
            copy->values[field].text = g_strdup(status->values[field].text);
        } else if (kind == KIND_LIST && status->values[field].list) {
            copy->values[field].list = NULL;
            json_object_deep_copy(status->values[field].list, &copy->values[field].list, NULL);
        }
    }
    return copy;
}

void migration_status_free(MigrationStatus *status)
{
    if (!status) {
        return;
    }
    for (MigrationField field = 0; field < N_FIELDS; field++) {
        clear(status, field);
    }
    g_free(status);
}

gboolean migration_status_has(const MigrationStatus *status, MigrationField field)
{
    return (status->present >> field & 1) != 0;
}

static const MigrationValue *value_of(const MigrationStatus *status, MigrationField field,
                                      MigrationKind kind)
{
    g_assert(migration_field_info(field)->kind == kind);
    return &status->values[field];
}

guint64 migration_status_number(const MigrationStatus *status, MigrationField field)
{
    return value_of(status, field, KIND_NUMBER)->number;
}

double migration_status_real(const MigrationStatus *status, MigrationField field)
{
    return value_of(status, field, KIND_REAL)->real;
}

const char *migration_status_text(const MigrationStatus *status, MigrationField field)
{
    return value_of(status, field, KIND_TEXT)->text;
}

Json *migration_status_list(const MigrationStatus *status, MigrationField field)
{
    return value_of(status, field, KIND_LIST)->list;
}

/* The figure as JSON; it must be present. The caller owns the result. */
static Json *value_to_json(const MigrationStatus *status, MigrationField field)
{
    const MigrationValue *value = &status->values[field];
    Json *copy = NULL;

    switch (migration_field_info(field)->kind) {
    case KIND_NUMBER:
        return json_object_new_uint64(value->number);
    case KIND_REAL:
        return json_real(value->real);
    case KIND_TEXT:
        return json_object_new_string(value->text);
    case KIND_LIST:
        json_object_deep_copy(value->list, &copy, NULL);
    }
    return copy;
}

Json *migration_status_to_json(const MigrationStatus *status)
{
    Json *object = json_object_new_object();

    for (MigrationField field = 0; field < N_FIELDS; field++) {
        g_auto(GStrv) path = g_strsplit(migration_field_info(field)->path, ".", 2);
        Json *part = object;

        if (!migration_status_has(status, field)) {
            continue;
        }
        if (path[1] && !json_object_object_get_ex(object, path[0], &part)) {
            part = json_object_new_object();
            json_object_object_add(object, path[0], part);
        }
        json_object_object_add(part, path[1] ? path[1] : path[0], value_to_json(status, field));
    }
    return object;
}

/* A SocketAddress as a migration URI. Free with g_free(). */
static char *address_uri(Json *address)
{
    const char *type = json_get_string(address, "type");
    const char *host = json_get_string(address, "host");
    const char *port = json_get_string(address, "port");
    const char *path = json_get_string(address, "path");
    const char *cid = json_get_string(address, "cid");
    const char *descriptor = json_get_string(address, "str");

    if (g_strcmp0(type, "inet") == 0 && host && port) {
        return g_strdup_printf(strchr(host, ':') ? "tcp:[%s]:%s" : "tcp:%s:%s", host, port);
    }
    if (g_strcmp0(type, "unix") == 0 && path) {
        return g_strconcat("unix:", path, NULL);
    }
    if (g_strcmp0(type, "vsock") == 0 && cid && port) {
        return g_strdup_printf("vsock:%s:%s", cid, port);
    }
    if (g_strcmp0(type, "fd") == 0 && descriptor) {
        return g_strconcat("fd:", descriptor, NULL);
    }
    return json_text(address);
}

char *migration_item_format(Json *item)
{
    switch (json_object_get_type(item)) {
    case json_type_object:
        return address_uri(item);
    case json_type_string:
        return g_strdup(json_object_get_string(item));
    default:
        return json_text(item);
    }
}

static char *format_list(Json *list)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        g_autofree char *item = migration_item_format(json_object_array_get_idx(list, i));

        g_string_append_printf(text, "%s%s", i ? " " : "", item);
    }
    return g_string_free(text, FALSE);
}

char *migration_status_format(const MigrationStatus *status, MigrationField field)
{
    const MigrationValue *value = &status->values[field];
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (!migration_status_has(status, field)) {
        return NULL;
    }
    switch (migration_field_info(field)->kind) {
    case KIND_NUMBER:
        return g_strdup_printf("%" G_GUINT64_FORMAT, value->number);
    case KIND_REAL:
        return g_strdup(g_ascii_formatd(number, sizeof(number), "%.2f", value->real));
    case KIND_TEXT:
        return g_strdup(value->text);
    case KIND_LIST:
        return format_list(value->list);
    }
    return NULL;
}

MigrationState migration_status_state(const MigrationStatus *status)
{
    return migration_state_from_name(migration_status_text(status, FIELD_STATUS));
}

void migration_status_set_state(MigrationStatus *status, MigrationState state)
{
    migration_status_set_text(status, FIELD_STATUS, migration_state_name(state));
}

void migration_status_set_driver(MigrationStatus *status, gboolean managed)
{
    migration_status_set_text(status, FIELD_DRIVER, managed ? MANAGED : RAW);
}

void migration_status_set_begun_by(MigrationStatus *status, gboolean ours)
{
    migration_status_set_text(status, FIELD_BEGUN_BY, ours ? OURS : FOREIGN);
}

gboolean migration_status_is_foreign(const MigrationStatus *status)
{
    return g_strcmp0(migration_status_text(status, FIELD_BEGUN_BY), FOREIGN) == 0;
}

gboolean migration_status_is_managed(const MigrationStatus *status)
{
    return g_strcmp0(migration_status_text(status, FIELD_DRIVER), MANAGED) == 0;
}

gboolean migration_status_is_given_up(const MigrationStatus *status)
{
    return migration_status_is_managed(status) &&
           migration_state_is_postcopy(migration_status_state(status)) &&
           migration_status_has(status, FIELD_ERROR_DESC);
}

gboolean migration_status_needs_attention(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return state == MIGRATION_POSTCOPY_PAUSED || migration_status_is_given_up(status) ||
           (state == MIGRATION_PRE_SWITCHOVER && !migration_status_is_managed(status));
}

static guint64 bytes_per_second(double mbps)
{
    double bytes = mbps * 1e6 / 8;

    /* QEMU divides by a time that may be 0. */
    return isfinite(bytes) && bytes > 0 ? (guint64)MIN(bytes, 1e18) : 0;
}

guint64 migration_status_throughput(const MigrationStatus *status)
{
    return bytes_per_second(migration_status_real(status, FIELD_RAM_MBPS));
}

guint64 migration_status_disk_throughput(const MigrationStatus *status)
{
    return bytes_per_second(migration_status_real(status, FIELD_DISK_MBPS));
}

gboolean migration_status_has_remaining(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return migration_status_has(status, FIELD_RAM_REMAINING_BYTES) &&
           migration_state_is_running(state) && state != MIGRATION_CANCELLING &&
           state != MIGRATION_FAILING &&
           (migration_status_number(status, FIELD_RAM_REMAINING_BYTES) > 0 ||
            migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT) > 0);
}

gboolean migration_status_in_first_pass(const MigrationStatus *status)
{
    MigrationState state = migration_status_state(status);

    return migration_state_is_running(state) && !migration_state_is_postcopy(state) &&
           migration_status_has(status, FIELD_RAM_DIRTY_SYNC_COUNT) &&
           migration_status_number(status, FIELD_RAM_DIRTY_SYNC_COUNT) <= 1;
}

gboolean migration_status_first_pass_percent(const MigrationStatus *status, double *percent)
{
    guint64 total = migration_status_number(status, FIELD_RAM_TOTAL_BYTES);
    guint64 remaining = migration_status_number(status, FIELD_RAM_REMAINING_BYTES);

    if (total == 0 || !migration_status_in_first_pass(status) ||
        !migration_status_has_remaining(status)) {
        return FALSE;
    }
    *percent = remaining >= total ? 0 : (double)(total - remaining) * 100 / (double)total;
    return TRUE;
}

gboolean migration_status_copies_disks(const MigrationStatus *status, double *percent)
{
    guint64 left = migration_status_number(status, FIELD_DISK_REMAINING_BYTES);
    guint64 total = migration_status_number(status, FIELD_DISK_TOTAL_BYTES);
    guint64 memory = migration_status_number(status, FIELD_RAM_TOTAL_BYTES);

    if (left == 0 || !migration_state_is_precopy(migration_status_state(status)) ||
        migration_status_number(status, FIELD_RAM_REMAINING_BYTES) < memory ||
        migration_status_number(status, FIELD_RAM_TRANSFERRED_BYTES) > 0) {
        return FALSE;
    }
    if (percent) {
        *percent = left >= total ? 0 : MIN((double)(total - left) * 100 / (double)total, 99);
    }
    return TRUE;
}

gboolean migration_status_threshold(const MigrationStatus *status, guint64 downtime_limit_ms,
                                    guint64 *bytes)
{
    guint64 throughput = migration_status_throughput(status);

    if (throughput == 0 || migration_status_number(status, FIELD_RAM_REMAINING_BYTES) == 0 ||
        migration_status_in_first_pass(status) ||
        !migration_state_is_precopy(migration_status_state(status))) {
        return FALSE;
    }
    *bytes = (guint64)MIN((double)throughput * (double)downtime_limit_ms / 1000, 1e18);
    return TRUE;
}

gboolean migration_status_is_arrival(const MigrationStatus *status)
{
    gboolean bare = !migration_status_has(status, FIELD_RAM_TOTAL_BYTES) &&
                    !migration_status_has(status, FIELD_TOTAL_TIME_MS);

    return migration_status_state(status) == MIGRATION_COMPLETED &&
           (bare || g_strcmp0(migration_status_text(status, FIELD_ROLE), "destination") == 0);
}
