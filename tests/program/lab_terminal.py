# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal with a lab in it: `hmpsh --lab` at its first prompt."""
import os
import signal
from pathlib import Path

from conftest import HMPSH
from lab import Place
from terminal import Terminal


class LabTerminal(Terminal):
    """`with LabTerminal() as terminal:`; nothing of the lab is left afterwards."""

    def __init__(self, columns=100, rows=50, term="xterm", no_colour="", **variables):
        self.place = Place()
        environment = {**self.place.environment, "NO_COLOR": no_colour, **variables}
        super().__init__(HMPSH, "--lab", columns=columns, rows=rows, term=term,
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
