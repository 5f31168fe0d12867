/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const struct {
    const char *class;
    ExitStatus status;
} KINDS[] = {
    [HMPSH_ERROR_FAILED] = {"GenericError", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_NOT_FOUND] = {"CommandNotFound", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_SYNTAX] = {"Syntax", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_TIMEOUT] = {"Timeout", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_PENDING] = {"Pending", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_INTERRUPTED] = {"Interrupted", EXIT_COMMAND_FAILED},
    [HMPSH_ERROR_USAGE] = {"Usage", EXIT_USAGE},
    [HMPSH_ERROR_NO_GUEST] = {"NoGuest", EXIT_LOST},
    [HMPSH_ERROR_LOST] = {"Lost", EXIT_LOST},
};

GQuark error_quark(void)
{
    return g_quark_from_static_string("hmpsh-error");
}

static unsigned kind_of(const GError *error)
{
    gboolean ours = error->domain == HMPSH_ERROR && error->code >= 0 &&
                    (size_t)error->code < G_N_ELEMENTS(KINDS);
    return ours ? (unsigned)error->code : HMPSH_ERROR_FAILED;
}

ExitStatus error_exit_status(const GError *error)
{
    return KINDS[kind_of(error)].status;
}

const char *error_class(const GError *error)
{
    return KINDS[kind_of(error)].class;
}

const char *error_unreadable(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int code = fd < 0 ? errno : 0;
    char byte;

    if (fd >= 0) {
        code = read(fd, &byte, 1) < 0 ? errno : 0;
        close(fd);
    }
    return code ? g_strerror(code) : NULL;
}
