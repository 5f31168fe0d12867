/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots as query-block tells of them, recorded with QEMU 7.2 and 10.0 under libvirt 9.0 and
 * 11.3, and what a snapshot command is refused for. */
#include "commands/migration/snapshot_check.h"

#include <string.h>

#include "shell/error.h"
#include "tests/unit/transcript.h"

/* "ok" and "half" of 7.2. */
#define WHOLE                                                                                      \
    "{\"tag\":\"ok\",\"vm-state-size\":105649490,\"date\":\"2026-11-20T16:45:31Z\","               \
    "\"vm-clock\":2.881344776}"
#define PART                                                                                       \
    "{\"tag\":\"half\",\"vm-state-size\":105649508,\"date\":\"2026-11-20T16:45:30Z\","             \
    "\"vm-clock\":1.757500448,\"only-on\":[\"libvirt-4-format\"]}"

static const char *const VERSIONS[] = {"7.2", "10.0"};

static SnapshotList *recorded(const char *version, const char *name)
{
    g_autoptr(Json) block = transcript_reply(version, name);

    return snapshot_list_from_qmp(block);
}

/* A guest with the recorded disks in this run state, with this migration and this capability on. */
static SnapshotGuest *guest_with(const char *version, const char *disks, const char *run_state,
                                 const char *migration, const char *capability)
{
    g_autoptr(Json) block = transcript_reply(version, disks);
    g_autoptr(Json) run = json_dict("status", json_object_new_string(run_state), NULL);
    g_autoptr(Json) status =
        json_dict("status", migration ? json_object_new_string(migration) : NULL, NULL);
    g_autoptr(Json) capabilities = json_object_new_array();

    json_object_array_add(capabilities, json_dict("capability", json_object_new_string("xbzrle"),
                                                  "state", json_object_new_boolean(TRUE), NULL));
    if (capability) {
        json_object_array_add(capabilities,
                              json_dict("capability", json_object_new_string(capability), "state",
                                        json_object_new_boolean(TRUE), NULL));
    }
    return snapshot_guest_from_qmp(run, status, capabilities, block);
}

static void check(const SnapshotGuest *guest, SnapshotVerb verb, const char *tag,
                  const char *expected)
{
    g_autoptr(GError) error = NULL;
    gboolean fine = snapshot_check(guest, verb, tag, &error);

    if (!expected) {
        g_assert_no_error(error);
        g_assert_true(fine);
        return;
    }
    g_assert_false(fine);
    g_assert_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED);
    if (!g_str_has_prefix(error->message, expected)) {
        g_assert_cmpstr(error->message, ==, expected);
    }
}

/* Below the first line there is a word of advice with @part in it. */
static void check_advice(const SnapshotGuest *guest, SnapshotVerb verb, const char *tag,
                         const char *part)
{
    g_autoptr(GError) error = NULL;
    const char *second;

    g_assert_false(snapshot_check(guest, verb, tag, &error));
    second = strchr(error->message, '\n');
    g_assert_nonnull(second);
    g_assert_nonnull(strstr(second, part));
}

static void test_disks(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(VERSIONS); i++) {
        g_autoptr(SnapshotList) list = recorded(VERSIONS[i], "snapshots");
        g_autoptr(SnapshotList) raw = recorded(VERSIONS[i], "snapshots-raw");
        g_autoptr(SnapshotList) none = recorded(VERSIONS[i], "snapshots-none");
        const SnapshotDisk *first = list->disks->pdata[0];
        const SnapshotDisk *unfit;

        g_assert_cmpuint(list->disks->len, ==, 2); /* not the read-only one, not the empty one */
        g_assert_cmpstr(first->name, ==, "libvirt-4-format");
        g_assert_cmpstr(first->label, ==, "virtio-disk0");
        g_assert_cmpstr(first->file, ==, "/images/web01.qcow2");
        g_assert_cmpstr(first->format, ==, "qcow2");
        g_assert_cmpint(first->fit, ==, SNAPSHOT_FIT_YES);
        g_assert_true(snapshot_list_disk(list, "libvirt-4-format'", 16) == first);
        g_assert_null(snapshot_list_disk(list, "libvirt-4-format", 5));

        g_assert_cmpuint(raw->disks->len, ==, 2);
        unfit = raw->disks->pdata[1];
        g_assert_cmpstr(unfit->label, ==, "virtio-disk1");
        g_assert_cmpint(unfit->fit, ==, SNAPSHOT_FIT_NO);
        g_assert_cmpuint(none->disks->len + none->snapshots->len, ==, 0);
    }
}

/* The tags in the part of QEMU's own text that tells of all disks, each with a newline before and
 * behind it; the first column is 8 (since 9.0) or 10 wide. Free with g_free(). */
static char *common_tags(const char *version)
{
    g_autofree char *text = transcript_text(version, "snapshots.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *tags = g_string_new("\n");
    size_t indent = strstr(lines[1], "TAG") - lines[1];

    for (char **line = lines + 2; **line; line++) {
        g_autofree char *tag = g_strndup(*line + indent, 16);

        g_string_append_printf(tags, "%s\n", g_strchomp(tag));
    }
    return g_string_free(tags, FALSE);
}

static void test_snapshots(void)
{
    static const struct {
        const char *tag;
        gboolean everywhere, loadable;
        const char *memory, *where;
    } expected[] = {
        {"disks", TRUE, FALSE, NULL, "virtio-disk0, virtio-disk1"},
        {"before upgrade", TRUE, TRUE, "virtio-disk0", "virtio-disk0, virtio-disk1"},
        {"half", FALSE, FALSE, "virtio-disk0", "virtio-disk0"},
        {"ok", TRUE, TRUE, "virtio-disk0", "virtio-disk0, virtio-disk1"},
        {"data", FALSE, FALSE, NULL, "virtio-disk1"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(VERSIONS); i++) {
        g_autoptr(SnapshotList) list = recorded(VERSIONS[i], "snapshots");
        g_autofree char *common = common_tags(VERSIONS[i]);

        g_assert_cmpuint(list->snapshots->len, ==, G_N_ELEMENTS(expected));
        for (guint k = 0; k < list->snapshots->len; k++) {
            const Snapshot *snapshot = list->snapshots->pdata[k];
            g_autofree char *where = snapshot_where(snapshot);
            g_autofree char *line = g_strdup_printf("\n%s\n", snapshot->tag);

            g_assert_cmpstr(snapshot->tag, ==, expected[k].tag);
            g_assert_cmpint(snapshot->everywhere, ==, expected[k].everywhere);
            g_assert_cmpint(snapshot->everywhere, ==, strstr(common, line) != NULL);
            g_assert_cmpint(snapshot->loadable, ==, expected[k].loadable);
            g_assert_cmpstr(snapshot->memory ? snapshot->memory->label : NULL, ==,
                            expected[k].memory);
            g_assert_cmpint(snapshot->state_bytes > 100 << 20, ==, expected[k].memory != NULL);
            g_assert_cmpstr(where, ==, expected[k].where);
            g_assert_true(snapshot_list_find(list, snapshot->tag) == snapshot);
        }
        g_assert_null(snapshot_list_find(list, "nope"));
        g_assert_cmpstr(snapshot_list_find(list, NULL)->tag, ==, "data"); /* the newest */
    }
}

static void test_faces(void)
{
    g_autoptr(SnapshotList) list = recorded("7.2", "snapshots");
    g_autoptr(Json) whole = snapshot_to_json(snapshot_list_find(list, "ok"));
    g_autoptr(Json) part = snapshot_to_json(snapshot_list_find(list, "half"));
    g_autofree char *whole_text = json_text(whole);
    g_autofree char *part_text = json_text(part);
    g_autoptr(GString) table = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    g_assert_cmpstr(whole_text, ==, WHOLE);
    g_assert_cmpstr(part_text, ==, PART);
    snapshot_list_print(list, 0, table);
    lines = g_strsplit(table->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 7);
    g_assert_true(g_str_has_prefix(lines[0], "tag "));
    g_assert_nonnull(strstr(lines[0], "only on"));
    g_assert_nonnull(strstr(lines[1], "disks only"));
    g_assert_nonnull(strstr(lines[2], "101 MiB"));
    g_assert_nonnull(strstr(lines[2], "2026-11-20 16:45:30"));
    g_assert_nonnull(strstr(lines[2], "00:00:01.732"));
    g_assert_null(strstr(lines[2], "virtio-disk"));
    g_assert_nonnull(strstr(lines[3], "virtio-disk0"));
}

static void test_icount(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) block = json_parse(
        "[{\"device\":\"hda\",\"qdev\":\"\",\"inserted\":{\"ro\":false,\"drv\":\"qcow2\",\"image\":"
        "{"
        "\"snapshots\":[{\"name\":\"a\",\"id\":\"1\",\"vm-state-size\":7,\"date-sec\":0,"
        "\"vm-clock-sec\":3661,\"vm-clock-nsec\":500000000,\"icount\":18446744073709551614},"
        "{\"name\":\"a\",\"id\":\"2\",\"vm-state-size\":9}]}}}]",
        &error);
    g_autoptr(SnapshotList) list = snapshot_list_from_qmp(block);
    g_autoptr(Json) json = snapshot_to_json(list->snapshots->pdata[0]);
    g_autofree char *text = json_text(json);

    g_assert_no_error(error);
    g_assert_cmpuint(list->snapshots->len, ==, 1); /* the first of a name is what QEMU takes */
    g_assert_cmpstr(text, ==,
                    "{\"tag\":\"a\",\"vm-state-size\":7,\"date\":\"1970-01-01T00:00:00Z\","
                    "\"vm-clock\":3661.5,\"icount\":18446744073709551614}");
    g_assert_cmpstr(((SnapshotDisk *)list->disks->pdata[0])->label, ==, "hda");
}

static void test_refused_disks(void)
{
    static const char none[] = "no block device can store vmstate for snapshot\n";

    for (size_t i = 0; i < G_N_ELEMENTS(VERSIONS); i++) {
        g_autoptr(SnapshotGuest) raw =
            guest_with(VERSIONS[i], "snapshots-raw", "running", NULL, NULL);
        g_autoptr(SnapshotGuest) empty =
            guest_with(VERSIONS[i], "snapshots-none", "running", NULL, NULL);
        g_autofree char *first =
            g_strdup_printf("Device 'libvirt-1-%s' is writable but does not support snapshots\n",
                            i == 0 ? "format" : "storage");

        for (SnapshotVerb verb = SNAPSHOT_SAVE; verb <= SNAPSHOT_LOAD; verb++) {
            check(raw, verb, "t", first);
            check_advice(raw, verb, "t", "virtio-disk1, /images/r.raw, is raw");
            check(empty, verb, "t", none);
        }
        check(raw, SNAPSHOT_DELETE, "t", NULL); /* QEMU says it itself */
        check(empty, SNAPSHOT_DELETE, "t", NULL);
    }
}

static void test_refused_tags(void)
{
    g_autoptr(SnapshotGuest) guest = guest_with("10.0", "snapshots", "running", "completed", NULL);
    static const char missing[] = "Snapshot 'nope' does not exist in one or more devices";
    g_autoptr(GError) error = NULL;

    check(guest, SNAPSHOT_LOAD, "ok", NULL);
    check(guest, SNAPSHOT_LOAD, "before upgrade", NULL);
    check(guest, SNAPSHOT_LOAD, "4", NULL); /* an id, which old QEMUs take */
    g_assert_false(snapshot_check(guest, SNAPSHOT_LOAD, "nope", &error));
    g_assert_cmpstr(error->message, ==, missing);
    check(guest, SNAPSHOT_LOAD, "half",
          "Snapshot 'half' does not exist in one or more devices\n(it is only on virtio-disk0)");
    check(guest, SNAPSHOT_LOAD, "disks",
          "This is a disk-only snapshot. Revert to it  offline using qemu-img");
    check(guest, SNAPSHOT_SAVE, "half", NULL);
    check(guest, SNAPSHOT_SAVE, NULL, NULL);
    check(guest, SNAPSHOT_DELETE, "nope", NULL);
}

static void test_refused_migrations(void)
{
    static const char *const running[] = {"setup",           "active",          "pre-switchover",
                                          "postcopy-active", "postcopy-paused", "cancelling",
                                          "a-new-one"};
    static const char *const over[] = {"completed", "failed", "cancelled", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(running); i++) {
        g_autoptr(SnapshotGuest) guest =
            guest_with("7.2", "snapshots", "running", running[i], NULL);

        check(guest, SNAPSHOT_SAVE, "ok", "There's a migration process in progress\n");
        check(guest, SNAPSHOT_LOAD, "ok", "refused: a migration is under way");
        check(guest, SNAPSHOT_DELETE, "ok", NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(over); i++) {
        g_autoptr(SnapshotGuest) guest = guest_with("7.2", "snapshots", "paused", over[i], NULL);

        check(guest, SNAPSHOT_SAVE, "ok", NULL);
        check(guest, SNAPSHOT_LOAD, "ok", NULL);
    }
}

/* Before and after a migration the disks are another QEMU's. */
static void test_refused_run_states(void)
{
    static const struct {
        const char *run_state, *migration, *advice;
    } states[] = {{"inmigrate", NULL, "waits for a migration"},
                  {"inmigrate", "active", "waits for a migration"},
                  {"postmigrate", "completed", "'hmp cont' takes them back"}};

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autoptr(SnapshotGuest) guest =
            guest_with("7.2", "snapshots", states[i].run_state, states[i].migration, NULL);

        for (SnapshotVerb verb = SNAPSHOT_SAVE; verb <= SNAPSHOT_DELETE; verb++) {
            check(guest, verb, "ok",
                  "Device 'libvirt-4-format' is writable but does not support snapshots\n");
            check_advice(guest, verb, "ok", states[i].advice);
        }
    }
}

static void test_refused_capabilities(void)
{
    g_autoptr(SnapshotGuest) multifd = guest_with("7.2", "snapshots", "running", NULL, "multifd");
    g_autoptr(SnapshotGuest) mapped =
        guest_with("10.0", "snapshots", "running", NULL, "mapped-ram");
    g_autoptr(SnapshotGuest) block = guest_with("7.2", "snapshots", "running", NULL, "block");
    g_autoptr(SnapshotGuest) harmless =
        guest_with("7.2", "snapshots", "running", NULL, "postcopy-ram");

    check(multifd, SNAPSHOT_SAVE, "ok",
          "refused: the migration capability multifd is on, and QEMU crashes with it");
    check(multifd, SNAPSHOT_LOAD, "ok",
          "refused: the migration capability multifd is on, and QEMU crashes with it");
    check(multifd, SNAPSHOT_DELETE, "ok", NULL);
    check(mapped, SNAPSHOT_SAVE, "ok", "refused: the migration capability mapped-ram is on");
    check(block, SNAPSHOT_SAVE, "ok", "Block migration and snapshots are incompatible\n");
    check(block, SNAPSHOT_LOAD, "ok", NULL);
    check(harmless, SNAPSHOT_SAVE, "ok", NULL);
}

static void check_explained(const SnapshotGuest *guest, SnapshotVerb verb, const char *message,
                            const char *part)
{
    g_autofree char *text = snapshot_explain(guest, verb, message);

    if (!part) {
        g_assert_null(text);
    } else {
        g_assert_nonnull(text);
        g_assert_nonnull(strstr(text, part));
    }
}

static void test_explained(void)
{
    g_autoptr(SnapshotGuest) guest = guest_with("7.2", "snapshots-raw", "running", NULL, NULL);
    g_autoptr(SnapshotGuest) stopped = guest_with("7.2", "snapshots", "restore-vm", NULL, NULL);
    g_autoptr(SnapshotGuest) empty = guest_with("7.2", "snapshots-none", "running", NULL, NULL);

    check_explained(guest, SNAPSHOT_DELETE,
                    "Error: Device 'libvirt-1-format' is writable but does not support snapshots",
                    "is raw");
    check_explained(guest, SNAPSHOT_SAVE,
                    "Error: Device 'spare' is writable but does not support snapshots",
                    "a block node that no device uses");
    check_explained(guest, SNAPSHOT_SAVE, "Error: Error while writing VM state: No space left",
                    NULL);
    check_explained(empty, SNAPSHOT_SAVE, "Error: no block device can store vmstate for snapshot",
                    "a qcow2 disk");
    check_explained(empty, SNAPSHOT_SAVE, "No block device can accept snapshots", "a qcow2 disk");
    check_explained(stopped, SNAPSHOT_LOAD, "Error: Could not check snapshot 'x' on 'y': no",
                    "'cont' lets it run on");
    check_explained(stopped, SNAPSHOT_LOAD, "Error: Error -22 while loading VM state",
                    "must not run on");
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snapshot/disks", test_disks);
    g_test_add_func("/snapshot/snapshots", test_snapshots);
    g_test_add_func("/snapshot/faces", test_faces);
    g_test_add_func("/snapshot/icount", test_icount);
    g_test_add_func("/snapshot/refused/disks", test_refused_disks);
    g_test_add_func("/snapshot/refused/tags", test_refused_tags);
    g_test_add_func("/snapshot/refused/migrations", test_refused_migrations);
    g_test_add_func("/snapshot/refused/run-states", test_refused_run_states);
    g_test_add_func("/snapshot/refused/capabilities", test_refused_capabilities);
    g_test_add_func("/snapshot/explained", test_explained);
    return g_test_run();
}
