# SPDX-License-Identifier: GPL-3.0-or-later
"""savevm, loadvm, delvm and info snapshots, on guests whose disks are real images."""
import calendar
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import HMPSH
from libvirtd import end_qemu, wait_until
from terminal import CTRL_C, Terminal

UNFIT = "Device '{}' is writable but does not support snapshots"
MISSING = "Snapshot '{}' does not exist in one or more devices"
NO_DISK = "no block device can store vmstate for snapshot"
CDROM = "<disk type='file' device='cdrom'><target dev='hda'/><readonly/></disk>"


NUMBERS = itertools.count(1)


def make_image(daemon, name, form="qcow2", size="64M"):
    """An image that the daemon's QEMUs may write to."""
    path = daemon.directory / name
    subprocess.run(["qemu-img", "create", "-q", "-f", form, path, size], check=True)
    daemon._give(path)
    return path


def disk(path, target="vda", form="qcow2", more=""):
    return (f"<disk type='file' device='disk'><driver name='qemu' type='{form}'/>"
            f"<source file='{path}'/><target dev='{target}'/>{more}</disk>")


class Guest:
    """A guest whose heartbeat can be read, and hmpsh on it."""

    def __init__(self, daemon, name, devices="", **options):
        self.daemon = daemon
        self.name = name
        self.beats = daemon.directory / f"{name}.beats"
        daemon.start_guest(name, devices=devices, kernel=os.environ.get("LAB_GUEST"), serial=(
            f"<serial type='file'><source path='{self.beats}'/></serial>"), **options)
        self.pid = daemon.qemu_pid(name)
        self.ended = False

    def run(self, *words, options=(), timeout=60):
        return subprocess.run([HMPSH, *options, "-c", self.daemon.uri, self.name, *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, check=False)

    def get(self, line):
        """What a line that must not fail prints."""
        done = self.run(line)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def fail(self, line):
        """The error that a line leads to, without what hmpsh puts before it."""
        done = self.run(line)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr.removeprefix("hmpsh: ").rstrip("\n")

    def json(self, line):
        done = self.run(line, options=["--json"])
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["return"]

    def tags(self):
        return [snapshot["tag"] for snapshot in self.json("info snapshots")]

    def hmp(self, line):
        """What QEMU's own monitor says, past hmpsh."""
        done = subprocess.run(["virsh", "-q", "-c", self.daemon.uri, "qemu-monitor-command",
                               self.name, "--hmp", line], capture_output=True, check=True)
        return done.stdout.decode().replace("\r\n", "\n").removesuffix("\n")

    def state(self):
        return self.json("qmp query-status")["status"]

    def nodes(self):
        return [entry["inserted"]["node-name"] for entry in self.json("qmp query-block")
                if "inserted" in entry]

    def all_beats(self):
        """The numbers of all beats so far; a line that lost characters does not count."""
        text = self.beats.read_text(errors="replace") if self.beats.exists() else ""
        return [int(line.split(" ")[0]) for line in text.split("\n")[:-1]
                if re.match(r"\d+ \d+ \d+ ", line)]

    def beat(self):
        """The number of the newest beat, or 0."""
        return (self.all_beats() or [0])[-1]

    def wait_for_beat(self, number):
        return wait_until(lambda: (beat := self.beat()) > number and beat,
                          what=f"beat {number} of {self.name}")

    def end(self):
        """Kills its QEMU; libvirt forgets the guest in its own time, hence names used once."""
        self.ended = True
        end_qemu(self.pid, self.daemon.directory)


@pytest.fixture(name="start")
def fixture_start(session_daemon, lab_guest):
    """start(NAME, DEVICES, ...): a Guest for one test."""
    if not lab_guest:
        pytest.skip("the lab's guest was not built")
    guests = []

    def run(name, devices="", **options):
        guests.append(Guest(session_daemon, name, devices, **options))
        return guests[-1]
    yield run
    for guest in guests:
        if not guest.ended:
            guest.end()


def disks_of(daemon, name):
    """One qcow2 disk, an image that is read-only, and an empty drive."""
    base = make_image(daemon, f"{name}-base.img", "raw", "1M")
    return (disk(make_image(daemon, f"{name}.qcow2")) + CDROM
            + disk(base, "vdb", "raw", "<readonly/>"))


@pytest.fixture(name="one")
def fixture_one(session_daemon, start):
    """A guest with one disk that counts."""
    name = f"one{next(NUMBERS)}"
    return start(name, disks_of(session_daemon, name))


def test_save_and_load(one):
    """The guest's state goes back, and runs on from there."""
    saved_at = one.wait_for_beat(20)
    assert one.get("savevm here") == ""
    assert one.state() == "running"
    far = one.wait_for_beat(one.beat() + 100)
    assert one.get("loadvm here") == ""
    assert one.state() == "running"
    back = wait_until(lambda: (beat := one.beat()) < far and beat, what="an earlier beat")
    assert saved_at <= back < far
    one.wait_for_beat(back + 5)
    assert one.get("stop") == ""
    assert one.get("loadvm here") == ""
    assert one.state() == "paused"  # as HMP leaves it


def test_lists(one):
    """In a script the text is QEMU's own; with --json there are objects."""
    assert one.get("info snapshots") == "There is no snapshot available.\n"
    assert one.json("info snapshots") == []
    assert one.get("savevm a") == ""
    made = one.json('savevm "with blanks"')
    assert one.json("savevm a")["vm-clock"] > made["vm-clock"]  # replaced
    assert one.get("info snapshots") == one.hmp("info snapshots")
    listed = one.json("info snapshots")
    assert [snapshot["tag"] for snapshot in listed] == ["with blanks", "a"]
    assert listed[0] == made
    assert set(made) == {"tag", "vm-state-size", "date", "vm-clock"}
    assert made["vm-state-size"] > 1 << 20
    age = time.time() - calendar.timegm(time.strptime(made["date"], "%Y-%m-%dT%H:%M:%SZ"))
    assert 0 <= age < 60
    own = one.json("savevm")["tag"]
    assert re.fullmatch(r"vm-\d{14}", own)
    assert one.get("delvm a") == ""
    assert one.get("delvm a") == ""  # silent, as HMP is
    assert one.tags() == ["with blanks", own]


def test_same_words_as_qemu(one):
    one.get("savevm there")
    node, = one.nodes()[:1]
    one.json(f"qmp blockdev-snapshot-internal-sync device={node} name=disks")
    for line in ("savevm a b", "loadvm", "delvm", "delvm a b", "info snapshots x", "loadvm nope",
                 "loadvm disks"):
        ours = one.run(line)
        theirs = one.hmp(line)
        assert (ours.returncode, ours.stderr) == (1, f"hmpsh: {theirs.rstrip()}\n"), line
        one.hmp("cont")
    for line in ("savevm there", "loadvm there", "delvm nope", "delvm disks", "info snapshots"):
        assert one.get(line) == one.hmp(line), line


def test_missing_tag_leaves_the_guest_alone(one):
    """QEMU itself stops the guest before it looks."""
    assert one.fail("loadvm nope") == "Error: " + MISSING.format("nope")
    assert one.state() == "running"
    assert one.hmp("loadvm nope") == "Error: " + MISSING.format("nope") + "\n"
    assert one.state() == "restore-vm"


def test_raw_disk(session_daemon, start):
    raw = make_image(session_daemon, "raw.img", "raw")
    guest = start("raw", disk(make_image(session_daemon, "beside.qcow2")) + disk(raw, "vdb", "raw"))
    first = "Error: " + UNFIT.format(guest.nodes()[1])
    for line in ("savevm t", "loadvm t", "delvm t"):
        error = guest.fail(line).split("\n")
        assert len(error) == 2 and error[0] == first, line
        assert f"virtio-disk1, {raw}, is raw" in error[1] and "qcow2 does" in error[1]
        assert guest.state() == "running"
        assert guest.hmp(line) == first + "\n"
        guest.hmp("cont")


def test_no_disk(start):
    guest = start("diskless", CDROM)
    for line in ("savevm", "savevm t", "loadvm t"):
        error = guest.fail(line).split("\n")
        assert len(error) == 2 and error[0] == "Error: " + NO_DISK
        assert "a qcow2 disk" in error[1]
        assert guest.state() == "running"
    assert guest.get("delvm t") == ""
    assert guest.get("info snapshots") == guest.hmp("info snapshots")


def test_two_disks(session_daemon, start):
    guest = start("two", disk(make_image(session_daemon, "two-a.qcow2"))
                  + disk(make_image(session_daemon, "two-b.qcow2"), "vdb"))
    first, second = guest.nodes()
    guest.get("savevm both")
    guest.get("savevm half")
    guest.json(f"qmp blockdev-snapshot-delete-internal-sync device={second} name=half")
    guest.json(f"qmp blockdev-snapshot-internal-sync device={second} name=other")
    only = {entry["tag"]: entry.get("only-on") for entry in guest.json("info snapshots")}
    assert only == {"both": None, "half": [first], "other": [second]}
    error = guest.fail("loadvm half").split("\n")
    assert error == ["Error: " + MISSING.format("half"), "(it is only on virtio-disk0)"]
    assert guest.state() == "running"
    assert guest.get("loadvm both") == ""
    assert guest.get("delvm other") == guest.get("delvm half") == guest.get("delvm both") == ""
    assert guest.json("info snapshots") == []


def test_copied_image(session_daemon, start):
    """A migration without a network: the guest goes on in another QEMU, from where it was saved."""
    image = make_image(session_daemon, "from.qcow2")
    source = start("from", disk(image))
    saved_at = source.wait_for_beat(100)
    source.get("savevm moved")
    source.end()
    for name, memory in (("to", 128), ("other", 256)):
        copy = session_daemon.directory / f"{name}.qcow2"
        shutil.copy(image, copy)
        session_daemon._give(copy)
        guest = start(name, disk(copy), memory=memory)
        assert guest.tags() == ["moved"]
        if memory == 128:
            guest.wait_for_beat(0)
            guest.get("stop")
            before = guest.all_beats()
            assert guest.get("loadvm moved") == guest.get("cont") == ""
            guest.wait_for_beat(saved_at + 5)
            after = guest.all_beats()[len(before):]
            assert not [beat for beat in after if before[-1] + 2 < beat < saved_at]
            continue
        error = guest.fail("loadvm moved")  # into a QEMU that is not as the first one was
        assert "Error: Error -22 while loading VM state\n" in error
        assert "the guest must not run on" in error
        assert guest.state() == "restore-vm"


def test_completion(one):
    one.get("savevm first")
    one.get("savevm fifth")
    one.get('savevm "two words"')

    def complete(line):
        return one.run(options=[f"--complete={line}"]).stdout.split("\n")[:-1]
    for command in ("loadvm", "delvm", "savevm"):
        assert complete(f"{command} ") == ["fifth", "first", '"two words"']
    assert complete("loadvm fif") == ["fifth"]
    one.get("delvm fifth")
    assert complete("loadvm fi") == ["first"]
    assert complete("loadvm first ") == []


def test_capability_that_crashes_qemu(one):
    """QEMU 7.2 and 10.0 end at savevm and at loadvm with multifd on."""
    one.get("savevm t")
    one.get("migrate_set_capability multifd on")
    for line in ("savevm t", "savevm", "loadvm t"):
        assert one.fail(line).startswith("Error: refused: the migration capability multifd is on")
    assert one.state() == "running" and one.tags() == ["t"]
    one.get("migrate_set_capability multifd off")
    assert one.get("savevm t") == one.get("loadvm t") == ""


def test_around_a_migration(session_daemon, start, one):
    """QEMU would delete the old snapshot before it refuses to save, and load half of one."""
    there = start("there", disks_of(session_daemon, "there"), qemu_args=("-incoming", "defer"))
    one.get("savevm t")
    unfit = "Error: " + UNFIT.format(one.nodes()[0])
    for line in ("savevm t", "loadvm t", "delvm t"):
        error = there.fail(line)
        assert error.startswith("Error: Device ") and "waits for a migration" in error
    socket = session_daemon.directory / "migration"
    there.get(f"migrate_incoming unix:{socket}")
    one.get("migrate_set_parameter max-bandwidth 1m")
    done = one.run("migrate", "-d", f"unix:{socket}")
    assert done.returncode == 0 and done.stderr.startswith("note: libvirt does not know of this")
    wait_until(lambda: one.json("qmp query-migrate").get("status") == "active", what="a migration")
    assert one.fail("savevm t").startswith("Error: There's a migration process in progress\n(")
    assert one.fail("loadvm t").startswith("Error: refused: a migration is under way")
    assert one.fail("loadvm nope").startswith("Error: refused: a migration is under way")
    assert one.state() == "running" and one.tags() == ["t"]
    one.get("migrate_set_parameter max-bandwidth 0")
    assert one.run("wait", "migration", "30").returncode == 0
    assert one.state() == "postmigrate"
    for line in ("savevm t", "loadvm t", "delvm t"):
        error = one.fail(line).split("\n")
        assert error[0] == unfit and "'hmp cont' takes them back" in error[1]
        assert one.hmp(line) == unfit + "\n"
    assert one.state() == "postmigrate"
    assert there.state() == "running"
    assert there.get("savevm arrived") == ""
    assert there.tags() == ["arrived"]


class Server:
    """An image behind an NBD server, which can be held: what writes to it then waits."""

    def __init__(self, daemon, image):
        self.socket = daemon.directory / "nbd"
        os.truncate(image, 1 << 30)  # it cannot grow behind a server
        self.process = subprocess.Popen(["qemu-nbd", "-t", "-f", "raw", "-k", self.socket, image],
                                        stdin=subprocess.DEVNULL, **daemon.user)
        wait_until(self.socket.exists, what="the NBD server's socket")

    def disk(self):
        return ("<disk type='network' device='disk'><driver name='qemu' type='qcow2'/>"
                f"<source protocol='nbd'><host transport='unix' socket='{self.socket}'/></source>"
                "<target dev='vda'/></disk>")

    def hold(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture(name="slow")
def fixture_slow(session_daemon, start):
    """A guest, and the server of its disk."""
    name = f"slow{next(NUMBERS)}"
    server = Server(session_daemon, make_image(session_daemon, f"{name}.qcow2"))
    yield start(name, server.disk()), server
    server.go_on()
    server.close()


def is_stopped(guest):
    """What libvirt knows by QEMU's events; asking QEMU would wait."""
    return guest.daemon.virsh("domstate", guest.name) == "paused"


def test_at_a_terminal(slow):
    """What is said to a person, and Ctrl-C, which gives up the waiting and not the work."""
    guest, server = slow
    prompt = f"({guest.name})"
    with Terminal(HMPSH, "-c", guest.daemon.uri, guest.name) as terminal:
        terminal.wait_prompt(prompt)
        assert terminal.run("info snapshots", prompt) == ["There is no snapshot available."]
        said, = terminal.run("savevm a", prompt)
        assert re.fullmatch(r"saved as 'a': \d\S* [KM]iB in \d\S* m?s", said)
        heading, row = terminal.run("info snapshots", prompt)
        assert re.fullmatch(r"tag +size +when +guest's clock", heading)
        assert re.fullmatch(r"a +\d\S* [KM]iB +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d\d:\d\d:\d\d\.\d{3}",
                            row)
        said, = terminal.run("loadvm a", prompt)
        assert re.fullmatch(r"loaded 'a' in \d\S* m?s; the guest runs on from there", said)
        server.hold()
        terminal.clear()
        terminal.send("savevm b\r")
        live = re.compile(r"saving 'b'  \d\S* m?s  the guest stands still meanwhile")
        terminal.wait(lambda: live.search(terminal.text()), what="a live line")
        wait_until(lambda: is_stopped(guest), what="a guest that stands still")
        begun = time.monotonic()
        terminal.send(CTRL_C)
        terminal.wait_for("interrupted: saving goes on")
        terminal.wait_prompt(f"({guest.name}: pending)")
        assert time.monotonic() - begun < 2
        assert not live.search(terminal.text())
        assert "still works on 'savevm b'" in " ".join(
            terminal.run("info status", f"({guest.name}: pending)"))
        server.go_on()
        terminal.wait_for(f"{guest.name} answers 'savevm b'")
        wait_until(lambda: not is_stopped(guest), what="a guest that runs")
        assert terminal.run("delvm a", prompt) == ["deleted 'a'"]
        assert terminal.run("delvm a", prompt) == ["there was no snapshot 'a'"]
    assert guest.tags() == ["b"]


def test_signal_to_a_script(slow):
    guest, server = slow
    server.hold()
    with subprocess.Popen([HMPSH, "-c", guest.daemon.uri, guest.name, "savevm", "t"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shell:
        wait_until(lambda: is_stopped(guest), what="a guest that stands still")
        shell.send_signal(signal.SIGINT)
        output, errors = shell.communicate(timeout=10)
    assert (shell.returncode, output) == (130, "")
    assert f"hmpsh: 'savevm t' of '{guest.name}' goes on\n" in errors
    assert "\r" not in errors
    server.go_on()
    wait_until(lambda: not is_stopped(guest), what="a guest that runs")
    assert guest.tags() == ["t"]


def test_timeout(slow):
    guest, server = slow
    server.hold()
    done = guest.run("savevm", "t", options=["--timeout", "1"])
    assert done.returncode == 1
    assert done.stderr.endswith("; saving goes on\n") and "did not answer" in done.stderr
    server.go_on()
    wait_until(lambda: not is_stopped(guest), what="a guest that runs")
    assert guest.tags() == ["t"]


def test_killed_while_it_saves(slow):
    guest, server = slow
    wait_until(lambda: guest.daemon.virsh("list", "--name").split() == [guest.name],
               what="the end of earlier guests, which libvirt ends one by one")
    server.hold()
    with subprocess.Popen([HMPSH, "-c", guest.daemon.uri, guest.name, "savevm", "t"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shell:
        wait_until(lambda: is_stopped(guest), what="a guest that stands still")
        guest.end()
        output, errors = shell.communicate(timeout=20)
    assert (shell.returncode, output) == (3, "")
    assert f"guest '{guest.name}' is gone" in errors and errors.count("\n") == 1
