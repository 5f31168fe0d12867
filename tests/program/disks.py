# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest with disks, and one that waits for it: what migrations with disks are tested with."""
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time

import pytest

from conftest import HMPSH
from libvirtd import end_qemu, wait_until
from shell import Shell

MIB = 1 << 20
INCOMING = ("-incoming", "defer")


def qemu_img(*args, good=True):
    """Runs qemu-img; returns what it printed. A QEMU that was killed may hold its lock a while."""
    for _ in range(50):
        done = subprocess.run(["qemu-img", *map(str, args)], capture_output=True, text=True,
                              check=False)
        if not good or "lock" not in done.stderr:
            break
        time.sleep(0.1)
    assert not good or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def same_content(one, other):
    """Whether two images, which may be in use, are the same to a guest."""
    return "identical" in qemu_img("compare", "-U", one, other, good=False)


def disk_xml(target, path, form="raw", device="disk", extra=""):
    """The <disk> of a domain; without a path one without a medium."""
    bus = "virtio" if target.startswith("vd") else "ide"
    source = f"<source file='{path}'/>" if path else ""
    return (f"<disk type='file' device='{device}'><driver name='qemu' type='{form}'/>{source}"
            f"<target dev='{target}' bus='{bus}'/>{extra}</disk>")


def has_files(pid):
    """Whether a process has files open, be it at its end already."""
    try:
        return bool(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return False


def write_at(image, form, *places):
    """Writes 64 KiB at each place."""
    commands = [word for place in places for word in ("-c", f"write -P 0x5a {place} 64k")]
    subprocess.run(["qemu-io", "-f", form, *commands, image], check=True, capture_output=True)


class Port:
    """The serial port of the lab's guest: its heartbeat, and orders to it. See guest.c."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.setblocking(False)
        self.received = b""
        self.beat = self.rate = 0
        self.disk = {}

    def look(self):
        """Takes in what has come."""
        try:
            while data := self.socket.recv(65536):
                self.received += data
        except (BlockingIOError, ConnectionError):
            pass
        *lines, self.received = self.received.split(b"\n")
        for words in (line.split() for line in lines):
            if len(words) == 11 and words[0] == b"disk":
                names = "size", "rate", "span", "written", "errors", "checks", "blocks", "bad"
                self.disk = dict(zip(names, map(int, words[1:9])))
            elif len(words) == 4 and words[0].isdigit():
                self.beat, self.rate = int(words[0]), int(words[1])
        return self

    def order(self, line):
        self.socket.send(f"\n{line}\n".encode())

    def wait_for_beat(self, number=0):
        """Waits until it is past that beat; the number then."""
        return wait_until(lambda: self.look().beat > number and self.beat, what="a heartbeat")

    def write(self, rate, span):
        """Lets the guest write to its first IDE disk; both in KiB."""
        self.wait_for_beat()
        self.order(f"write {rate} {span}")
        wait_until(lambda: self.look().disk.get("rate") == rate, what="the writing")
        written = self.disk["written"]
        wait_until(lambda: rate == 0 or self.look().disk["written"] > written, what="a write")

    def check(self):
        """The guest reads back all that it wrote: it must be as it was written."""
        self.wait_for_beat()
        before = self.look().disk.get("checks", 0)
        self.order("check")
        wait_until(lambda: self.look().disk.get("checks", 0) > before, what="the check's end")
        assert self.disk["blocks"] > 0
        assert (self.disk["bad"], self.disk["errors"]) == (0, 0), self.disk

    def close(self):
        self.socket.close()


def check_sectors(path, span):
    """What the guest wrote to the raw image bears the number of the place where it is."""
    written = 0
    with open(path, "rb") as file:
        for number in range(span // 512):
            sector = file.read(512)
            if any(sector):
                assert int.from_bytes(sector[:4], "little") == number
                assert int.from_bytes(sector[-8:-4], "little") == number ^ 0xffffffff
                written += 1
    assert written > 0


class Pair:
    """`with Pair(DAEMON, KERNEL) as pair:` then images and disks, then start()."""

    made = 0

    @classmethod
    def new_name(cls, name):
        """None is used twice: libvirt may take seconds to forget a guest."""
        cls.made += 1
        return f"{name}{cls.made}"

    def __init__(self, daemon, kernel=None, memory=64):
        self.daemon, self.kernel, self.memory = daemon, kernel, memory
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="disks-", dir=daemon.directory))
        daemon._give(self.directory)
        self.source, self.destination = self.new_name("from"), self.new_name("to")
        self.devices = {self.source: "", self.destination: ""}
        self.images = []  # pairs of what is copied
        self.ports = {}
        self.shells = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for shell in self.shells:
            shell.process.kill()  # nothing to be seen through
            shell.close()
        for port in self.ports.values():
            port.close()
        for name in self.devices:
            self.kill(name)
        shutil.rmtree(self.directory)

    # --- making them ---

    def image(self, name, size, *, content=False, base=None, base_format="raw"):
        """Makes an image, whose suffix is its format; content: random bytes all over."""
        path = self.directory / name
        form = path.suffix[1:]
        backing = ("-b", base, "-F", base_format) if base else ()
        qemu_img("create", "-q", "-f", form, *backing, path, size)
        if content:
            raw = path.with_suffix(".random")
            raw.write_bytes(random.randbytes(size))
            if form == "raw":
                raw.replace(path)
            else:  # into the one there is, so as not to lose its base
                qemu_img("convert", "-n", "-O", form, raw, path)
                raw.unlink()
        self.daemon._give(path)
        return path

    def disk(self, target, source, destination):
        """Gives both guests a disk, which is copied."""
        for name, path in zip(self.devices, (source, destination)):
            self.devices[name] += disk_xml(target, path, path.suffix[1:])
        self.images.append((source, destination))

    def simple(self, size=4 * MIB, content=True):
        """One raw IDE disk."""
        self.disk("hda", self.image("source.raw", size, content=content),
                  self.image("destination.raw", size))
        return self

    def start_guest(self, name, qemu_args=(), paused=False):
        serial = self.directory / f"{name}.serial"
        self.daemon.start_guest(name, paused=paused, kernel=self.kernel, memory=self.memory,
                                serial=f"<serial type='unix'><source mode='bind' path='{serial}'/>"
                                       "</serial>", devices=self.devices[name], qemu_args=qemu_args)
        self.ports[name] = Port(serial)

    def start(self, paused_destination=False):
        self.start_guest(self.source)
        self.start_guest(self.destination, INCOMING, paused_destination)
        return self

    def kill(self, name):
        """Kills a guest's QEMU, if it has one, and waits until it holds no image any more."""
        try:
            pid = self.daemon.qemu_pid(name)
        except FileNotFoundError:
            return
        end_qemu(pid, self.daemon.directory)
        wait_until(lambda: not has_files(pid), what="the end of its locks")

    def renew_destination(self, devices):
        """Another guest that waits, instead of the one there was."""
        self.kill(self.destination)
        del self.devices[self.destination]
        self.destination = self.new_name("to")
        self.devices[self.destination] = devices
        self.start_guest(self.destination, INCOMING)

    # --- talking to them ---

    @property
    def arguments(self):
        """What hmpsh is called with."""
        return "-c", self.daemon.uri, "-p", self.destination, self.source

    def shell(self, *options):
        """An hmpsh attached to both."""
        shell = Shell(HMPSH, *options, *self.arguments)
        self.shells.append(shell)
        shell.get("info status")
        return shell

    def start_process(self, script):
        """An hmpsh on both, at work on that script: a Popen."""
        process = subprocess.Popen([HMPSH, *self.arguments], text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(script)
        process.stdin.close()
        process.stdin = None
        return process

    def is_alive(self, name):
        """Whether it has a QEMU that runs."""
        try:
            pid = self.daemon.qemu_pid(name)
            return bool(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
        except FileNotFoundError:
            return False

    def qmp(self, name, command, **arguments):
        """Past hmpsh."""
        text = json.dumps({"execute": command, "arguments": arguments})
        return json.loads(self.daemon.virsh("qemu-monitor-command", name, text)).get("return")

    def state(self, name):
        """QEMU's word, or "gone"."""
        if not self.is_alive(name):
            return "gone"
        try:
            return self.qmp(name, "query-status")["status"]
        except AssertionError:  # it went meanwhile
            return "gone"

    def states(self):
        return self.state(self.source), self.state(self.destination)

    def capability(self, name, capability):
        return {entry["capability"]: entry["state"]
                for entry in self.qmp(name, "query-migrate-capabilities")}[capability]

    def jobs(self):
        """The source's block jobs."""
        return self.qmp(self.source, "query-block-jobs")

    def left(self, name):
        """What there is of a migration with disks on one side."""
        nodes = [node["node-name"] for node in self.qmp(name, "query-named-block-nodes", flat=True)]
        exports = self.qmp(name, "query-block-exports")
        jobs = self.qmp(name, "query-block-jobs") + self.qmp(name, "query-jobs")
        return jobs + exports + [node for node in nodes if node.startswith("hmpsh-")]

    def check_nothing_left(self, pauses=False):
        """No job, no node, no export, no server, no capability of it on a side that lives; pauses:
        pause-before-switchover was on before."""
        for name in self.devices:
            if self.is_alive(name):
                assert self.left(name) == []
                assert not self.capability(name, "late-block-activate")
        if self.is_alive(self.source):
            assert self.capability(self.source, "pause-before-switchover") == pauses
        if self.is_alive(self.destination):  # the NBD server is gone: it can be started
            self.qmp(self.destination, "nbd-server-start", addr={
                "type": "unix", "data": {"path": str(self.directory / "nbd")}})
            self.qmp(self.destination, "nbd-server-stop")

    def check_same(self):
        for source, destination in self.images:
            assert same_content(source, destination), source

    def check_arrived(self, **before):
        """The guest is at the destination, and nothing is left."""
        assert self.states() == ("postmigrate", "running")
        self.check_nothing_left(**before)

    def check_not_moved(self, destination=("inmigrate", "gone"), **before):
        """The guest runs on at the source, and nothing is left."""
        assert self.state(self.source) == "running"
        assert self.state(self.destination) in destination
        self.check_nothing_left(**before)

    def check_usable(self):
        """A destination that was refused can still receive."""
        self.check_not_moved(destination=("inmigrate",))
        self.qmp(self.destination, "migrate-incoming", uri="tcp:127.0.0.1:0")
        assert self.qmp(self.destination, "query-migrate")["socket-address"]

    # --- the phases of a migration ---

    def wait_for_copying(self, shell):
        """Waits until the disks are being copied."""
        return wait_until(lambda: (now := shell.get("info migrate")).get("disk", {}).get(
            "transferred", 0) > 0 and "ram" not in now and now, what="the copying of disks")

    def wait_for_memory(self, shell):
        """Waits until the disks are in step and the memory is on its way."""
        return wait_until(lambda: (now := shell.get("info migrate")).get("ram", {}).get(
            "transferred", 0) > 0 and now["status"] == "active" and now,
            what="the copying of memory")


@pytest.fixture(name="pair")
def fixture_pair(session_daemon, lab_guest):
    """A Pair without disks, not yet started."""
    if not lab_guest:
        pytest.skip("no guest program")
    with Pair(session_daemon, lab_guest) as pair:
        yield pair
