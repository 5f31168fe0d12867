# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests on two hosts that libvirt is to migrate, with disks or without, and what it needs for some
migrations: certificates, storage pools.

All guests are "web01", with 64 MiB of memory, 48 of them filled. Each has its heartbeat on a serial
port: that a guest runs is asked of the guest itself.
"""
import contextlib
import random
import re
import shutil
import subprocess

import pytest

from conftest import LAB_GUEST
from disks import MIB, Port, disk_xml
from libvirtd import guest_xml, wait_until
from two_hosts import ADDRESSES, CERTIFICATES, IMAGES

NAME = "web01"
# How virsh tells that somebody cancelled its migration; QEMU 7.2 now and then takes the link that is
# cut then for the reason.
CANCELLED = "canceled by client|Unable to write to socket"
SERIAL = "/run/web01.serial"
SERIAL_XML = f"<serial type='unix'><source mode='bind' path='{SERIAL}'/></serial>"
MEMORY = 64  # MiB; above 16 the guest fills it
KIB = 1024
# What a guest writes all the time: KiB/s, and to how many KiB. Against --bandwidth 40 the first
# never gets there, the second does with the vCPU slowed down.
BUSY = 400 * KIB, 47 * KIB
PACED = 60 * KIB, 47 * KIB
DISK = "hda"
BASE = f"{IMAGES}/base.raw"
DISK_SIZE = 8 * MIB
DISK_SPAN = MIB


class Guest:
    """A guest at the source. Started, it has a heartbeat.

    Nobody is connected to its serial port but while it is talked to. Where nobody reads what it
    sends, and it is migrated so, QEMU goes on with it at the destination only if somebody is
    connected there already: the port would stay silent for ever.
    """

    def __init__(self, hosts):
        self.hosts = hosts
        self.image = None
        self.writes = False
        self.beat = 0

    @contextlib.contextmanager
    def port(self, host):
        """Its serial port, a Port, when it has come to that host; its last beat is noted."""
        port = Port(host.path(SERIAL))
        try:
            port.wait_for_beat(self.beat)
            yield port
            self.beat = port.look().beat
        finally:
            port.close()

    def add_disk(self, form, extra=""):
        """Gives it a disk with random content, as a raw image or as a qcow2 overlay on a raw one,
        to which it writes a little from its start on. All of it is at the source only; what
        start() takes as devices."""
        self.image = f"{IMAGES}/{NAME}.{form}"
        source = self.hosts.source
        content = random.Random(1).randbytes(DISK_SIZE)
        if form == "raw":
            source.path(self.image).write_bytes(content)
        else:
            source.path(BASE).write_bytes(content)
            make_image(source, self.image, base=BASE)
        return disk_xml(DISK, self.image, form, extra=extra)

    def copy_to_destination(self, path):
        """An image, as it is now."""
        shutil.copyfile(*(host.path(path) for host in self.hosts))

    def start(self, *, kind="transient", dirty=None, devices="", writes=True):
        """kind: "transient", "persistent", or "off" for one that is defined only. dirty: BUSY or
        PACED. writes: to its disk, if it has one."""
        source = self.hosts.source
        xml = guest_xml(NAME, kernel=LAB_GUEST, memory=MEMORY, serial=SERIAL_XML, devices=devices)
        if kind == "transient":
            source.virsh("create", "/dev/stdin", stdin=xml)
        else:
            source.virsh("define", "/dev/stdin", stdin=xml)
        if kind == "off":
            return self
        if kind == "persistent":
            source.virsh("start", NAME)
        with self.port(source) as port:
            if dirty:
                port.order("dirty {} {}".format(*dirty))
                wait_until(lambda: port.look().rate == dirty[0], what="the writing")
            self.writes = bool(self.image) and writes
            if self.writes:
                port.write(256, DISK_SPAN // KIB)
        return self

    def state(self, host, name=NAME):
        """What libvirt says of it: "running", "paused", "shut off"; with " persistent" where it is
        defined as well; "gone"."""
        done = host.run("virsh", "-q", "-c", "qemu:///system", "dominfo", name)
        if done.returncode != 0:
            assert re.search("failed to get domain|Domain not found", done.stderr), done.stderr
            return "gone"
        facts = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
        state, persistent = facts["State"].strip(), facts["Persistent"].strip()
        return f"{state} persistent" if (state, persistent) == ("running", "yes") else state

    def states(self):
        return tuple(self.state(host) for host in self.hosts)

    def check_runs(self, host):
        """It runs on there, from where it was, with all that it has written to its disk."""
        with self.port(host) as port:
            if self.writes:
                port.write(0, 0)
                port.check()

    def check_same_disk(self):
        """What the guest did not write to is the same in both images. It ends with that."""
        for host in self.hosts:
            host.end_guests()
            host.do("qemu-img", "convert", "-O", "raw", self.image, "/run/content.raw")
        here, there = (host.path("/run/content.raw").read_bytes() for host in self.hosts)
        assert here[DISK_SPAN:] == there[DISK_SPAN:]
        assert any(there[DISK_SPAN:])


def make_image(host, path, *, size=DISK_SIZE, base=None):
    """Makes an empty image in a host, whose suffix is its format."""
    backing = ["-b", base, "-F", "raw"] if base else []  # a path of the host's
    host.do("qemu-img", "create", "-q", "-f", path.split(".")[-1], *backing, path, str(size))


def make_certificates(hosts):
    """One authority, and for each host a certificate of its own, for both roles."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    authority = [hosts.source.path(f"{CERTIFICATES}/ca-{kind}.pem") for kind in ("key", "cert")]
    openssl(*authority, "authority", "basicConstraints=critical,CA:TRUE",
            "keyUsage=critical,keyCertSign")
    for host in hosts:
        here = host.path(CERTIFICATES)
        key, certificate = here / "server-key.pem", here / "server-cert.pem"
        openssl(key, certificate, host.name,
                f"subjectAltName=DNS:{host.name},IP:{ADDRESSES[host.name]}",
                "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                "extendedKeyUsage=serverAuth,clientAuth",
                signer=["-CAkey", authority[0], "-CA", authority[1]])
        shutil.copyfile(key, here / "client-key.pem")
        shutil.copyfile(certificate, here / "client-cert.pem")
        if host is not hosts.source:
            shutil.copyfile(authority[1], here / "ca-cert.pem")


def openssl(key, certificate, name, *extensions, signer=()):
    """Makes a key and a certificate."""
    with_extensions = [word for extension in extensions for word in ("-addext", extension)]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-keyout", key, "-out", certificate, *signer, *with_extensions],
                   check=True, capture_output=True)


@contextlib.contextmanager
def storage_pool(host):
    """The directory of images is a pool of libvirt's there, which knows what is in it now."""
    done = host.run("virsh", "-c", "qemu:///system", "pool-create-as", "images", "dir",
                    "--target", IMAGES)
    if "not supported by the connection driver" in done.stderr:
        pytest.skip("no storage driver")
    assert done.returncode == 0, done.stderr
    host.virsh("pool-refresh", "images")
    try:
        yield
    finally:
        host.virsh("pool-destroy", "images")
