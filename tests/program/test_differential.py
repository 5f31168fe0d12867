# SPDX-License-Identifier: GPL-3.0-or-later
"""The same lines to QEMU's own human monitor and to hmpsh: the same texts, and failures told.

The monitor is that of a QEMU of the test's own, as like the lab's source as can be. What hmpsh does
differently on purpose is in KINDNESSES and in the tests below it, and is asserted there.
"""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import pytest

from conftest import HMPSH
from lab import Lab
from libvirtd import wait_until

PROMPT = b"(qemu) "
LONG = "x" * 1100

# What becomes of each line ("fails": exit status 1), and the line. ⇥ is a tab, ␠ a blank at its
# end, LONG a word that QEMU cuts.
LINES = (pathlib.Path(__file__).parent / "hmp_lines.txt").read_text(encoding="utf-8")
LINES = LINES.replace("⇥", "\t").replace("␠", " ").replace("LONG", LONG)
CASES = [(line[:6].strip(), line[6:]) for line in LINES.splitlines() if line]


class HumanMonitor:
    """`with HumanMonitor(KERNEL) as monitor:` a QEMU; monitor.ask(LINE) types the line."""

    def __init__(self, kernel):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
        self.log = open(self.directory / "log", "wb")
        self.process = subprocess.Popen(self._command(kernel), stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.sockets = []

    def _command(self, kernel):
        """Of libvirt's options for the lab's source those that a monitor's reply depends on."""
        place = self.directory
        options = {
            "name": "guest=source", "accel": "tcg", "cpu": "qemu64", "m": "256", "display": "none",
            "machine": "pc,usb=off,memory-backend=pc.ram,acpi=off", "boot": "strict=on",
            "object": f"memory-backend-ram,id=pc.ram,size={256 << 20}", "kernel": kernel,
            "chardev": f"file,id=charserial0,path={place}/serial",
            "device": "isa-serial,chardev=charserial0,id=serial0,index=0",
            "audiodev": "none,id=audio1", "monitor": f"unix:{place}/hmp,server=on,wait=off",
            "qmp": f"unix:{place}/qmp,server=on,wait=off",
        }
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-shutdown"]
        return command + [word for name, value in options.items() for word in (f"-{name}", value)]

    def __enter__(self):
        try:
            serial = self.directory / "serial"
            wait_until(lambda: self._lives() and serial.exists() and serial.stat().st_size,
                       what="a heartbeat of the guest")
            self.hmp = self._connect("hmp")
            self.qmp_file = self._connect("qmp").makefile("rw", encoding="utf-8")
            self.read()
            self.qmp_file.readline()
            self.qmp("qmp_capabilities")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _lives(self):
        assert self.process.poll() is None, (self.directory / "log").read_text()
        return True

    def _connect(self, name):
        channel = socket.socket(socket.AF_UNIX)
        self.sockets.append(channel)
        channel.settimeout(30)
        channel.connect(str(self.directory / name))
        return channel

    def read(self):
        """What comes up to and with the next prompt."""
        data = b""
        while not data.endswith(PROMPT):
            piece = self.hmp.recv(1 << 20)
            assert piece, "QEMU ended: " + (self.directory / "log").read_text()
            data += piece
        return data

    def ask(self, line):
        """What the monitor prints. A tab cannot be typed there, so such a line goes another way.

        The editor echoes the whole line again after each key; the reply follows the first CRLF.
        """
        if "\t" in line:
            text = self.qmp("human-monitor-command", {"command-line": line})
            return text.replace("\r\n", "\n")
        self.hmp.sendall(line.encode() + b"\r")
        echo, reply = self.read().removesuffix(PROMPT).split(b"\r\n", 1)
        assert echo.removesuffix(b"\x1b[K").endswith(line.encode())
        return reply.decode(errors="replace").replace("\r\n", "\n")

    def qmp(self, command, arguments=None):
        """The value that a QMP command returns."""
        self.qmp_file.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
        self.qmp_file.flush()
        while "return" not in (reply := json.loads(self.qmp_file.readline())):
            assert "error" not in reply, reply
        return reply["return"]

    def close(self):
        for channel in self.sockets:
            channel.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory)


@pytest.fixture(scope="module", name="monitor")
def human_monitor(lab_guest):
    """QEMU's own monitor."""
    if not lab_guest:
        pytest.skip("the lab's guest was not built")
    with HumanMonitor(lab_guest) as monitor:
        monitor.ask("migrate_set_capability events on")  # as libvirt does
        yield monitor


@pytest.fixture(scope="module", name="shell")
def shell_in_lab(lab_guest):
    """shell(LINE): what hmpsh makes of it, "ok" or "fails", and its text."""
    if not lab_guest:
        pytest.skip("the lab's guest was not built")
    with Lab(HMPSH) as lab:
        lab.get("lab status")  # waits for the guest to run

        def ask(line):
            answer = lab.ask(line)
            assert answer["command"] == line.lstrip()
            if "error" in answer:
                assert answer["error"]["class"] in ("GenericError", "CommandNotFound", "Syntax")
                return "fails", answer["error"]["desc"]
            return "ok", answer["return"]
        ask.lab = lab
        yield ask


@pytest.fixture(scope="module")
def answers(monitor, shell):
    """All lines, in order: what QEMU says, and what hmpsh makes of it."""
    return [(normalised(monitor.ask(line)), shell(line)) for _, line in CASES]


def normalised(text):
    """Without what no two QEMUs have in common."""
    return re.sub(r"thread_id=\d+", "thread_id=N", text)


def as_failure(text):
    """A failure's text ends without a newline: hmpsh has `FILE:LINE: ` before and one after it."""
    return text.rstrip("\n")


@pytest.mark.parametrize("number", range(len(CASES)), ids=[line[:40] for _, line in CASES])
def test_same_answer(answers, number):
    expected, line = CASES[number]
    theirs, (outcome, ours) = answers[number]
    if outcome == "fails":
        theirs = as_failure(theirs)
    assert (outcome, normalised(ours)) == (expected, theirs), line


def test_exit_status_of_a_script(hmpsh, answers):
    """Every failing line is reported as one, and no other is."""
    done = hmpsh("--lab", "--keep-going", stdin="".join(line + "\n" for _, line in CASES))
    reported = re.findall(r"^<stdin>:(\d+): ", done.stderr, re.MULTILINE)
    assert done.returncode == 1
    assert [int(number) for number in reported] == [
        number for number, (expected, _) in enumerate(CASES, 1) if expected == "fails"]


def test_script_of_good_lines(hmpsh, answers):
    """It ends well, and prints what QEMU prints to the same lines."""
    lines = [line for expected, line in CASES if expected == "ok"]
    texts = [theirs for (theirs, _), (expected, _) in zip(answers, CASES) if expected == "ok"]
    done = hmpsh("--lab", stdin="lab status\n" + "".join(line + "\n" for line in lines))
    printed = normalised(done.stdout).split("\n", 3)[3]  # without the three lines of `lab status`
    assert (done.returncode, done.stderr) == (0, "")
    assert printed == "".join(texts)


# What hmpsh answers otherwise than QEMU, and why: (reason, line, what becomes of it, its text). The
# text is a pattern for all of it, or QEMU(line): what QEMU says to that line, with more around it.
class QEMU:
    def __init__(self, line, before="", after=""):
        self.line, self.before, self.after = line, before, after


TRY = r'\nTry "help {}" for more information'
ANY_ORDER = "flags are taken in any order and together"
DISKS = "-b and -i are there on every QEMU, though it has them no longer since 9.1"
WHY = "why a quoted string is wrong, QEMU says only to its own standard output"
KILLS = "it would end or hurt the guest"
REMOVED = "commands that QEMU had up to 5.2 are there on every QEMU"
NO_DISK = "why there can be no snapshot stands below QEMU's words, and the guest is not stopped for it"
WITHOUT = ("\n(snapshots are kept in a disk's image, and the guest has no disk that can be written to; "
           "a qcow2 disk, however small, is enough)")
OWN = "hmpsh's own commands, of which QEMU has none"
OWN_HELP = "what hmpsh does otherwise than QEMU, its help describes"
KINDNESSES = [
    (ANY_ORDER, "migrate -r -d tcp:127.0.0.1:1", "fails", QEMU("migrate -d -r tcp:127.0.0.1:1")),
    (ANY_ORDER, "migrate -dr tcp:127.0.0.1:1", "fails", QEMU("migrate -d -r tcp:127.0.0.1:1")),
    (ANY_ORDER, "migrate -dx foo", "fails", QEMU("migrate -d -x foo")),
    (DISKS, "migrate -b tcp:127.0.0.1:1", "fails", r"Error: the peer .* does not listen at .*"),
    (DISKS, "migrate -i -d tcp:127.0.0.1:1", "fails", r"Error: the peer .* does not listen at .*"),
    ("QEMU 10.0 looks at the URI first, where it has two reasons to refuse",
     "migrate_incoming foo", "fails",
     "Error: '-incoming' was not specified on the command line"),
    ("migrate has options that are words", "migrate --detach tcp:127.0.0.1:1", "fails",
     "migrate: unsupported option --detach" + TRY.format("migrate")),
    ("QEMU loses the end of this line", "migrate -", "fails",
     "migrate: unsupported option - " + TRY.format("migrate")),
    ("blanks before a command are dropped", "  foo bar", "fails", QEMU("foo bar")),
    ("an argument of hmpsh's own commands is not cut", f"migrate -d tcp:{LONG}", "fails",
     f"Error: error parsing address '{LONG}'"),
    (WHY, 'migrate -d "foo', "fails", QEMU('migrate -d "foo', "unterminated string\n")),
    (WHY, r'migrate -d "a\tb"', "fails",
     QEMU(r'migrate -d "a\tb"', "unsupported escape code: '\\t'\n")),
    (WHY, 'migrate_set_capability "xbzrle on', "fails",
     QEMU('migrate_set_capability "xbzrle on', "unterminated string\n")),
    ("a name that QEMU lacks gets a hint below QEMU's text", "migrate_set_capability XBZRLE on",
     "fails", QEMU("migrate_set_capability XBZRLE on", after="\ndid you mean 'xbzrle'?")),
    (WHY, 'help "migrate', "fails", "unknown command: '\"migrate'"),
    (KILLS, "migrate exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate -d exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate_incoming exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate_recover exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate -d rdma:host", "fails", "Error: rdma:HOST:PORT expected .*"),
    (KILLS, "migrate_incoming rdma:", "fails", "Error: rdma:HOST:PORT expected .*"),
    (REMOVED, "migrate_set_speed 1g", "ok", ""),
    (REMOVED, "migrate_set_speed", "fails", "invalid size" + TRY.format("migrate_set_speed")),
    (REMOVED, "migrate_set_speed 1MB", "fails",
     "migrate_set_speed: extraneous characters at the end of line"
     + TRY.format("migrate_set_speed")),
    (REMOVED, "migrate_set_downtime 0.5", "ok", ""),
    (REMOVED, "migrate_set_downtime", "fails",
     "Number expected" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime inf", "fails",
     "Bad number" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime 1s", "fails",
     "Unknown unit suffix" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime 2001", "fails",
     "Error: Parameter 'downtime_limit' expects an integer in the range of 0 to 2000 seconds"),
    (REMOVED, "migrate_set_cache_size 32m", "ok", ""),
    (REMOVED, "info migrate_cache_size", "ok", 33554432),
    (REMOVED, "help migrate_set_speed", "ok", "migrate_set_speed value -- .*"),
    (REMOVED, "help info migrate_cache_size", "ok", "info migrate_cache_size  -- .*"),
    (NO_DISK, "savevm", "fails", QEMU("savevm", after=WITHOUT)),
    (NO_DISK, "savevm tag", "fails", QEMU("savevm tag", after=WITHOUT)),
    (NO_DISK, "loadvm tag", "fails", QEMU("loadvm tag", after=WITHOUT)),
    (NO_DISK, "info status", "ok", "VM status: running\n"),
    (NO_DISK, "cont", "ok", QEMU("cont")),  # QEMU's own guest is stopped now
    ("with --json there are objects", "info snapshots", "ok", []),
    (OWN, '{"execute":"query-name"}', "ok", {"name": "source"}),
    (OWN, "qmp query-name", "ok", {"name": "source"}),
    (OWN, "hmp info name", "ok", QEMU("info name")),
    (OWN, "sleep 0", "ok", ""),
    (OWN, "sleep x", "fails", "sleep: SECONDS is a time, not 'x': .*" + TRY.format("sleep")),
    (OWN, "quit x", "fails", r"quit\|q\|exit: extraneous .*"),
    (OWN_HELP, "help quit", "ok", r"quit\|q\|exit  -- leave the shell.*"),
    (OWN_HELP, "help help", "ok", r"help\|\? .*"),
]


@pytest.mark.parametrize("reason,line,expected,text", KINDNESSES,
                         ids=[line[:40] for _, line, _, _ in KINDNESSES])
def test_kindness(monitor, shell, reason, line, expected, text):
    outcome, ours = shell(line)
    assert outcome == expected, reason
    if isinstance(text, QEMU):
        theirs = monitor.ask(text.line)
        theirs = as_failure(theirs) if outcome == "fails" else theirs
        assert ours == text.before + theirs + text.after
    elif isinstance(text, str):
        assert re.fullmatch(text, ours, re.DOTALL), ours
    else:
        assert ours == text


@pytest.mark.parametrize("line", ["", "  ", "\t", "#", "# foo", "  #foo bar"])
def test_lines_that_ask_for_nothing(monitor, shell, line):
    """Also comments, which QEMU takes for commands."""
    if "#" not in line:
        assert monitor.ask(line) == ""
    shell.lab.send(line)
    assert shell("info name") == ("ok", "source\n")


@pytest.mark.parametrize("flag", ["-b", "-r"])
def test_dirty_rate_that_crashes(monitor, shell, flag):
    """Before 10.0, where QEMU's own monitor must not be asked."""
    line = f"calc_dirty_rate {flag} 1"
    outcome, ours = shell(line)
    if monitor.qmp("query-version")["qemu"]["major"] < 10:
        assert outcome == "fails" and ours.startswith("Error: refused: ")
    else:
        assert "refused" not in ours


def test_migrate_waits_for_the_end(monitor, shell):
    """QEMU's monitor waits as well, and then does not tell how it ended."""
    assert monitor.ask("migrate tcp:127.0.0.1:1") == ""
    outcome, ours = shell("migrate tcp:127.0.0.1:1")
    assert outcome == "fails"
    assert re.fullmatch("Error: the migration of 'source' failed: .*Connection refused.*", ours)


@pytest.mark.parametrize("ask", ["help", "?", "help info", "info"])
def test_lists_have_everything(monitor, shell, ask):
    """QEMU's lists with hmpsh's own commands: an entry of QEMU's is there, by its name at least."""
    outcome, ours = shell(ask)
    assert outcome == "ok"
    have = {line.split(" -- ")[0] for line in ours.splitlines()}
    names = {name for entry in have for name in entry.split(" ")[0].split("|")}
    names |= {entry.split(" ")[1] for entry in have if entry.startswith("info ")}
    for line in re.findall(r"^[^\s\[].*", monitor.ask(ask), re.MULTILINE):
        words = line.removeprefix("info ") if "info" in ask else line
        assert set(words.split(" ")[0].split("|")) <= names, line
    if "info" in ask:
        assert "info migrate_cache_size " in have
    else:
        assert {"migrate_set_speed value", "wait condition [seconds]"} <= have


@pytest.mark.parametrize("topic", ["migrate_capabilities", "migrate_parameters", "snapshots"])
def test_shown_as_text(hmpsh, lab_guest, topic):
    """With --json these are objects; as text they are QEMU's."""
    with HumanMonitor(lab_guest) as monitor:
        monitor.ask("migrate_set_capability events on")
        theirs = monitor.ask(f"info {topic}")
    assert hmpsh("--lab", "info", topic).stdout == theirs


def test_info_migrate(hmpsh, monitor):
    """On every QEMU up to 10.0 the same lines, less the globals, which QEMU puts before them."""
    lines = "info migrate\nmigrate tcp:127.0.0.1:1\ninfo migrate\n"
    done = hmpsh("--lab", "--keep-going", stdin=lines)
    reason = r"Failed to connect to '127\.0\.0\.1:1': Connection refused"
    assert re.fullmatch(rf"Migration status: failed \({reason}\)\ntotal time: 0 ms\n", done.stdout)
    monitor.ask("migrate tcp:127.0.0.1:1")
    assert monitor.ask("info migrate").endswith(done.stdout)


def test_quit_leaves_only_the_shell(hmpsh):
    done = hmpsh("--lab", stdin="quit\ninfo status\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_cont_at_a_migrated_source(shell):
    """It would run the guest twice. The lab's guest has moved after this."""
    shell.lab.get("migrate_set_parameter max-bandwidth 0")
    shell.lab.get("migrate peer")
    for line in ("cont", "c", "  cont  "):
        outcome, ours = shell(line)
        assert outcome == "fails" and ours.startswith("Error: refused: ")
    assert shell("info status") == ("ok", "VM status: paused (postmigrate)\n")
