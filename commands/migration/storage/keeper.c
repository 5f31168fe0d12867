/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/storage/keeper.h"

#include <sys/socket.h>
#include <unistd.h>

struct Keeper {
    int line; /* to its standard input; closed by whatever ends this process */
};

/* Reads a word, which says that all is well; at the end of file without one, the process that would
 * have written it is dead. $1 is the program, then URI and UUID of both guests. */
static const char SCRIPT[] = "if read -r word; then exit 0; fi\n"
                             "\"$1\" -q ${2:+-c \"$2\"} -p \"$5${4:+@$4}\" \"$3\" migrate_cancel\n"
                             "\"$1\" -q ${4:+-c \"$4\"} \"$5\" migrate_cancel\n";

/* In the child: Ctrl-C at the terminal is not meant for it. */
static void leave_terminal(gpointer data G_GNUC_UNUSED)
{
    setsid();
}

Keeper *keeper_new(const KeeperGuest *source, const KeeperGuest *destination)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    const char *argv[] = {"/bin/sh",
                          "-c",
                          SCRIPT,
                          "hmpsh-keeper",
                          program,
                          source->uri ? source->uri : "",
                          source->uuid,
                          destination->uri ? destination->uri : "",
                          destination->uuid,
                          NULL};
    g_autoptr(GError) error = NULL;
    Keeper *keeper = NULL;
    int line[2];

    if (!program || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) < 0) {
        return NULL;
    }
    if (g_spawn_async_with_pipes_and_fds(
            "/", argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
            leave_terminal, NULL, line[1], -1, -1, NULL, NULL, 0, NULL, NULL, NULL, NULL, &error)) {
        keeper = g_new(Keeper, 1);
        keeper->line = line[0];
    } else {
        close(line[0]);
    }
    close(line[1]);
    return keeper;
}

void keeper_dismiss(Keeper *keeper)
{
    static const char word[] = "over\n";

    if (keeper) {
        send(keeper->line, word, sizeof(word) - 1, MSG_NOSIGNAL); /* or it is gone already */
        close(keeper->line);
        g_free(keeper);
    }
}
