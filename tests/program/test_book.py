# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor session of a KVM book of QEMU 2.x, typed as it is printed there, on this QEMU.

Adapted is only where the migration goes: the book's destination is started with `-incoming
tcp:0:6666`, the lab's with `-incoming defer`, and gets its port from the test.
"""
import re
import socket

import pytest

from conftest import HMPSH
from lab import Lab

RUNNING, LEFT = "VM status: running\n", "VM status: paused (postmigrate)\n"

# The book's help texts; what other QEMUs have added to them is between them.
HELP_MIGRATE = [
    "migrate [-d] ", "uri -- migrate to URI (using -d to not wait for completion)\n",
    " -b for migration without shared storage with full copy of disk\n",
    " -i for migration without shared storage with incremental copy of disk "
    "(base image shared between src and destination)\n",
]
HELP = {
    "migrate_cancel": "migrate_cancel  -- cancel the current VM migration\n",
    "migrate_set_speed": "migrate_set_speed value -- set maximum speed (in bytes) for migrations. "
                         "Defaults to MB if no size suffix is specified, ie. B/K/M/G/T\n",
    "migrate_set_downtime": "migrate_set_downtime value -- set maximum tolerated downtime "
                            "(in seconds) for migrations\n",
}


@pytest.fixture(scope="module", autouse=True)
def needs_lab(lab_guest):
    if not lab_guest:
        pytest.skip("the lab's guest was not built")


@pytest.fixture(name="lab")
def lab_with_port():
    """A lab; lab.port is where its destination listens."""
    with socket.socket() as probe, Lab(HMPSH) as lab:
        probe.bind(("127.0.0.1", 0))
        lab.port = probe.getsockname()[1]
        probe.close()
        lab.get(f"peer migrate_incoming tcp:0:{lab.port}")
        lab.get("lab status")  # waits for the guest to run
        yield lab


def state(lab):
    """The fields of `info migrate`."""
    return lab.get("info migrate")


def test_migrate(lab):
    """`migrate tcp:HOST:PORT`: the prompt comes back when the guest runs at the destination."""
    lab.get(f"migrate tcp:127.0.0.1:{lab.port}")
    assert state(lab)["status"] == "completed"
    assert lab.get("info status") == LEFT
    assert lab.get("peer info status") == RUNNING
    before = lab.sides()["source"]["beat"]
    assert lab.wait_for_beat("destination", before + 10) > before, "the guest goes on there"


def test_migrate_detached_and_cancelled(lab):
    """`migrate -d`, and the commands that only then can be typed while the guest moves."""
    lab.get("lab dirty 100M")
    lab.get("migrate_set_speed 4M")
    lab.get(f"migrate -d tcp:127.0.0.1:{lab.port}")
    assert state(lab)["status"] in ("setup", "active")
    lab.get("wait active 10")
    lab.get("migrate_set_speed 8M")
    lab.get("migrate_set_downtime 0.5")
    assert state(lab)["status"] == "active"
    parameters = lab.get("qmp query-migrate-parameters")
    assert (parameters["max-bandwidth"], parameters["downtime-limit"]) == (8 << 20, 500)
    lab.get("migrate_cancel")
    assert state(lab)["status"] in ("cancelled", "failed")  # see raw.h: raw_cancel()
    assert lab.get("info status") == RUNNING


def test_limits_let_a_migration_end(lab):
    """A guest that writes faster than the link: the book's two limits decide whether it ends."""
    lab.get("lab dirty 40M 8M")
    lab.get("migrate_set_speed 32M")
    lab.get("migrate_set_downtime 0.001")
    lab.get(f"migrate -d tcp:127.0.0.1:{lab.port}")
    lab.get("sleep 1.5")
    assert state(lab)["status"] == "active"
    lab.get("migrate_set_speed 0")
    lab.get("migrate_set_downtime 1.5")
    lab.get("wait migration 30")
    assert lab.get("peer info status") == RUNNING


@pytest.mark.parametrize("flag, base", [("-b", ""), ("-i", "--base")])
def test_disks_are_copied(lab, flag, base):
    """The book's two migrations with disks, to a destination that listens where one says."""
    lab.get(f"lab reset --disk 16M {base}")
    lab.get("lab write 8M 4M")
    lab.get(f"peer migrate_incoming tcp:127.0.0.1:{lab.port}")
    lab.get(f"migrate {flag} tcp:127.0.0.1:{lab.port}")
    assert state(lab)["disk"]["remaining"] == 0
    assert (lab.get("info status"), lab.get("peer info status")) == (LEFT, RUNNING)
    lab.get("lab write 0")
    assert lab.get("lab check")["bad"] == 0


def test_help(hmpsh):
    """Where QEMU has the command its own words, which may be newer ones; else the book's."""
    script = "help migrate\n" + "".join(f"help {name}\n" for name in HELP)
    done = hmpsh("--lab", "--echo", stdin=script)
    assert (done.returncode, done.stderr) == (0, "")
    texts = re.split(r"^\(source\) help (\w+)\n", done.stdout, flags=re.MULTILINE)
    answers = dict(zip(texts[1::2], texts[2::2]))
    migrate = answers.pop("migrate")
    for part in HELP_MIGRATE[:2 if "[-b]" not in migrate else None]:
        assert part in migrate
        migrate = migrate.split(part, 1)[1]
    assert answers.keys() == HELP.keys()
    for name, text in HELP.items():
        assert answers[name].startswith(text)


def test_speed_takes_the_units(lab):
    """Bytes per second, MiB without a unit, 0 for no limit."""
    for value, speed in {"100B": 100, "100K": 100 << 10, "32": 32 << 20, "32M": 32 << 20,
                         "1G": 1 << 30, "1T": 1 << 40, "0": 0}.items():
        assert lab.get(f"migrate_set_speed {value}") == ""
        assert lab.get("qmp query-migrate-parameters")["max-bandwidth"] == speed


def test_comment_behind_a_command(hmpsh):
    """The book's note behind `info migrate` is not typed: as in QEMU it would be an argument."""
    done = hmpsh("--lab", stdin="help migrate_cancel\ninfo migrate    ##show migration status\n")
    assert (done.returncode, done.stdout) == (1, HELP["migrate_cancel"])
    assert done.stderr == ('<stdin>:2: migrate: extraneous characters at the end of line\n'
                           'Try "help info migrate" for more information\n')
