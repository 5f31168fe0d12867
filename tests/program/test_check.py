# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate_check in the lab: a healthy pair has nothing to be said of, and each thing that is wrong
is a row of its own."""
import pytest

from check_rows import only_row, rows
from conftest import HMPSH
from lab import Lab
from lab_terminal import LabTerminal
from libvirtd import wait_until


# Each test undoes what it did: a fresh pair takes seconds.
@pytest.fixture(name="lab", scope="module")
def fixture_lab():
    """A pair without disks."""
    with Lab(HMPSH) as lab:
        yield lab


@pytest.fixture(name="disks", scope="module")
def fixture_disks():
    """A pair with a disk each."""
    with Lab(HMPSH) as lab:
        lab.get("lab reset --disk 16M")
        yield lab


@pytest.mark.parametrize("line", ["migrate_check", "migrate_check peer", "migrate -n peer",
                                  "migrate -n -b peer"])
def test_healthy(lab, line):
    answer = lab.get(line)
    assert {row["result"] for row in answer} == {"ok"}
    assert {"state", "QEMU", "peer", "machine", "memory"} <= {row["check"] for row in answer}
    assert lab.get("qmp query-migrate") == {}
    assert lab.get("peer qmp query-status")["status"] == "inmigrate"


def test_paused_guest(lab):
    lab.get("stop")
    check, result, text = only_row(lab)
    lab.get("cont")
    assert (check, result) == ("state", "warning") and "'cont'" in text


def test_the_side_that_waits(lab):
    lab.get("swap")
    found = rows(lab)
    lab.get("swap")
    assert found["state"][0] == "blocker" and "'swap'" in found["state"][1]
    assert found["peer"][0] == "blocker"


@pytest.mark.parametrize("side, other", [("", "peer "), ("peer ", "")])
def test_capability_on_one_side(lab, side, other):
    lab.get(f"{side}migrate_set_capability multifd on")
    check, result, text = only_row(lab)
    assert (check, result) == ("multifd", "blocker")
    assert text.endswith(f"'{other}migrate_set_capability multifd on'")
    lab.get(text.rsplit("'", 2)[1])
    assert not rows(lab)
    for both in side, other:
        lab.get(f"{both}migrate_set_capability multifd off")


def test_parameter_on_one_side(lab):
    for side in "", "peer ":
        lab.get(f"{side}migrate_set_capability multifd on")
    lab.get("migrate_set_parameter multifd-compression zlib")
    check, result, text = only_row(lab)
    assert (check, result) == ("multifd-compression", "blocker")
    lab.get(text.rsplit("'", 2)[1])
    assert not rows(lab)
    for side in "", "peer ":
        lab.get(f"{side}migrate_set_capability multifd off")


def test_encryption_on_one_side(lab):
    lab.get("migrate_set_parameter tls-creds tls0")
    check, result, _ = only_row(lab)
    lab.get("qmp migrate-set-parameters tls-creds=")
    assert (check, result) == ("tls-creds", "blocker")
    assert not rows(lab)


def test_no_downtime(lab):
    lab.get("migrate_set_downtime 0")
    check, result, text = only_row(lab)
    assert (check, result) == ("limits", "warning")
    lab.get(text.rsplit("'", 2)[1])
    assert not rows(lab)


def test_migration_under_way(lab):
    lab.get("migrate_set_speed 1m")
    lab.get("migrate -d peer")
    wait_until(lambda: lab.get("info migrate").get("status") == "active", what="the migration")
    found = rows(lab)
    lab.get("migrate_set_speed 0")
    assert found["migration"][0] == "blocker" and "'migrate_cancel'" in found["migration"][1]


def test_migrated_guest(lab):
    """The one of the test before."""
    lab.get("wait migration")
    found = rows(lab)
    assert found["state"][0] == "blocker" and "was migrated" in found["state"][1]
    assert found["peer"][0] == "blocker" and "'lab reset'" in found["peer"][1]


def test_other_disks(disks):
    """Each of the guests has an image of its own."""
    check, result, text = only_row(disks)
    assert check.startswith("disk ") and result == "blocker" and "'migrate -b peer'" in text
    assert not rows(disks, "migrate -n -b peer")
    assert not rows(disks, "migrate_check -b peer")


def test_block_job(disks, tmp_path):
    node = disks.get("qmp query-block")[0]["inserted"]["node-name"]
    copy = tmp_path / "copy"
    copy.write_bytes(bytes(16 << 20))
    disks.get(f"qmp drive-mirror job-id=copy1 device={node} target={copy} sync=full "
              "mode=existing format=raw speed=4096")
    result, text = rows(disks, "migrate -n -b peer")["block job copy1"]
    assert result == "blocker" and "'block_job_cancel copy1'" in text
    disks.get("qmp block-job-cancel device=copy1 force=true")
    wait_until(lambda: not rows(disks, "migrate -n -b peer"), what="the end of the job")


def test_job_that_is_over(disks, tmp_path):
    """One that waits to be let go is in nobody's way."""
    image = tmp_path / "image"
    image.write_bytes(bytes(1 << 20))
    disks.get('{"execute":"blockdev-add","arguments":{"node-name":"made","driver":"file",'
              f'"filename":"{image}"}}}}')
    disks.get('{"execute":"blockdev-create","arguments":{"job-id":"make1","options":'
              '{"driver":"qcow2","file":"made","size":1048576}}}')
    wait_until(lambda: disks.get("qmp query-jobs")[0]["status"] == "concluded", what="its end")
    assert not rows(disks, "migrate -n -b peer")
    disks.get("qmp job-dismiss id=make1")
    disks.get("qmp blockdev-del node-name=made")


def test_disk_of_another_size(disks):
    node = disks.get("qmp query-block")[0]["inserted"]["node-name"]
    disks.get(f"qmp block_resize node-name={node} size=24M")
    check, result, text = only_row(disks, "migrate -n -b peer")
    assert (check, result) == ("disks", "blocker") and "exactly as large" in text


def test_at_a_terminal():
    """As a table, with the ways out below, in the window's width."""
    with LabTerminal(columns=60) as terminal:
        terminal.run("peer migrate_set_capability multifd on")
        lines = terminal.run("migrate_check peer")
        assert max(map(len, lines)) <= 60
        assert lines[0].split() == ["result", "check", "found"]
        assert any(line.startswith("way out (multifd): 'migrate_set_") for line in lines)
        assert lines[-1] == "1 blocker"
