# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab to talk to: `hmpsh --lab` as a process with pipes, and what is left of one afterwards."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time

from libvirtd import wait_until


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


class Lab:
    """`with Lab(HMPSH) as lab:`; lab.ask(LINE) runs a line and gives its object of --json."""

    def __init__(self, program, *options):
        self.place = Place()
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen([program, "--lab", "--json", "--keep-going", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, env=self.place.environment)
        self.received = b""

    def __enter__(self):
        try:
            self.ask("sleep 0.001")  # the lab has started then
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def take(self, seconds=60):
        """The next object."""
        end = time.monotonic() + seconds
        while b"\n" not in self.received:
            rest = end - time.monotonic()
            assert rest > 0, f"no answer in {seconds} s"
            if select.select([self.process.stdout], [], [], rest)[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                assert data, "it ended: " + self.stderr()
                self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return json.loads(line)

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, line, seconds=60):
        """The object that the line leads to."""
        self.send(line)
        return self.take(seconds)

    def get(self, line):
        """What the line returns; it must not fail."""
        answer = self.ask(line)
        assert "error" not in answer, answer
        return answer["return"]

    def fail(self, line):
        """The error that the line leads to: (class, text)."""
        answer = self.ask(line)
        assert "return" not in answer, answer
        return answer["error"]["class"], answer["error"]["desc"]

    def sides(self):
        """What `lab status` tells of both guests, by name."""
        return {side["guest"]: side for side in self.get("lab status")}

    def wait_for_beat(self, guest, number):
        """Waits until a guest's heartbeat is past that number; the number then."""
        return wait_until(lambda: (beat := self.sides()[guest].get("beat", 0)) > number and beat,
                          what=f"beat {number} of {guest}")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()
        try:
            self.place.wait_until_empty()
        finally:
            self.place.__exit__()
