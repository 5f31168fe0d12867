# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh with two hosts, each with a libvirt of its own: raw migration between them, what becomes of
it when the link or a daemon fails, and a migration that libvirt does and hmpsh looks on."""
import contextlib
import csv
import io
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

from conftest import HMPSH, LAB_GUEST
from disks import INCOMING, MIB, disk_xml, qemu_img
from libvirtd import wait_until
from shell import Shell
from terminal import Terminal
from two_hosts import IMAGES
from two_hosts_guests import CANCELLED

ARRIVED = "info status\npeer info status\n"
KILLED = """
import signal
import time
from two_hosts import TwoHosts
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's is ignored
with TwoHosts() as hosts:
    print(*(host.pid for host in hosts), flush=True)
    time.sleep(60)
"""


def start_guest(host, **options):
    host.start_guest("web01", kernel=LAB_GUEST, memory=64, **options)


@pytest.fixture(name="pair")
def fixture_pair(hosts):
    """A guest at the source, and one at the destination that waits for it."""
    start_guest(hosts.source)
    start_guest(hosts.destination, qemu_args=INCOMING)
    return hosts


def arguments(hosts, uri=None):
    return "-p", f"web01@{uri or hosts.destination.uri}", "web01"


def run(hosts, script, uri=None):
    """Runs a script at the source with both guests attached."""
    return hosts.source.run(HMPSH, *arguments(hosts, uri), stdin=script)


@contextlib.contextmanager
def migrating(hosts):
    """A shell at the source in which a raw migration is under way, a long one: see finish()."""
    with Shell(HMPSH, *arguments(hosts), within=hosts.source.within) as shell:
        shell.get("migrate_set_speed 4m")
        shell.get("migrate -d peer")
        wait_until(lambda: shell.get("info migrate").get("ram", {}).get("transferred", 0) > MIB,
                   what="the copying of memory")
        yield shell


def finish(shell):
    """Lets the migration run to its end, which must be a good one."""
    shell.get("migrate_set_speed 1g")
    assert shell.get("wait migration 30")["status"] == "completed"


# The destination survives the loss of its link once its guest runs; QEMU 7.2 not always before.
POST_COPY = """\
fails --error "no paused migration" migrate -r peer
peer migrate_set_capability postcopy-ram on
migrate_set_capability postcopy-ram on
migrate_set_speed 16m
migrate_set_parameter max-postcopy-bandwidth 4m
migrate -d peer
migrate_start_postcopy
peer wait event RESUME 20
""" + 2 * """\
wait postcopy-active 20
migrate_pause
wait postcopy-paused 20
migrate -d -r peer
""" + """\
wait postcopy-active 20
migrate_set_parameter max-postcopy-bandwidth 0
wait migration 60
"""


# --- the hosts themselves ---

def test_nothing_is_left_of_hosts(hosts):  # pylint: disable=unused-argument  # skipped with them
    """Not even when the tests are killed."""
    for end in signal.SIGKILL, signal.SIGINT:
        with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL,
                              cwd=pathlib.Path(__file__).parent) as tests:
            first = tests.stdout.readline().split()
            tests.send_signal(end)
        assert len(first) == 2
        for pid in first:
            wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 5, "the end of a host")


def test_hosts_as_a_program(hosts):  # pylint: disable=unused-argument  # skipped with them
    """Its keys are the command's."""
    program = pathlib.Path(__file__).parent / "two_hosts.py"
    with Terminal(sys.executable, str(program)) as terminal:
        terminal.wait_prompt("(web01)")
        terminal.send("sleep 60\r")
        terminal.wait_for("sleep 60")
        terminal.interrupt("(web01)")
        assert terminal.run("info status", "(web01)") == ["VM status: running"]
        terminal.send("!hostname; exit 3\r")
        terminal.wait_for("hosta")
        terminal.wait_prompt("(web01)")
        terminal.send("quit\r")
        assert terminal.wait_end()[0] == 0


# --- raw ---

def test_post_copy_that_lost_its_link_goes_on(pair):
    done = run(pair, POST_COPY + ARRIVED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("VM status: paused (postmigrate)\nVM status: running\n")


def test_migrate_peer(pair):
    done = run(pair, "migrate_set_speed 512m\nmigrate -d peer\nwait migration 20\n"
                     "assert status == completed\nassert blackout < 10s\n"
                     "info migrations --csv\n" + ARRIVED)
    assert done.returncode == 0, done.stderr
    *table, here, there = done.stdout.splitlines()
    assert (here, there) == ("VM status: paused (postmigrate)", "VM status: running")
    summary, = csv.DictReader(io.StringIO("\n".join(table)))
    assert (summary["kind"], summary["result"]) == ("raw", "completed")


def test_host_whose_own_name_is_its_loopback(pair):
    """As on a Debian with an address from DHCP: the name is of use to the others only."""
    hosts = pair.destination.path("/etc/hosts")
    before = hosts.read_text()
    hosts.write_text("127.0.0.1 localhost\n127.0.1.1 hostb\n")
    try:
        done = run(pair, "migrate peer\n" + ARRIVED)
    finally:
        hosts.write_text(before)
    assert done.returncode == 0, done.stderr


def test_host_without_a_name(pair):
    """The address by which its libvirt was reached serves QEMU too."""
    hosts = pair.source.path("/etc/hosts")
    before = hosts.read_text()
    hosts.write_text("127.0.0.1 localhost\n")
    try:
        done = run(pair, "migrate peer\n" + ARRIVED,
                   f"qemu+tcp://{pair.destination.address}/system")
    finally:
        hosts.write_text(before)
    assert done.returncode == 0, done.stderr


def test_peer_that_listens_everywhere_already(pair):
    done = run(pair, "peer migrate_incoming tcp:0.0.0.0:0\nmigrate peer\n" + ARRIVED)
    assert done.returncode == 0, done.stderr


def test_disk(hosts):
    image = f"{IMAGES}/web01.raw"
    here, there = (host.path(image) for host in hosts)
    here.write_bytes(os.urandom(8 * MIB))
    qemu_img("create", "-q", "-f", "raw", there, 8 * MIB)
    disk = disk_xml("hda", image)
    start_guest(hosts.source, devices=disk)
    start_guest(hosts.destination, devices=disk, qemu_args=INCOMING)
    done = run(hosts, "migrate -b peer\n" + ARRIVED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("(postmigrate)\nVM status: running\n")
    assert here.read_bytes() == there.read_bytes()


# --- what fails ---

def test_link_that_comes_back(pair):
    with migrating(pair) as shell:
        pair.source.set_link("down")
        assert shell.fail("wait migration 0.5")[0] == "Timeout"
        assert shell.get("info migrate")["status"] == "active"
        pair.source.set_link("up")
        finish(shell)
        assert shell.get("peer info status") == "VM status: running\n"


def test_cancel_without_a_link(pair):
    with migrating(pair) as shell:
        pair.source.set_link("down")
        cancelled = shell.ask("migrate_cancel")
        assert "return" in cancelled and cancelled["seconds"] < 10, cancelled  # no keepalive's time
        kind, text = shell.fail("wait migration 5")
        assert kind == "GenericError" and "the migration of 'web01' " in text
        assert shell.get("info status") == "VM status: running\n"
        done = run(pair, "info status\n")  # nobody is there to attach to
        assert done.returncode == 3
        assert f"cannot connect to {pair.destination.uri}" in done.stderr


def test_destination_without_its_libvirtd(pair):
    with migrating(pair) as shell:
        pair.destination.kill_daemon()
        assert shell.fail("peer info status")[0] == "Lost"
        finish(shell)
        pair.destination.start_daemon()
        pair.destination.wait_for_daemon()
        assert shell.get("peer info status") == "VM status: running\n"


def test_source_without_its_libvirtd(pair):
    with migrating(pair) as shell:
        pair.source.kill_daemon()
        assert shell.fail("info migrate")[0] == "Lost"
        pair.source.start_daemon()
        pair.source.wait_for_daemon()
        assert shell.get("info migrate")["status"] == "active"
        finish(shell)


# --- looking on ---

@contextlib.contextmanager
def virsh_migrate(hosts, *options):
    """virsh moves the guest meanwhile, slowly."""
    with subprocess.Popen([*hosts.source.within, "virsh", "-q", "-c", "qemu:///system", "migrate",
                           "--live", "--bandwidth", "4", *options, "web01",
                           hosts.destination.uri], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as virsh:
        yield virsh


def wait_for_memory(shell):
    """Waits until QEMU has begun: libvirt prepares the destination first."""
    return wait_until(lambda: (now := shell.get("info migrate")).get("status") == "active" and now,
                      what="the migration")


@pytest.mark.parametrize("options", [(), ("--p2p",)], ids=["direct", "p2p"])
def test_looking_on(hosts, options):
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        assert shell.get("info migrate") == {}
        with virsh_migrate(hosts, *options) as virsh:
            assert wait_for_memory(shell)["verdict"] == "copying"
            assert "Migration status: active" in hosts.source.do(HMPSH, "web01", "info migrate")
            pretty = hosts.source.do(HMPSH, "web01", stdin="set status pretty\ninfo migrate\n")
            assert pretty.startswith("active  [") and "Remaining " in pretty
            finish(shell)
            virsh.wait(10)
        assert virsh.returncode == 0
        summary, = shell.get("info migrations")
        assert summary["result"] == "completed"
        assert shell.fail("info status") == ("Lost", "guest 'web01' is gone: it was migrated away")


def test_cancelling_libvirts_migration(hosts):
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        with virsh_migrate(hosts) as virsh:
            wait_for_memory(shell)
            shell.get("migrate_cancel")
            assert "cancelled" in shell.fail("wait migration 10")[1]
            assert re.search(CANCELLED, virsh.stderr.read())
        assert shell.get("info status") == "VM status: running\n"


def test_guest_that_went_before_the_wait(hosts):
    """Nobody listened when it went, and libvirt does not know it any more."""
    start_guest(hosts.source)
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        shell.get("info status")
        hosts.source.virsh("migrate", "--live", "web01", hosts.destination.uri)
        for line in "wait migration", "info migrate", "info status":
            assert shell.fail(line) == ("Lost", "guest 'web01' is gone: it has ended")


def test_persistent_guest_that_went_before_the_wait(hosts):
    """libvirt knows why, and what it came to, as long as it knows the guest."""
    start_guest(hosts.source)
    hosts.source.virsh("define", "/dev/stdin", stdin=hosts.source.virsh("dumpxml", "web01"))
    with Shell(HMPSH, "web01", within=hosts.source.within) as shell:
        shell.get("info status")
        hosts.source.virsh("migrate", "--live", "web01", hosts.destination.uri)
        assert shell.get("wait migration")["driver"] == "managed"
        assert shell.get("info migrate")["begun-by"] == "somebody else"
        assert shell.fail("info status") == ("Lost",
                                             "guest 'web01' is gone: it was migrated away")


@pytest.mark.parametrize("line", ["watch info migrate", "wait migration"])
def test_looking_on_at_a_terminal(hosts, line):
    start_guest(hosts.source)
    program, *within = hosts.source.within
    with Terminal(program, *within, HMPSH, "web01") as terminal:
        terminal.wait_prompt("(web01)")
        with virsh_migrate(hosts) as virsh:
            terminal.wait_for("MIGRATION status=active")
            terminal.send(line + "\r")
            terminal.wait_for("pass 1")
            hosts.source.virsh("migrate-setspeed", "web01", "1024")
            virsh.wait(30)
        terminal.wait_for("libvirt:stopped reason=it was migrated away")
        terminal.wait_prompt("(web01: moved)")
        assert "completed" in terminal.text()
