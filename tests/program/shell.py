# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh as a process with pipes: a line in, an object of --json out."""
import json
import os
import select
import subprocess
import tempfile
import time


class Shell:
    """`with Shell(HMPSH, OPTION...) as shell:`; shell.ask(LINE) runs a line and gives its object.

    within: what a command begins with to run elsewhere, as Host.within.
    """

    def __init__(self, program, *options, environment=None, within=()):
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen([*within, program, "--json", "--keep-going", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, env=environment)
        self.received = b""

    def __enter__(self):
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

    def close(self):
        """Ends it as the end of a script does, and waits for it."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()
