# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal with hmpsh in it: what it shows is kept as a screen (pyte), what it sent as bytes."""
import os
import re
import time

import pexpect
import pyte
from wcwidth import wcswidth

CTRL_A, CTRL_C, CTRL_D, CTRL_R, CTRL_Z = b"\x01", b"\x03", b"\x04", b"\x12", b"\x1a"
ENTER, TAB, UP = b"\r", b"\t", b"\x1b[A"
PASTE = b"\x1b[200~%b\x1b[201~"


# Its meaning stands below where the line is too short for it.
EVENT = re.compile(r"\d\d:\d\d:\d\d \w+: [A-Z_a-z:]+| {9}\(.*\)$")

class Terminal:
    """`with Terminal(PROGRAM, ARG...) as terminal:`; whatever waits, waits at most `seconds`."""

    def __init__(self, program, *args, columns=100, rows=50, term="xterm", environment=None):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.sent = b""  # everything that the program wrote so far
        self.over = False
        environment = {"LC_ALL": "C.UTF-8", **(environment or os.environ), "TERM": term}
        self.child = pexpect.spawn(program, list(args), env=environment, timeout=30,
                                   dimensions=(rows, columns), echo=True)
        self.child.delaybeforesend = None
        self.child.delayafterclose = self.child.delayafterterminate = 0.05

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.close(force=True)

    @property
    def pid(self):
        return self.child.pid

    def read(self, seconds=0.02):
        """Takes in what comes within that time."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            self.over = True
            return
        self.sent += data
        self.stream.feed(data)

    def lines(self):
        """What is on the screen, without what is empty below."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self):
        return "\n".join(self.lines())

    def wait(self, condition, seconds=30, what=None):
        """Reads until condition() is true and returns its value and how long that took."""
        begun = time.monotonic()
        while not (value := condition()):
            waited = time.monotonic() - begun
            assert waited < seconds, f"no {what or 'such screen'} in {seconds} s:\n{self.text()}"
            assert not self.over, f"it ended before {what or 'that'}:\n{self.text()}"
            self.read()
        return value, time.monotonic() - begun

    def wait_for(self, text, seconds=30):
        """Waits until the screen shows the text."""
        return self.wait(lambda: text in self.text(), seconds, repr(text))[1]

    def at_prompt(self, prompt="(source)", typed=""):
        """Whether the cursor stands behind the prompt and what is typed."""
        line = f"{prompt} {typed}"
        shown = self.screen.display[self.screen.cursor.y]
        return (self.screen.cursor.x, shown.rstrip()) == (wcswidth(line), line.rstrip())

    def wait_prompt(self, prompt="(source)", typed="", seconds=30):
        """Waits for the prompt; returns how long it took."""
        return self.wait(lambda: self.at_prompt(prompt, typed), seconds, f"prompt {prompt}")[1]

    def send(self, data):
        self.child.send(data.encode() if isinstance(data, str) else data)

    def interrupt(self, prompt="(source)"):
        """Presses Ctrl-C, waits for an empty line; returns how long it took."""
        before = self.sent.count(b"^C")
        self.send(CTRL_C)
        return self.wait(lambda: self.sent.count(b"^C") > before and self.at_prompt(prompt),
                         what="prompt after Ctrl-C")[1]

    def run(self, line, prompt="(source)", seconds=30):
        """Types a line at the prompt, waits for the next one: the lines in between, but for
        events, which come when they come."""
        self.clear()
        self.send(line + "\r")
        self.wait(lambda: self.at_prompt(prompt) and self.screen.cursor.y > 0, seconds,
                  f"prompt after '{line}'")
        return [text for text in self.lines() if not EVENT.match(text)][1:-1]

    def clear(self):
        """An empty screen with the prompt in its first line, as Ctrl-L makes it."""
        self.send(b"\x0c")
        self.wait(lambda: self.screen.cursor.y == 0 and self.screen.cursor.x > 0,
                  what="cleared screen")

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def close_window(self):
        """The terminal goes away, as when its window is closed; the program gets SIGHUP."""
        self.child.ptyproc.fileobj.close()
        self.child.ptyproc.closed = self.child.closed = True
        self.child.ptyproc.wait()

    def wait_end(self, seconds=10):
        """Waits until the program ends; its exit status, and how long that took."""
        begun = time.monotonic()
        while not self.over:
            assert time.monotonic() - begun < seconds, f"it does not end:\n{self.text()}"
            self.read()
        took = time.monotonic() - begun
        self.child.wait()
        status = self.child.exitstatus
        return 128 + self.child.signalstatus if status is None else status, took


class BareTerminal(Terminal):
    """A terminal with an hmpsh that has no guest, at its first prompt; `more` is its environment."""

    PROMPT = "(no guest)"

    def __init__(self, program, *args, columns=100, rows=50, term="xterm", **more):
        environment = {**os.environ, "LIBVIRT_DEFAULT_URI": "test:///default", **more}
        super().__init__(program, *args, columns=columns, rows=rows, term=term,
                         environment=environment)

    def __enter__(self):
        self.wait_prompt(self.PROMPT)
        return self

    def run(self, line, prompt=PROMPT, seconds=30):
        return super().run(line, prompt, seconds)

    def leave(self):
        """Leaves it; the exit status."""
        self.send(CTRL_D)
        return self.wait_end()[0]
