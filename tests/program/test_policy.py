# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that govern real migrations in the lab, with their times scaled down by their keys.

The guest writes to 50 MiB for ever, and 50 MiB are sent a second: it converges at a downtime limit
of 1000 ms, and not below.
"""
import os
import re

import pytest

from lab import Lab
from libvirtd import wait_until

HMPSH = os.environ["HMPSH"]
STEP = re.compile(r"Increasing downtime to (\d+) ms after (\d+) sec elapsed time")
CANCELLED = "was cancelled|failed: .*(write|socket)"  # QEMU 7.2 may call it so with a return path
BEFORE = {"downtime-limit": 300, "max-bandwidth": 50 << 20}
SCALED = "memory=1G downtime=2400 downtime_steps=3 downtime_delay=3"  # 800 at 0 s, 1333 at 6 s


@pytest.fixture(name="lab")
def fixture_lab():
    with Lab(HMPSH) as lab:
        lab.get("lab dirty 400M 50M")
        lab.get("migrate_set_speed 50m")
        yield lab


def steps(lab):
    """What the policy has told so far: (limit, after)."""
    return [(int(limit), int(after)) for limit, after in STEP.findall(lab.stderr())]


def parameters(lab):
    now = lab.get("qmp query-migrate-parameters")
    return {name: now[name] for name in BEFORE}


def capability(lab, name, guest=""):
    return any(entry["capability"] == name and entry["state"]
               for entry in lab.get(f"{guest} qmp query-migrate-capabilities".strip()))


def ends(lab, text):
    """The policy's last word, which comes before the migration's end is reported."""
    assert re.search(f"policy '[a-z-]+' ends: the migration of 'source' {text}", lab.stderr())


def test_nova_ends_at_the_step_that_fits(lab):
    lab.get(f"migrate_policy nova {SCALED}")
    status = lab.get("migrate peer")
    assert status["status"] == "completed" and status["total-time"] > 6000
    assert steps(lab) == [(800, 0), (1333, 6)]
    assert parameters(lab) == BEFORE
    ends(lab, r"is completed after \d+\.\d s; put back: downtime-limit 300 ms\n")


def test_nova_train_in_a_migration_begun_with_d(lab):
    """Whole numbers; what the policy sets is in force at once."""
    lab.get("migrate_policy nova-train memory=1G downtime=1000 downtime_steps=7")
    lab.get("migrate -d peer")
    wait_until(lambda: parameters(lab)["downtime-limit"] == 142, what="the first step")
    assert steps(lab) == [(142, 0)]
    lab.get("migrate_set_downtime 2")  # somebody knows better: that stays
    lab.get("wait migration 30")
    assert parameters(lab)["downtime-limit"] == 2000
    ends(lab, r"is completed after \d+\.\d s\n")


def test_timeout_aborts(lab):
    lab.get(f"migrate_policy nova {SCALED} completion_timeout=1")
    kind, text = lab.fail("migrate peer")
    assert kind == "GenericError" and re.search(CANCELLED, text)
    assert lab.get("info status") == "VM status: running\n"
    assert steps(lab) == [(800, 0)] and parameters(lab) == BEFORE
    ends(lab, r"(was cancelled|failed) after 2\.\d s; put back: downtime-limit 300 ms\n")


def test_timeout_completes_by_force(lab):
    """Without post-copy the guest is paused, and runs on at the destination."""
    lab.get(f"migrate_policy nova {SCALED} completion_timeout=1 timeout_action=force_complete")
    status = lab.get("migrate peer")
    assert status["status"] == "completed" and steps(lab) == [(800, 0)]
    assert lab.get("peer info status") == "VM status: running\n"
    assert "still paused" not in lab.stderr()
    ends(lab, "is completed")


def test_timeout_completes_by_postcopy(lab):
    lab.get(f"migrate_policy nova {SCALED} completion_timeout=1 timeout_action=force_complete "
            "permit_post_copy=on")
    status = lab.get("migrate peer")
    assert status["status"] == "completed" and "postcopy-requests" in str(status)
    assert lab.get("peer info status") == "VM status: running\n"
    assert not capability(lab, "postcopy-ram") and not capability(lab, "postcopy-ram", "peer")


def test_vdsm_switches_to_postcopy(lab):
    """One pass after another, each half a second: 150 ms, 200 ms, post-copy."""
    lab.get("migrate_policy vdsm-postcopy monitor_interval=1 autoConverge=off")
    status = lab.get("migrate peer")
    assert status["status"] == "completed"
    assert parameters(lab)["downtime-limit"] == 300
    ends(lab, r"is completed after \d+\.\d s; put back: .*downtime-limit 300 ms")


def test_auto_converge_of_a_policy(lab):
    lab.get(f"migrate_policy nova {SCALED} permit_auto_converge=on")
    lab.get("migrate -d peer")
    assert capability(lab, "auto-converge")
    lab.get("migrate_cancel")
    assert not capability(lab, "auto-converge") and parameters(lab) == BEFORE


def test_manual_lets_go(lab):
    """What was set stays to the end, and nothing more is done."""
    lab.get(f"migrate_policy nova {SCALED} completion_timeout=1")
    lab.get("migrate -d peer")
    wait_until(lambda: steps(lab), what="the first step")
    lab.get("migrate_policy manual")
    lab.get("sleep 3")
    assert lab.get("info migrate")["status"] == "active"
    lab.get("migrate_cancel")
    assert parameters(lab) == BEFORE and steps(lab) == [(800, 0)]


def test_nothing_is_left_of_one_that_does_not_begin(lab):
    lab.get(f"migrate_policy nova {SCALED} permit_auto_converge=on bandwidth=77")
    lab.fail("migrate unix:/nowhere/socket")
    assert parameters(lab) == BEFORE and not capability(lab, "auto-converge")


def test_bandwidth_of_a_policy(lab):
    lab.get(f"migrate_policy nova {SCALED} bandwidth=20")
    lab.get("migrate -d peer")
    assert parameters(lab)["max-bandwidth"] == 20 << 20
    lab.get("migrate_cancel")
    assert parameters(lab) == BEFORE


def test_no_disk_to_copy(lab):
    """It goes on as without -b, and is prepared once."""
    lab.get("migrate_policy pve speed=60")
    lab.get("migrate -b -d peer")
    wait_until(lambda: parameters(lab)["max-bandwidth"] == 60 << 20, what="the policy's speed")
    lab.get("migrate_cancel")
    assert parameters(lab) == BEFORE and not capability(lab, "auto-converge")
    assert lab.stderr().count("governs the migration") == 1


def test_pause_by_force_with_disks(lab):
    """What was paused at the source while its disks were copied runs on at the destination too."""
    lab.get("lab reset --disk 16M")
    lab.get("lab dirty 400M 50M")
    lab.get("migrate_policy nova completion_timeout=1 timeout_action=force_complete")
    assert lab.get("migrate -b peer")["status"] == "completed"
    assert lab.get("peer info status") == "VM status: running\n"


def test_one_after_another(lab):
    """The second begins with what was there before the first."""
    lab.get(f"migrate_policy nova {SCALED}")
    for _ in range(2):
        lab.get("migrate -d peer")
        wait_until(lambda: parameters(lab)["downtime-limit"] == 800, what="the first limit")
        lab.get("qmp migrate_cancel")
        lab.get('wait event "status=(cancelled|failed)"')
    assert lab.stderr().count("put back at its end: downtime-limit 300 ms\n") == 2
    wait_until(lambda: parameters(lab) == BEFORE, what="the end of the second")


def test_guest_that_was_paused_stays_so(lab):
    lab.get("stop")
    lab.get("migrate_set_speed 20m")
    lab.get("migrate_policy nova memory=1G completion_timeout=1 timeout_action=force_complete")
    assert lab.get("migrate peer")["status"] == "completed"
    assert "Live migration not completed" in lab.stderr()
    assert lab.get("peer info status") == "VM status: paused\n"


def test_letting_go(lab):
    """Of the peer's migration too."""
    lab.get(f"migrate_policy nova {SCALED} completion_timeout=1")
    lab.get("migrate -d peer")
    wait_until(lambda: steps(lab), what="the first step")
    lab.get("swap")
    lab.get("migrate_policy manual")
    lab.get("sleep 2.5")
    assert "Live migration not completed" not in lab.stderr()
