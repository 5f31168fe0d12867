# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh with two hosts whose connections break and whose guests are held: a libvirtd that is
started again, a QEMU that is stopped under another client's call, a guest that libvirt receives."""
import contextlib
import subprocess
import time

import pytest

from conftest import HMPSH, LAB_GUEST
from disks import INCOMING, MIB
from libvirtd import wait_until
from shell import Shell
from terminal import Terminal

RECEIVED = ("guest 'web01' is being received by libvirt, which lets nobody ask its QEMU until it "
            "has arrived; the source can be asked")


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


# --- a libvirtd that is started again ---

def test_script_waits_on(hosts):
    start_pair(hosts)
    with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
        begin_migration(shell)
        shell.send("wait migration 60")
        hosts.source.kill_daemon()
        wait_until(lambda: "trying to get it back for 30 s" in shell.stderr(), what="the note")
        restart(hosts.source)
        wait_until(lambda: "connected to qemu:///system again" in shell.stderr(), what="the note")
        end_migration(hosts.source)
        answer = shell.take()
        assert answer.get("return", {}).get("status") == "completed", answer
        summary, = shell.get("info migrations")
        assert summary["result"] == "completed"
        assert shell.get("peer info status") == "VM status: running\n"
        shell.get('wait event "status=setup" 0')  # from before: it is known to be the same QEMU


def test_wait_that_begins_without_a_connection(hosts):
    """The one before has been noticed meanwhile: a `migrate` listens."""
    start_pair(hosts)
    with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
        begin_migration(shell)
        hosts.source.kill_daemon()
        assert shell.fail("info migrate")[0] == "Lost"  # only who waits waits
        shell.send("wait event STOP 60")
        wait_until(lambda: "trying to get it back" in shell.stderr(), what="the note")
        restart(hosts.source)
        wait_until(lambda: "connected to" in shell.stderr(), what="the connection")
        end_migration(hosts.source)
        answer = shell.take()
        assert answer.get("return", {}).get("event") == "STOP", answer
        assert shell.get("wait migration 60")["status"] == "completed"


def test_wait_with_a_limit(hosts):
    start_pair(hosts)
    with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
        begin_migration(shell)
        hosts.source.kill_daemon()
        answer = shell.ask("wait migration 1.5")
        assert 1 < answer["seconds"] < 5, answer
        assert answer["error"]["class"] == "Lost"
        assert "did not come back within 1.5 s: cannot connect to" in answer["error"]["desc"]
        assert shell.fail("wait migration 0")[0] == "Lost"
        restart(hosts.source)


def test_guest_that_ended_meanwhile(hosts):
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        shell.get("info status")
        shell.send("wait event NOTHING")
        time.sleep(1)  # it waits by then
        hosts.source.kill_daemon()
        wait_until(lambda: "trying to get it back" in shell.stderr(), what="the note")
        hosts.source.do("sh", "-c", "kill -KILL $(cat /run/libvirt/qemu/web01.pid)")
        restart(hosts.source)
        error = shell.take()["error"]
        assert error["class"] == "Lost"
        assert error["desc"].endswith("guest 'web01' does not run any more")


def test_another_qemu_is_no_continuation(hosts):
    """libvirt counts from 1 again when it is started without guests: its ids do not tell."""
    hosts.source.kill_daemon()
    restart(hosts.source)
    start_pair(hosts)
    with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
        begin_migration(shell)
        domid, uuid = (hosts.source.virsh(word, "web01") for word in ("domid", "domuuid"))
        hosts.source.kill_daemon()
        hosts.source.do("sh", "-c", "kill -KILL $(cat /run/libvirt/qemu/web01.pid)")
        restart(hosts.source)
        assert hosts.source.virsh("list", "--name") == ""
        hosts.source.kill_daemon()
        restart(hosts.source)
        start_guest(hosts.source, uuid=uuid)
        assert hosts.source.virsh("domid", "web01") == domid
        assert shell.get("info migrate") == {}
        assert shell.fail('wait event "status=setup" 0')[0] == "Timeout"


def test_waiting_at_a_terminal(hosts):
    start_pair(hosts)
    with terminal_at(hosts.source, *peer_of(hosts)) as terminal:
        terminal.wait_prompt("(web01)")
        terminal.run("migrate_set_speed 4m", "(web01)")
        terminal.send("migrate peer\r")
        terminal.wait_for("pass 1")
        hosts.source.kill_daemon()
        terminal.wait_for("trying to get it back")
        assert terminal.interrupt("(web01: lost)") < 2
        assert "goes on" in terminal.text()
        terminal.clear()
        terminal.send("watch info migrate\r")
        terminal.wait_for("trying to get it back")
        restart(hosts.source)
        terminal.wait_for("connected to qemu:///system again")
        end_migration(hosts.source)
        terminal.wait_prompt("(web01)")
        assert "completed in " in terminal.text()


def test_idle_prompt(hosts):
    start_guest(hosts.source)
    with terminal_at(hosts.source, "web01") as terminal:
        terminal.wait_prompt("(web01)")
        hosts.source.kill_daemon()
        terminal.wait_prompt("(web01: lost)")
        assert terminal.text().count("libvirt:disconnected") == 1
        assert "lost the connection to" in terminal.run("info status", "(web01: lost)")[0]
        restart(hosts.source)
        assert terminal.run("info status", "(web01)") == ["VM status: running"]


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
    """A script is told after libvirt's 30 s; a prompt can be left at any time, and is told too."""
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell, \
            terminal_at(hosts.source, "web01") as terminal:
        terminal.wait_prompt("(web01)")
        with held(hosts.source):
            shell.send("info status")
            terminal.send("info status\r")
            terminal.wait(lambda: b"info status\r\n" in terminal.sent, what="echo")
            assert terminal.interrupt("(web01: pending)") < 2
            assert "still works on" in terminal.run("info status", "(web01: pending)")[0]
            assert any("web01" in line and "running" in line
                       for line in terminal.run("domains", "(web01: pending)"))
            error = shell.take()["error"]
            terminal.wait_for("held by monitor=", 40)
            terminal.wait_prompt("(web01)")
        assert terminal.run("info status", "(web01)") == ["VM status: running"]
        assert shell.get("info status") == "VM status: running\n"
    assert error["class"] == "GenericError"
    assert error["desc"].startswith("the QEMU of guest 'web01' has not answered another client's "
                                    "call for 3"), error
    assert "held by monitor=" in error["desc"] and "SIGCONT" in error["desc"]


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
            end_migration(hosts.source)
        assert virsh.wait(60) == 0


def test_peer_that_is_received(hosts):
    with receiving(hosts) as virsh:
        with Shell(HMPSH, *peer_of(hosts), within=hosts.source.within) as shell:
            answer = shell.ask("peer info status")
            assert answer["seconds"] < 2, answer
            assert answer["error"] == {"class": "GenericError", "desc": RECEIVED}
            assert shell.fail("migrate peer")[1].startswith(
                "Error: There's a migration process in progress\n")
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
        assert shell.fail("info status")[0] == "Lost"
        restart(hosts.source)
        end_migration(hosts.source)
        assert shell.get("wait migration 60")["status"] == "completed"
        shell.get("swap")  # the source is told to be "paused (migrating)" now
        assert "postmigrate" in shell.get("peer info status")
