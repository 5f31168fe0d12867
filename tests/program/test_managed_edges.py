# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does, where several of them, somebody else's or QEMU's own could be
mistaken for one another, and where somebody does not answer."""
import contextlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from conftest import HMPSH, LAB_GUEST
from disks import MIB
from libvirtd import wait_until
from managed_rows import (MOVED, SLOWLY, STAYED, URI, Managed, signal_program,
                          fixture_guest, fixture_shell)  # pylint: disable=unused-import
from terminal import Terminal
from two_hosts_guests import CANCELLED, NAME, Guest, make_image

NOWHERE = "qemu+tcp://hostb:1/system"
SINK = "/run/sink"
RAW = f"unix:{SINK}"
# With a return path QEMU 7.2 may say "failed", with "Broken pipe", to what is cancelled (seen).
RAW_ENDS = "cancelled", "failed"
UNDER_WAY = "There's a migration process in progress"


@pytest.fixture(name="sink")
def fixture_sink(hosts):
    """Where QEMU alone can send a guest at the source to: nobody takes it, so that it never gets
    there."""
    path = hosts.source.path(SINK)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield
    path.unlink()


def libvirt_sends_memory(hosts):
    return "Memory processed" in hosts.source.run("virsh", "-c", "qemu:///system", "domjobinfo",
                                                  NAME).stdout


@contextlib.contextmanager
def virsh_migrates(hosts):
    """virsh moves the guest, and is at the memory; in the end it is cancelled."""
    with subprocess.Popen([*hosts.source.within, "virsh", "-q", "-c", "qemu:///system", "migrate",
                           "--live", *SLOWLY.split(), NAME, URI], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as virsh:
        wait_until(lambda: libvirt_sends_memory(hosts), what="virsh's migration")
        try:
            yield
        finally:
            hosts.source.run("virsh", "-c", "qemu:///system", "domjobabort", NAME)
            errors = virsh.communicate(timeout=30)[1]
    assert re.search(CANCELLED, errors), errors


def listen(shell):
    """The shell hears events from now on, and reads those that come only with its next look."""
    assert shell.fail("wait event NONE 0")[0] == "Timeout"


def who(shell):
    """How far the migration is, and whose it is."""
    status = shell.get("info migrate")
    return status["status"], status["driver"], status["begun-by"]


# --- one at a time ---

def test_while_disks_are_copied(hosts, sink):  # pylint: disable=unused-argument
    """QEMU knows of no migration then and would begin one of its own; and the speed is that of its
    mirrors."""
    guest = Guest(hosts)
    guest.start(devices=guest.add_disk("raw"), writes=False)
    make_image(hosts.destination, guest.image)
    with Managed(hosts) as shell:
        shell.get(f"migrate -d --copy-storage-all --bandwidth 1 {URI}")
        shell.wait_for_disk()
        text = shell.fail(f"migrate -d {RAW}")[1]
        assert UNDER_WAY in text and "this shell began it" in text, text
        assert "ram" not in shell.get("info migrate")
        for speed in 1, 2:
            shell.get(f"migrate_set_speed {speed}m")
            assert [job["speed"] for job in shell.get("qmp query-block-jobs")] == [speed * MIB]
        shell.finish()
    assert guest.states() == MOVED


def test_while_somebody_else_migrates(hosts, shell):
    """Another one is refused at once, and it goes on; the guest that is being received is not
    waited for, which its libvirt would let nobody ask until it has arrived."""
    with virsh_migrates(hosts):
        answer = shell.ask(f"migrate {URI}")
        text = answer["error"]["desc"]
        assert UNDER_WAY in text and "somebody else began it" in text, text
        assert answer["seconds"] < 5
        for host, words in ((hosts.destination, (NAME, "info status")),
                            (hosts.source, ("-p", f"{NAME}@{URI}", NAME, "peer info status"))):
            begun = time.monotonic()
            done = host.run(HMPSH, *words)
            assert time.monotonic() - begun < 5
            assert done.returncode == 1
            assert "is being received by libvirt" in done.stderr, done.stderr
        assert who(shell) == ("active", "managed", "somebody else")


# --- whose it is ---

def test_ours_after_somebody_elses_unseen(hosts, shell):
    listen(shell)
    with virsh_migrates(hosts):
        pass
    shell.begin(SLOWLY)
    shell.get("migrate_cancel")
    assert who(shell) == ("cancelled", "managed", "this shell")


def test_raw_one_after_libvirts(hosts, shell, sink):  # pylint: disable=unused-argument
    """libvirt's job, last seen under way, is none of it."""
    listen(shell)
    with virsh_migrates(hosts):
        assert who(shell) == ("active", "managed", "somebody else")
    shell.get(f"migrate -d {RAW}")
    wait_until(lambda: who(shell) == ("active", "raw", "this shell"), what="our own")
    shell.get("migrate_cancel")
    state, *whose = who(shell)
    assert state in RAW_ENDS and whose == ["raw", "this shell"]


def test_libvirts_after_a_raw_one(hosts, shell, sink):  # pylint: disable=unused-argument
    """In a script that does not hear events."""
    def monitor(line):
        return hosts.source.virsh("qemu-monitor-command", "--hmp", NAME, line)

    monitor(f"migrate -d {RAW}")
    wait_until(lambda: who(shell) == ("active", "raw", "somebody else"), what="a raw migration")
    monitor("migrate_cancel")
    wait_until(lambda: who(shell)[0] in RAW_ENDS, what="its end")
    with virsh_migrates(hosts):
        assert who(shell) == ("active", "managed", "somebody else")
        assert "libvirt manages" in shell.fail("migrate_continue pre-switchover")[1]
        shell.get("migrate_cancel")
    assert Guest(hosts).states() == STAYED


def test_somebody_elses_after_ours_failed(hosts, shell):
    """Before QEMU heard of it."""
    shell.get(f"migrate -d --p2p {NOWHERE}")
    with virsh_migrates(hosts):
        assert who(shell) == ("active", "managed", "somebody else")


def test_attaching_elsewhere_and_back(hosts, shell):
    hosts.source.start_guest("web02", kernel=LAB_GUEST, memory=64)
    shell.begin(SLOWLY)
    shell.get("attach web02")
    assert shell.get("info migrate") == {}
    shell.get("attach web01")
    assert who(shell) == ("active", "managed", "this shell")
    shell.get("migrate_cancel")
    assert who(shell) == ("cancelled", "managed", "this shell")


# --- where the guest is ---

def test_leaving_where_it_arrived(hosts, guest):
    hosts.source.virsh("migrate", "--live", NAME, URI)
    with Managed(hosts, hosts.destination) as shell:
        status = shell.get("info migrate")
        assert (status["status"], status["role"]) == ("completed", "destination")
        shell.get(f"migrate -d {SLOWLY} {hosts.source.uri}")
        sides = []
        wait_until(lambda: sides.append(shell.get("info migrate").get("role")) or sides[-1],
                   what="a side")
        assert sides[-1] == "source", sides
        shell.get("migrate_cancel")
    guest.check_runs(hosts.destination)


def test_guest_that_came_home_and_ends(hosts):
    """What libvirt remembers of its earlier migration does not make it one that has moved."""
    source, destination = hosts
    Guest(hosts).start(kind="persistent")
    source.virsh("migrate", "--live", NAME, URI)
    destination.end_guests()
    source.virsh("start", NAME)
    with Managed(hosts) as shell:
        assert shell.get("info migrate") == {}
        source.virsh("destroy", NAME)
        for line in "info migrate", "wait migration":
            kind, text = shell.fail(line)
            assert kind == "Lost" and "migrated" not in text, text
    assert shell.process.returncode == 3


@pytest.mark.skipif(not shutil.which("gnuplot"), reason="no gnuplot")
def test_plot_of_what_has_moved(hosts, shell):
    shell.begin(SLOWLY)
    shell.finish()
    assert shell.fail("info status")[0] == "Lost"
    shell.get("plot /run/moved.svg")
    picture = hosts.source.path("/run/moved.svg").read_text()
    assert f"Migration of {NAME}: completed" in picture


def test_what_post_copy_refuses(shell):
    shell.begin(f"--p2p --postcopy --postcopy-bandwidth 4 {SLOWLY}")
    shell.get("migrate_start_postcopy")
    shell.wait_for("postcopy-active")
    assert "post-copy has begun already" in shell.fail("migrate_start_postcopy")[1]
    assert "it would run twice" in shell.fail("cont")[1]
    shell.get("migrate_set_parameter max-postcopy-bandwidth 0")
    shell.completed()


# --- who does not answer ---

def test_cancelling_without_a_link(hosts, shell):
    shell.begin(SLOWLY)
    hosts.source.set_link("down")
    try:
        assert shell.ask("migrate_cancel")["seconds"] < 5
    finally:
        hosts.source.set_link("up")


def test_cancelling_without_a_link_at_a_terminal(hosts, guest):  # pylint: disable=unused-argument
    with Terminal(*hosts.source.within, HMPSH, NAME) as terminal:
        terminal.wait_prompt("(web01)")
        terminal.run(f"migrate -d {SLOWLY} {URI}", "(web01)")
        terminal.wait_for("MIGRATION status=active")
        hosts.source.set_link("down")
        begun = time.monotonic()
        terminal.run("migrate_cancel", "(web01)")
        assert time.monotonic() - begun < 5
        hosts.source.set_link("up")


def test_ending_a_script_whose_qemu_is_stopped(hosts, guest):
    qemu = hosts.source.path(f"/run/libvirt/qemu/{NAME}.pid").read_text().strip()
    with subprocess.Popen([*hosts.source.within, HMPSH, NAME, "migrate", *SLOWLY.split(), URI],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as script:
        wait_until(lambda: libvirt_sends_memory(hosts), what="the copying of memory")
        hosts.source.do("sh", "-c", f"kill -STOP {qemu}")
        try:
            signal_program(script, signal.SIGTERM)
            errors = script.communicate(timeout=13)[1]
        finally:
            hosts.source.do("sh", "-c", f"kill -CONT {qemu}")
    assert script.returncode == 143
    assert f"the migration of '{NAME}' to {URI} needs this shell, and ends with it" in errors
    wait_until(lambda: guest.states() == STAYED, what="the end of the migration")


def test_leaving_two_migrations(hosts, guest):
    hosts.source.start_guest("web02", kernel=LAB_GUEST, memory=64)
    with Terminal(*hosts.source.within, HMPSH, NAME, columns=300) as terminal:
        terminal.wait_prompt("(web01)")
        for name in "web01", "web02":
            terminal.run(f"attach {name}", f"({name})")
            terminal.run(f"migrate -d {SLOWLY} {URI}", f"({name})")
        refusal = "\n".join(terminal.run("exit", "(web02)"))
        assert f"'web01' to {URI}, 'web02' to {URI}" in refusal, refusal
        terminal.send("exit\r")
        assert terminal.wait_end(30)[0] == 0
        for name in "web01", "web02":
            assert f"the migration of '{name}' to {URI} needs this shell" in terminal.text()
    wait_until(lambda: guest.states() == STAYED and guest.state(hosts.source, "web02") == "running"
               and guest.state(hosts.destination, "web02") == "gone", what="what was before")
