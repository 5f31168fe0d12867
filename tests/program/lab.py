# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab to talk to: `hmpsh --lab` as a process with pipes, and what is left of one afterwards."""
import os
import pathlib
import shutil
import signal
import tempfile
import time

from libvirtd import wait_until
from shell import Shell


class Place:
    """`with Place() as place:` a short, empty directory for the private directories of labs.

    Every process of these labs has its name in its environment, and every QEMU in its command line.
    """

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hl-", dir="/tmp"))
        self.environment = {**os.environ, "TMPDIR": str(self.path)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes() + self.qemus():  # only after a test that failed
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.path, ignore_errors=True)

    def _find(self, file):
        """Processes that name the place in /proc/PID/FILE, with that text; a zombie has none."""
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                text = (entry / file).read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if os.fsencode(self.path) in text:
                yield int(entry.name), text

    def qemus(self):
        """The process ids of the labs' QEMUs."""
        return [pid for pid, text in self._find("cmdline") if b"qemu" in text.split(b"\0")[0]]

    def processes(self):
        """The process ids of all that the labs have started."""
        return [pid for pid, _ in self._find("environ")]

    def qemu_pid(self, name):
        """The process id of the QEMU of the place's only lab."""
        pid, = self.path.glob(f"*/run/qemu/{name}.pid")
        return int(pid.read_text())

    def wait_until_empty(self, seconds=5):
        """Waits until nothing is left of the labs: no QEMU, no guard, no directory."""
        def left():
            return self.qemus() + self.processes() + list(self.path.iterdir())
        begun = time.monotonic()
        while rest := left():
            assert time.monotonic() - begun < seconds, f"left after {seconds} s: {rest}"
            time.sleep(0.05)


class Lab(Shell):
    """`with Lab(HMPSH) as lab:`; lab.ask(LINE) runs a line and gives its object of --json."""

    def __init__(self, program, *options):
        self.place = Place()
        super().__init__(program, "--lab", *options, environment=self.place.environment)

    def __enter__(self):
        try:
            self.ask("sleep 0.001")  # the lab has started then
        except BaseException:
            self.close()
            raise
        return self

    def sides(self):
        """What `lab status` tells of both guests, by name."""
        return {side["guest"]: side for side in self.get("lab status")}

    def wait_for_beat(self, guest, number):
        """Waits until a guest's heartbeat is past that number; the number then."""
        return wait_until(lambda: (beat := self.sides()[guest].get("beat", 0)) > number and beat,
                          what=f"beat {number} of {guest}")

    def close(self):
        super().close()
        try:
            self.place.wait_until_empty()
        finally:
            self.place.__exit__()
