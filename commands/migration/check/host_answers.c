/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "commands/migration/check/host.h"

/* libvirt's strings are freed with free(). */
static Json *take_string(char *text)
{
    Json *string = text ? json_object_new_string(text) : NULL;

    free(text);
    return string;
}

static gboolean is_error(int code)
{
    const virError *last = virGetLastError();

    return last && last->code == code;
}

/* "active" or "inactive" for @active of 1 and 0, "missing" after an error of the kind @none; NULL:
 * it cannot be told. */
static Json *state(int active, int none)
{
    if (active >= 0) {
        return json_object_new_string(active ? "active" : "inactive");
    }
    return is_error(none) ? json_object_new_string("missing") : NULL;
}

/* --- the host itself --- */

/* Whether the host's CPU, whose <cpu> is @xml, has the NX bit: its model may stand for it. NULL
 * when that cannot be told. */
static Json *has_nx(virConnectPtr handle, const char *xml)
{
    const char *list[] = {xml};
    char *text = virConnectBaselineCPU(handle, list, 1, VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES);
    g_autoptr(Xml) cpu = xml_parse(text);
    gboolean found = FALSE;
    const Xml *feature;

    free(text);
    for (guint i = 0; (feature = xml_child(cpu, "feature", i)); i++) {
        found = found || g_strcmp0(xml_get(feature, "@name"), "nx") == 0;
    }
    return cpu ? json_object_new_boolean(found) : NULL;
}

static void add_capabilities(virConnectPtr handle, Json *answers)
{
    char *text = virConnectGetCapabilities(handle);
    g_autoptr(Xml) xml = xml_parse(text);
    g_autofree char *cpu = xml_text(xml_find(xml, "host/cpu"));
    const char *uuid = xml_get(xml, "host/uuid");
    const char *arch = xml_get(xml, "host/cpu/arch");

    free(text);
    if (uuid) {
        json_set(answers, "uuid", json_object_new_string(uuid));
    }
    if (arch) {
        json_set(answers, "arch", json_object_new_string(arch));
    }
    if (cpu) {
        json_set(answers, "host-xml", json_object_new_string(cpu));
        json_object_object_add(answers, "nx", has_nx(handle, cpu));
    }
}

/* What is free, and what the host's caches would give up. */
static void add_memory(virConnectPtr handle, Json *answers)
{
    g_autofree virNodeMemoryStats *stats = NULL;
    int n = 0;
    guint64 total = 0;
    guint64 available = 0;

    virNodeGetMemoryStats(handle, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0);
    stats = g_new0(virNodeMemoryStats, (gsize)n);
    if (!n || virNodeGetMemoryStats(handle, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) < 0) {
        return;
    }
    for (int i = 0; i < n; i++) {
        guint64 bytes = stats[i].value * 1024;

        if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) == 0) {
            total = bytes;
        } else {
            available += bytes; /* free, buffers and cached */
        }
    }
    json_set(answers, "memory",
             json_dict("total", json_object_new_uint64(total), "available",
                       json_object_new_uint64(available), NULL));
}

static void add_versions(virConnectPtr handle, Json *answers)
{
    unsigned long version;

    if (virConnectGetLibVersion(handle, &version) == 0) {
        json_set(answers, "libvirt", json_object_new_uint64(version));
    }
    if (virConnectGetVersion(handle, &version) == 0) {
        json_set(answers, "qemu", json_object_new_uint64(version));
    }
}

/* --- guests --- */

static void add_guests(virConnectPtr handle, Json *questions, Json *answers)
{
    const char *name = json_get_string(questions, "name");
    const char *uuid = json_get_string(questions, "uuid");
    virDomainPtr domain = name ? virDomainLookupByName(handle, name) : NULL;
    char found[VIR_UUID_STRING_BUFLEN];

    if (domain && virDomainGetUUIDString(domain, found) == 0) {
        json_set(answers, "name",
                 json_dict("state", state(virDomainIsActive(domain), 0), "uuid",
                           json_object_new_string(found), NULL));
    }
    if (domain) {
        virDomainFree(domain);
    }
    domain = uuid ? virDomainLookupByUUIDString(handle, uuid) : NULL;
    if (domain) {
        json_set(answers, "guest",
                 json_dict("state", state(virDomainIsActive(domain), 0), "name",
                           json_object_new_string(virDomainGetName(domain)), NULL));
        virDomainFree(domain);
    }
}

/* --- machine and CPU --- */

static void add_machine(virConnectPtr handle, Json *question, Json *answers)
{
    char *text = virConnectGetDomainCapabilities(handle, NULL, json_get_string(question, "arch"),
                                                 json_get_string(question, "machine"),
                                                 json_get_string(question, "type"), 0);
    g_autoptr(Xml) xml = xml_parse(text);
    const char *vcpus = xml_get(xml, "vcpu@max");

    if (text || is_error(VIR_ERR_INVALID_ARG) || is_error(VIR_ERR_CONFIG_UNSUPPORTED)) {
        json_set(answers, "machine",
                 json_dict("known", json_object_new_boolean(text != NULL), "why",
                           text ? NULL : json_object_new_string(virGetLastErrorMessage()), "vcpus",
                           vcpus ? json_object_new_int64(g_ascii_strtoll(vcpus, NULL, 10)) : NULL,
                           NULL));
    }
    free(text);
}

static Json *comparison(int result)
{
    static const char *const names[] = {
        [VIR_CPU_COMPARE_INCOMPATIBLE] = "incompatible",
        [VIR_CPU_COMPARE_IDENTICAL] = "identical",
        [VIR_CPU_COMPARE_SUPERSET] = "superset",
    };
    gboolean known = result >= 0 && (gsize)result < G_N_ELEMENTS(names);
    gboolean unfit = is_error(VIR_ERR_CPU_INCOMPATIBLE);

    if (!known && !unfit) {
        return NULL;
    }
    return json_dict("result", json_object_new_string(known ? names[result] : names[0]), "why",
                     unfit ? json_object_new_string(virGetLastErrorMessage()) : NULL, NULL);
}

static void add_cpus(virConnectPtr handle, Json *questions, Json *answers)
{
    Json *cpu = json_get(questions, "cpu");
    const char *other = json_get_string(questions, "host-cpu");

    virResetLastError();
    if (cpu) { /* with the flag the features that are missing are an error, which names them */
        json_object_object_add(
            answers, "cpu",
            comparison(virConnectCompareHypervisorCPU(
                handle, NULL, json_get_string(cpu, "arch"), json_get_string(cpu, "machine"),
                json_get_string(cpu, "type"), json_get_string(cpu, "xml"),
                VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)));
    }
    virResetLastError();
    if (other) {
        json_object_object_add(answers, "host-cpu",
                               comparison(virConnectCompareCPU(
                                   handle, other, VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)));
    }
}

/* --- networks --- */

static Json *network_state(virConnectPtr handle, const char *name)
{
    virNetworkPtr network = virNetworkLookupByName(handle, name);
    Json *found = state(network ? virNetworkIsActive(network) : -1, VIR_ERR_NO_NETWORK);

    if (network) {
        virNetworkFree(network);
    }
    return found;
}

static Json *interface_state(virConnectPtr handle, const char *name)
{
    virInterfacePtr interface = virInterfaceLookupByName(handle, name);
    Json *found = state(interface ? virInterfaceIsActive(interface) : -1, VIR_ERR_NO_INTERFACE);

    if (interface) {
        virInterfaceFree(interface);
    }
    return found;
}

/* --- storage --- */

static Json *image_place(virConnectPtr handle, const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    virStoragePoolPtr pool = virStoragePoolLookupByTargetPath(handle, directory);
    virStorageVolPtr volume = virStorageVolLookupByPath(handle, path);
    virStoragePoolInfo room = {0};
    virStorageVolInfo size = {0};
    Json *place;

    if (pool && virStoragePoolGetInfo(pool, &room) < 0) {
        room.available = 0;
    }
    if (volume && virStorageVolGetInfo(volume, &size) < 0) {
        size.capacity = 0;
    }
    place = json_dict("pool", pool ? json_object_new_string(virStoragePoolGetName(pool)) : NULL,
                      "available", pool ? json_object_new_uint64(room.available) : NULL, "volume",
                      json_object_new_boolean(volume != NULL), "capacity",
                      volume ? json_object_new_uint64(size.capacity) : NULL, "allocation",
                      volume ? json_object_new_uint64(size.allocation) : NULL, NULL);
    if (pool) {
        virStoragePoolFree(pool);
    }
    if (volume) {
        virStorageVolFree(volume);
    }
    return place;
}

/* --- memory pages --- */

static void add_pages(virConnectPtr handle, Json *sizes, Json *answers)
{
    for (size_t i = 0; i < json_length(sizes); i++) {
        unsigned size = (unsigned)json_object_get_int64(json_object_array_get_idx(sizes, i));
        g_autofree char *key = g_strdup_printf("pages.%u", size);
        unsigned long long free_pages = 0;
        int n = virNodeGetFreePages(handle, 1, &size, -1, 1, &free_pages, 0);

        if (n > 0 || is_error(VIR_ERR_OPERATION_FAILED)) { /* no such pages at all */
            json_set(answers, key, json_object_new_uint64(free_pages));
        }
    }
}

static void add_all(virConnectPtr handle, Json *questions, Json *answers, const char *name,
                    Json *(*ask)(virConnectPtr handle, const char *name))
{
    Json *list = json_get(questions, name);
    Json *found = json_object_new_object();

    for (size_t i = 0; i < json_length(list); i++) {
        const char *subject = json_object_get_string(json_object_array_get_idx(list, i));

        virResetLastError();
        json_object_object_add(found, subject, ask(handle, subject));
    }
    json_object_object_add(answers, name, found);
}

Json *host_answers(virConnectPtr handle, Json *questions)
{
    Json *answers = json_object_new_object();

    json_object_object_add(answers, "hostname", take_string(virConnectGetHostname(handle)));
    add_versions(handle, answers);
    if (json_get(questions, "host")) {
        add_capabilities(handle, answers);
    }
    add_memory(handle, answers);
    add_guests(handle, questions, answers);
    if (json_get(questions, "machine")) {
        add_machine(handle, json_get(questions, "machine"), answers);
    }
    add_cpus(handle, questions, answers);
    add_all(handle, questions, answers, "networks", network_state);
    add_all(handle, questions, answers, "interfaces", interface_state);
    add_all(handle, questions, answers, "images", image_place);
    add_pages(handle, json_get(questions, "pages"), answers);
    if (virConnectIsAlive(handle) != 1) {
        g_clear_pointer(&answers, json_object_put);
    }
    return answers;
}
