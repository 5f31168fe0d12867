# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal with a lab in it: `hmpsh --lab` at its first prompt, and one that tests share."""
import os
import re
import signal
from pathlib import Path

import pytest

from conftest import HMPSH
from lab import Place
from terminal import CTRL_C, Terminal

STATUS = "VM status: running"  # of the source, unless it was migrated


class LabTerminal(Terminal):
    """`with LabTerminal() as terminal:`; nothing of the lab is left afterwards."""

    def __init__(self, columns=100, rows=50, term="xterm", no_colour="", program=HMPSH,
                 options=(), **variables):
        self.place = Place()
        environment = {**self.place.environment, "NO_COLOR": no_colour, **variables}
        super().__init__(program, "--lab", *options, columns=columns, rows=rows, term=term,
                         environment=environment)

    def __enter__(self):
        try:
            self.wait_prompt()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        super().__exit__()
        try:
            self.place.wait_until_empty()
        finally:
            self.place.__exit__()

    def stop_qemu(self, name):
        pid = self.place.qemu_pid(name)
        os.kill(pid, signal.SIGSTOP)
        self.wait(lambda: all(task.read_text().rpartition(")")[2].split()[0] == "T"
                              for task in Path(f"/proc/{pid}/task").glob("*/stat")),
                  what="QEMU standing still")

    def continue_qemu(self, name):
        os.kill(self.place.qemu_pid(name), signal.SIGCONT)


@pytest.fixture(name="shared_terminal", scope="module")
def fixture_shared_terminal():
    with LabTerminal() as terminal:
        yield terminal


@pytest.fixture(name="shell")
def fixture_shell(shared_terminal):
    """A shell whose guests are as after the start: an empty line in a cleared window."""
    shared_terminal.send(CTRL_C)  # perhaps while the test before ran its last command
    shared_terminal.wait(lambda: re.search(r"\^C\n?\(source\)$", shared_terminal.text()))
    shared_terminal.clear()
    return shared_terminal


def make_migration_endless(terminal):
    terminal.run("lab dirty 200M 100M")
    terminal.run("migrate_set_speed 64m")
    terminal.run("migrate_set_downtime 50ms")
