// SPDX-License-Identifier: GPL-3.0-or-later
// The least a program can do for N commands over a libvirt connection: what hmpsh is measured by.
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *run_events(void *unused)
{
    (void)unused;
    while (virEventRunDefaultImpl() == 0)
        ;
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    if (argc != 4) {
        fprintf(stderr, "usage: loop URI DOMAIN COUNT\n");
        return 2;
    }
    if (virEventRegisterDefaultImpl() < 0 || pthread_create(&thread, NULL, run_events, NULL))
        return 3;

    virConnectPtr connection = virConnectOpen(argv[1]);
    virDomainPtr domain = connection ? virDomainLookupByName(connection, argv[2]) : NULL;
    if (!domain)
        return 3;
    for (long left = strtol(argv[3], NULL, 10); left > 0; left--) {
        char *reply = NULL;
        if (virDomainQemuMonitorCommand(domain, "info status", &reply,
                                        VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) < 0)
            return 1;
        fputs(reply, stdout);
        fflush(stdout);
        free(reply);
    }
    virDomainFree(domain);
    virConnectClose(connection);
    return 0;
}
