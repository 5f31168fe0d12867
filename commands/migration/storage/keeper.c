/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/storage/keeper.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM_FD 3

struct Keeper {
    int line; /* to its standard input; closed by whatever ends this process */
};

/* Its standard input tells how far the migration is; at the end of file without "over", the process
 * that would have written it is dead. $1 is the program, then come URI and UUID of both guests. A
 * libvirtd may have to come back first. The guest is run at the destination only where the source
 * says that it has left. */
static const char SCRIPT[] =
    "arrival=\n"
    "while read -r word; do\n"
    "    case $word in over) exit 0 ;; arrival) arrival=1 ;; esac\n"
    "done\n"
    "program=$1 from_uri=$2 from=$3 to_uri=$4 to=$5\n"
    "hmpsh() { \"$program\" -q -t 20 \"$@\"; }\n"
    "at_source() { hmpsh ${from_uri:+-c \"$from_uri\"} \"$@\"; }\n"
    "at_destination() { hmpsh ${to_uri:+-c \"$to_uri\"} \"$to\" \"$@\"; }\n"
    "tries=60\n"
    "until at_source -p \"$to${to_uri:+@$to_uri}\" \"$from\" migrate_cancel ||\n"
    "    at_source \"$from\" migrate_cancel; do\n"
    "    at_destination migrate_cancel\n"
    "    tries=$((tries - 1))\n"
    "    [ $tries -gt 0 ] || exit 1\n"
    "    sleep 3\n"
    "done\n"
    "at_destination migrate_cancel\n"
    "if [ \"$arrival\" ] && at_source \"$from\" info status | grep -q postmigrate; then\n"
    "    at_destination cont\n"
    "fi\n";

/* In the child: Ctrl-C at the terminal is not meant for it. */
static void leave_terminal(gpointer data G_GNUC_UNUSED)
{
    setsid();
}

Keeper *keeper_new(const KeeperGuest *source, const KeeperGuest *destination)
{
    /* by descriptor: the file may be replaced meanwhile */
    int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int at = PROGRAM_FD;
    const char *argv[] = {"/bin/sh",
                          "-c",
                          SCRIPT,
                          "hmpsh-keeper",
                          "/proc/self/fd/" G_STRINGIFY(PROGRAM_FD),
                          source->uri ? source->uri : "",
                          source->uuid,
                          destination->uri ? destination->uri : "",
                          destination->uuid,
                          NULL};
    g_autoptr(GError) error = NULL;
    Keeper *keeper = NULL;
    int line[2];

    if (program < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) < 0) {
        if (program >= 0) {
            close(program);
        }
        return NULL;
    }
    if (g_spawn_async_with_pipes_and_fds("/", argv, NULL,
                                         G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                         leave_terminal, NULL, line[1], -1, -1, &program, &at, 1,
                                         NULL, NULL, NULL, NULL, &error)) {
        keeper = g_new(Keeper, 1);
        keeper->line = line[0];
    } else {
        close(line[0]);
    }
    close(line[1]);
    close(program);
    return keeper;
}

/* Should the keeper be gone, there is nobody to tell. */
static void tell(Keeper *keeper, const char *word)
{
    if (keeper) {
        send(keeper->line, word, strlen(word), MSG_NOSIGNAL);
    }
}

void keeper_expect_arrival(Keeper *keeper)
{
    tell(keeper, "arrival\n");
}

void keeper_dismiss(Keeper *keeper)
{
    tell(keeper, "over\n");
    keeper_call(keeper);
}

void keeper_call(Keeper *keeper)
{
    if (keeper) {
        close(keeper->line);
        g_free(keeper);
    }
}
