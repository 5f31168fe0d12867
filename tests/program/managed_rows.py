# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations that libvirt does, as rows of tables: what is typed, what is done meanwhile, and what
they come to.

Where hmpsh does not refuse by itself, the outcomes are those that virsh has with the same options,
found with libvirt 9.0 and QEMU 7.2.
"""
import dataclasses
import os
import pathlib
import re

import pytest

from conftest import HMPSH
from libvirtd import wait_until
from shell import Shell
from two_hosts_guests import BUSY, NAME, PACED, Guest, make_certificates

URI = "qemu+tcp://hostb/system"
SLOWLY = "--bandwidth 4"
MOVED = "gone", "running"
STAYED = "running", "gone"
EXCLUDE = "{} and {} exclude one another"


@dataclasses.dataclass(frozen=True)
class Row:
    """One migration: it is to move the guest, or to fail for the reason that `error`, a regular
    expression, describes."""
    name: str
    options: str = ""
    guest: str = "transient"  # as Guest.start()
    dirty: tuple = None
    during: tuple = ()  # lines, once memory is being sent; without any `migrate` waits itself
    error: str = ""
    status: int = 1  # of hmpsh when it fails
    early: bool = False  # hmpsh refuses it before libvirt is asked
    sides: tuple = None  # as Guest.state(); unless given MOVED or STAYED
    uri: str = URI
    arrives_as: str = NAME
    tls: bool = False

    @property
    def afterwards(self):
        return self.sides or (STAYED if self.error else MOVED)

    def __str__(self):  # its test's name
        return self.name.replace(" ", "-")


class Managed(Shell):
    """A shell at the source, or at another host, which lets libvirt migrate the guest."""

    def __init__(self, hosts, host=None):
        super().__init__(HMPSH, NAME, within=(host or hosts.source).within)

    def begin(self, options="", uri=URI):
        """Starts a migration and waits until memory is on its way; the status then."""
        self.get(f"migrate -d {options} {uri}")
        status = self.wait_for("active")
        assert (status["driver"], status["begun-by"]) == ("managed", "this shell")
        return status

    def wait_for(self, name):
        """Waits for a status with memory that was sent."""
        return wait_until(lambda: (now := self.get("info migrate")).get("status") == name
                          and now.get("ram", {}).get("transferred", 0) > 0 and now, what=name)

    def wait_for_disk(self):
        """Waits until a disk is being copied; the status then."""
        return wait_until(lambda: (now := self.get("info migrate")).get("disk", {}).get(
            "transferred", 0) > 0 and now, what="the copying of a disk")

    def finish(self):
        """Its end must be a good one; the last status."""
        self.get("migrate_set_speed 1g")
        return self.completed()

    def completed(self):
        """It comes to a good end, which can still be looked at when the guest has gone."""
        status = self.get("wait migration 60")
        assert status["status"] == "completed", status
        assert self.get("info migrate")["status"] == "completed"
        self.get("assert status == completed")
        summary = self.get("info migrations")[-1]
        assert (summary["kind"], summary["result"]) == ("managed", "completed"), summary
        return status

    def failed(self, error):
        """It comes to a bad end, for that reason."""
        kind, text = self.fail("wait migration 60")
        assert kind == "GenericError" and re.search(error, text), text
        return text


def signal_program(process, number):
    """To the program that runs in a host: `process` is what brought it there."""
    pid = process.pid
    child, = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(int(child), number)


@pytest.fixture(name="guest")
def fixture_guest(hosts):
    """A guest at the source."""
    return Guest(hosts).start()


@pytest.fixture(name="shell")
def fixture_shell(hosts, guest):  # pylint: disable=unused-argument  # the guest comes first
    """A shell there."""
    with Managed(hosts) as shell:
        yield shell


def run(hosts, row):
    """`migrate` waits for the end: how it comes back."""
    done = hosts.source.run(HMPSH, NAME, "migrate", *row.options.split(), row.uri)
    assert done.stdout == ""
    if row.error:
        assert done.returncode == row.status and re.search(row.error, done.stderr), done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert "--offline" in row.options or "\ncompleted" in f"\n{done.stderr}", done.stderr
    assert not (row.early and "migration of" in done.stderr), done.stderr


def run_with(hosts, row):
    """`migrate -d`, and lines meanwhile."""
    with Managed(hosts) as shell:
        shell.begin(row.options, row.uri)
        for line in row.during:
            shell.get(line)
        if row.error:
            shell.failed(row.error)
            assert shell.get("info status") == "VM status: running\n"
        else:
            shell.completed()
            assert shell.fail("info status")[0] == "Lost"


def check(hosts, row):
    """Brings about the migration of a row, and sees that it came to what stands there."""
    if row.tls:
        make_certificates(hosts)
    guest = Guest(hosts).start(kind=row.guest, dirty=row.dirty)
    (run_with if row.during else run)(hosts, row)
    sides = guest.state(hosts.source), guest.state(hosts.destination, row.arrives_as)
    assert sides == row.afterwards, sides
    for host, state in zip(hosts, sides):
        if state.startswith("running"):
            guest.check_runs(host)


MAIN = [
    Row("live"),
    Row("not live", "--no-live"),
    Row("p2p", "--p2p"),
    Row("p2p tunnelled", "--p2p --tunnelled"),
    Row("tunnelled without p2p", "--tunnelled", error="--tunnelled needs --p2p", early=True),
    Row("direct", "--direct", error="direct migration is not supported", early=True),
    Row("as zstack does", "--p2p --persistent --undefinesource", "persistent",
        sides=("gone", "running persistent")),
    Row("left suspended", "--suspend", sides=("gone", "paused")),
    Row("tls", "--tls", tls=True),
    Row("no libvirt there", uri="qemu+tcp://hostb:1/system",
        error="unable to connect to server at 'hostb:1': Connection refused"),
    Row("cancelled", "--bandwidth 4", during=("migrate_cancel",), error="cancel"),
    Row("faster", "--bandwidth 4", during=("migrate_set_speed 1g",)),
]

KINDS = [
    Row("persistent stays defined", "", "persistent", sides=("shut off", "running")),
    Row("persistent at both", "--persistent", "persistent",
        sides=("shut off", "running persistent")),
    Row("transient becomes persistent", "--persistent", sides=("gone", "running persistent")),
    Row("undefined at the source", "--undefinesource", "persistent"),
    Row("offline of running", "--offline --persistent", sides=("running", "shut off")),
    Row("offline of persistent", "--offline --persistent --undefinesource", "persistent",
        sides=("running persistent", "shut off")),  # a guest that runs stays defined
    Row("offline without persistent", "--offline", error="--offline needs --persistent",
        early=True),
    Row("offline live", "--offline --persistent --live", early=True,
        error=EXCLUDE.format("--offline", "--live")),
    Row("shut off", "", "off", error="guest 'web01' is not running", status=3,
        sides=("shut off", "gone")),
    Row("same host", uri="qemu+tcp://hosta/system", error="to the same host"),
    Row("other name", "--dname h", arrives_as="h"),
]

WAYS = [
    Row("no way for memory", "--migrateuri tcp://192.0.2.77:5555",
        error="unable to connect to server at '192.0.2.77:5555': No route to host"),
    Row("port", "--migrateuri tcp://hostb:49200"),
    Row("port and address", "--migrateuri tcp://hostb:49200 --listen-address 192.0.2.2"),
    Row("change protection", "--change-protection"),
    Row("abort on error", "--abort-on-error"),
    Row("p2p direct", "--p2p --direct", error="direct migration is not supported", early=True),
    Row("parallel", "--parallel"),
    Row("parallel connections", "--parallel --parallel-connections 4"),
    Row("parallel tunnelled", "--p2p --tunnelled --parallel", early=True,
        error=EXCLUDE.format("--tunnelled", "--parallel")),
    Row("compressed", "--compressed"),
    Row("xbzrle", "--compressed --comp-methods xbzrle --comp-xbzrle-cache 64M"),
    Row("p2p tls", "--p2p --tls", tls=True),
    Row("tls parallel", "--tls --parallel", tls=True),
    Row("tls tunnelled", "--p2p --tunnelled --tls", early=True,
        error=EXCLUDE.format("--tunnelled", "--tls")),
    Row("tls to another", "--tls --tls-destination hosta", tls=True,
        error="Certificate does not match the hostname hosta|Cannot read from TLS channel"),
    Row("bandwidth", "--bandwidth 20"),
    Row("post-copy tunnelled", "--p2p --tunnelled --postcopy", early=True,
        error=EXCLUDE.format("--postcopy", "--tunnelled")),
    Row("post-copy suspended", "--postcopy --suspend", early=True,
        error=EXCLUDE.format("--postcopy", "--suspend")),
    Row("zerocopy alone", "--zerocopy", error="--zerocopy needs --parallel", early=True),
]

MEANWHILE = [
    # libvirt remembers that it ran when the migration began
    Row("stopped", "--bandwidth 10", during=("stop",)),
    Row("stopped and continued", "--bandwidth 10", during=("stop", "cont")),
    Row("p2p cancelled", "--p2p --bandwidth 4", during=("migrate_cancel",), error="cancel"),
    Row("tunnelled cancelled", "--p2p --tunnelled --bandwidth 4", during=("migrate_cancel",),
        error="cancel"),
    Row("busy cancelled", "--bandwidth 40", dirty=BUSY,
        during=("wait pass 4 30", "migrate_cancel",), error="cancel"),
    Row("busy parallel cancelled", "--bandwidth 40 --parallel", dirty=BUSY,
        during=("migrate_cancel",), error="cancel|Broken pipe"),
    Row("busy with more downtime", "--bandwidth 40", dirty=BUSY,
        during=("wait pass 3 30", "migrate_set_downtime 5",)),
    Row("paced with auto-converge", "--bandwidth 40 --auto-converge --auto-converge-initial 60 "
        "--auto-converge-increment 20", dirty=PACED, during=("wait pass 3 30",)),
    Row("busy switched to post-copy", "--bandwidth 40 --postcopy", dirty=BUSY,
        during=("migrate_start_postcopy",)),
    Row("busy p2p switched to post-copy", "--p2p --bandwidth 40 --postcopy", "persistent",
        dirty=BUSY, during=("migrate_start_postcopy",), sides=("shut off", "running")),
]

LONG = KINDS + WAYS + MEANWHILE
