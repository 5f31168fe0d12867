# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh with two hosts whose guests are held: a QEMU that is stopped under another client's call, a
guest that libvirt receives."""
import contextlib
import os
import signal
import subprocess

import pytest

from conftest import HMPSH, LAB_GUEST
from disks import INCOMING, MIB
from libvirtd import wait_until
from shell import Shell
from terminal import Terminal
from two_hosts import fixture_two_hosts  # pylint: disable=unused-import

RECEIVED = ("guest 'web01' is being received by libvirt, which lets nobody ask its QEMU until it "
            "has arrived")


@pytest.fixture(name="hosts")
def fixture_hosts(two_hosts):
    """The two hosts, whole and without guests again after each test."""
    yield two_hosts
    for host in two_hosts:
        if host.run("virsh", "-c", "qemu:///system", "uri").returncode != 0:
            restart(host)
        host.end_guests()


def start_guest(host, **options):
    host.start_guest("web01", kernel=LAB_GUEST, memory=64, **options)


def start_pair(hosts):
    """A guest at the source, and one at the destination that waits for it."""
    start_guest(hosts.source)
    start_guest(hosts.destination, qemu_args=INCOMING)


def restart(host):
    host.start_daemon()
    host.wait_for_daemon()


def peer_of(hosts):
    return "-p", f"web01@{hosts.destination.uri}", "web01"


def begin_migration(shell):
    """A raw migration is under way, a long one."""
    shell.get("migrate_set_speed 4m")
    shell.get("migrate -d peer")
    wait_until(lambda: shell.get("info migrate").get("ram", {}).get("transferred", 0) > MIB,
               what="the copying of memory")


def end_migration(host):
    """It may go as fast as it can."""
    host.virsh("qemu-monitor-command", "--hmp", "web01", "migrate_set_parameter max-bandwidth 1g")


def terminal_at(host, *arguments):
    """Ctrl-C reaches nsenter too, which is not to end."""
    return Terminal("env", "--ignore-signal=INT", *host.within, HMPSH, *arguments)


# --- who holds the guest ---

@contextlib.contextmanager
def held(host):
    """QEMU is stopped, with another client's call."""
    pid = host.path("/run/libvirt/qemu/web01.pid").read_text().strip()
    host.do("sh", "-c", f"kill -STOP {pid}")
    with subprocess.Popen([*host.within, "virsh", "-q", "-c", "qemu:///system",
                           "qemu-monitor-command", "--hmp", "web01", "info status"],
                          stdout=subprocess.DEVNULL) as other:
        try:
            wait_until(lambda: "occupied" in host.virsh("domcontrol", "web01"),
                       what="the other client's call")
            yield
        finally:
            host.do("sh", "-c", f"kill -CONT {pid}")
        assert other.wait(10) == 0


def test_held_by_another_client(hosts):
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        with held(hosts.source):
            kind, text = shell.fail("info status")
            assert kind == "GenericError"
            assert text.startswith("the QEMU of guest 'web01' has not answered another client's "
                                   "call for 3"), text
            assert "held by monitor=" in text and "SIGCONT" in text
        assert shell.get("info status") == "VM status: running\n"


def test_prompt_of_a_held_guest(hosts):
    start_guest(hosts.source)
    with terminal_at(hosts.source, "web01") as terminal:
        terminal.wait_prompt("(web01)")
        with held(hosts.source):
            terminal.send("info status\r")
            wait_until(lambda: terminal.read() or b"info status\r\n" in terminal.sent,
                       what="the command")
            assert terminal.interrupt("(web01: pending)") < 2
            assert "still works on" in terminal.run("info status", "(web01: pending)")[0]
            assert any("web01" in line and "running" in line
                       for line in terminal.run("domains", "(web01: pending)"))
            terminal.wait_for("held by monitor=", 40)
            terminal.wait_prompt("(web01)")
        assert terminal.run("info status", "(web01)") == ["VM status: running"]


# --- a guest that is being received ---

@contextlib.contextmanager
def receiving(hosts, *options):
    """libvirt moves the guest, slowly; it runs at the destination in the end."""
    start_guest(hosts.source)
    with subprocess.Popen([*hosts.source.within, "virsh", "-q", "-c", "qemu:///system", "migrate",
                           "--live", "--bandwidth", "4", "--postcopy", "--postcopy-bandwidth", "4",
                           "web01", hosts.destination.uri]) as virsh:
        wait_until(lambda: "migrating" in hosts.destination.run(
            "virsh", "-c", "qemu:///system", "domstate", "--reason", "web01").stdout,
                   what="the receiving")
        yield virsh
        if virsh.poll() is None:
            os.kill(virsh.pid, signal.SIGCONT)
            end_migration(hosts.source)
        assert virsh.wait(60) == 0


def test_peer_that_is_received(hosts):
    with receiving(hosts) as virsh:
        with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
            answer = shell.ask("peer info status")
            assert answer["seconds"] < 2, answer
            assert answer["error"] == {"class": "GenericError", "desc": RECEIVED}
            assert shell.fail("migrate peer") == ("GenericError", "Error: " + RECEIVED)
            hosts.source.virsh("migrate-postcopy", "web01")
            wait_until(lambda: "post-copy" in hosts.destination.virsh("domstate", "--reason",
                                                                      "web01"), what="post-copy")
            answer = shell.ask("peer info status")
            assert answer["seconds"] < 2 and answer["error"]["desc"] == RECEIVED, answer
            end_migration(hosts.source)
            virsh.wait(60)
            assert shell.get("peer info status") == "VM status: running\n"


def test_current_guest_that_is_received(hosts):
    with receiving(hosts):
        with terminal_at(hosts.destination, "web01") as terminal:
            terminal.wait_prompt("(web01)")
            assert "is being received by libvirt" in terminal.text()


def test_raw_destination_can_be_asked(hosts):
    start_pair(hosts)
    with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
        assert "inmigrate" in shell.get("peer info status")
        begin_migration(shell)
        assert "inmigrate" in shell.get("peer info status")
        hosts.source.kill_daemon()
        end = shell.fail("info status")
        assert end[0] == "Lost"
        restart(hosts.source)
        end_migration(hosts.source)
        assert shell.get("wait migration 60")["status"] == "completed"
        shell.get("swap")  # the source is told to be "paused (migrating)" now
        assert "postmigrate" in shell.get("peer info status")
