# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate_check of a guest of a real libvirtd, without a peer or with one of another make."""
import os
import socket
import subprocess

import pytest

from check_rows import rows
from conftest import HMPSH
from disks import disk_xml
from shell import Shell


def check(daemon, name, *arguments, options=()):
    """What migrate_check prints of a guest without a peer, and how it ends."""
    return subprocess.run([HMPSH, *options, "-c", daemon.uri, name, "migrate_check", *arguments],
                          capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(name="guest", scope="module")
def plain_guest(session_daemon, lab_guest):
    """A guest without disks that nothing is done to."""
    yield session_daemon.start_guest("plain", kernel=lab_guest)
    session_daemon.virsh("destroy", "plain")


@pytest.fixture(name="start")
def guest_starter(session_daemon, lab_guest):
    """Starts guests for one test: start(NAME, OPTION=...)."""
    names = []

    def start(name, **options):
        names.append(session_daemon.start_guest(name, kernel=lab_guest, **options))
        return name
    yield start
    for name in names:
        session_daemon.virsh("destroy", name)


@pytest.mark.parametrize("uri, reason", [
    ("tcp:nowhere.invalid:4444", "not known here"),
    ("tcp:127.0.0.1:1", "nobody listens at port 1"),
    ("tcp:127.0.0.1", "lacks a host or a port"),
    ("unix:/nowhere", "there is no /nowhere"),
    ("unix:/etc/hosts", "is no socket"),
    ("unix:/" + 110 * "x", "107 bytes"),
    ("exec:cat", "exec:"),
    ("nonsense", "is no URI"),
])
def test_way_there(session_daemon, guest, uri, reason):
    done = check(session_daemon, guest, uri)
    assert done.returncode == 1
    assert done.stdout.startswith("blocker  way there  "), done.stdout
    assert reason in done.stdout.splitlines()[0]
    assert done.stderr == "hmpsh: 1 blocker\n"


def test_port_is_found_without_a_connection(session_daemon, guest):
    """A QEMU would take one for its migration."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = check(session_daemon, guest, f"tcp:127.0.0.1:{port}")
        assert done.returncode == 0, done.stdout
        assert done.stdout.startswith("ok  way there  127.0.0.1 is 127.0.0.1, this host\n")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()


def test_device_that_cannot_move(session_daemon, start):
    name = start("nvme", qemu_args=("-device", "nvme,serial=x,id=nv0"))
    done = check(session_daemon, name)
    row, = (line for line in done.stdout.splitlines() if not line.startswith("ok  "))
    assert done.returncode == 1 and row.startswith("blocker  QEMU  ") and "nvme" in row
    assert "'device_del nv0' before; 'device_add nvme,id=nv0' at the destination after" in row


def test_peer_of_another_make(session_daemon, guest, start):
    """Its memory, its vCPUs and its machine are others."""
    start("other", memory=256, qemu_args=("-smp", "2,sockets=2", "-machine", "type=pc-i440fx-7.1",
                                          "-incoming", "defer"))
    with Shell(HMPSH, "-c", session_daemon.uri, "-p", "other", guest) as shell:
        found = rows(shell)
    assert {check: result for check, (result, _) in found.items()} == {
        "memory size": "blocker", "vCPUs": "blocker", "machine": "blocker"}


def test_peer_that_does_not_wait(session_daemon, guest, start):
    start("running")
    with Shell(HMPSH, "-c", session_daemon.uri, "-p", "running", guest) as shell:
        result, text = rows(shell, "migrate_check")["peer"]
    assert result == "blocker" and "'-incoming defer'" in text


def test_peer_that_listens_elsewhere(session_daemon, guest, start):
    start("waiting", qemu_args=("-incoming", "tcp:127.0.0.1:0"))
    with Shell(HMPSH, "-c", session_daemon.uri, "-p", "waiting", guest) as shell:
        address, = shell.get("peer info migrate")["socket-address"]
        assert not rows(shell, f"migrate_check tcp:127.0.0.1:{address['port']}")
        result, text = rows(shell, "migrate_check tcp:127.0.0.1:1")["way there"]
        assert result == "blocker" and "does not listen" in text
        assert shell.get("peer qmp query-status")["status"] == "inmigrate"


def test_peer_that_is_not_there(session_daemon, guest):
    done = check(session_daemon, guest, "peer")
    assert done.returncode == 1
    assert "blocker  peer  no peer is attached" in done.stdout


def test_local_disk(session_daemon, start):
    """And a medium in the drive."""
    files = [session_daemon.directory / name for name in ("disk", "medium")]
    for file in files:
        file.write_bytes(bytes(1 << 20))
        os.chmod(file, 0o666)
    start("disks", devices=disk_xml("hda", files[0]) + disk_xml("hdc", files[1], device="cdrom"))
    done = check(session_daemon, "disks")
    found = [line.split("  ")[:2] for line in done.stdout.splitlines() if not line.startswith("ok")]
    assert done.returncode == 0
    assert found == [["warning", "disk hda"], ["warning", "disk hdc"]]


def test_read_only(session_daemon, guest):
    done = check(session_daemon, guest, options=["-r"])
    assert done.returncode == 0, done.stderr
