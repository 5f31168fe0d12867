# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that govern migrations which libvirt manages, between two hosts.

The guest (48 MiB, written to all the time) is sent at 40 MiB a second: it needs a downtime limit of
about 1200 ms.
"""
import re
import signal

from libvirtd import wait_until
from managed_rows import URI, Managed, fixture_guest  # pylint: disable=unused-import
from two_hosts_guests import BUSY, NAME, Guest

SLOW = "--bandwidth 40"
SCALED = "memory=1G downtime=2100 downtime_steps=3 downtime_delay=3"  # 700 at 0 s, 1166 at 6 s, ...


def steps(shell):
    return re.findall(r"Increasing downtime to (\d+) ms", shell.stderr())


def limit(hosts):
    """QEMU's own, whoever is asked for it."""
    text = hosts.source.virsh("qemu-monitor-command", NAME, "--hmp", "info migrate_parameters")
    return int(re.search(r"downtime-limit: (\d+)", text)[1])


def test_nova_ends_it(hosts):
    """By whom it is driven makes no difference."""
    for options in "", "--p2p":
        guest = Guest(hosts).start(dirty=BUSY)
        with Managed(hosts) as shell:
            shell.get(f"migrate_policy nova {SCALED}")
            status = shell.get(f"migrate {SLOW} {options} {URI}")
            assert status["status"] == "completed" and steps(shell)[0] == "700"
            assert 2 <= len(steps(shell)) <= 3
            assert "ends: the migration of 'web01' is completed after" in shell.stderr()
        assert guest.states() == ("gone", "running")
        hosts.destination.virsh("destroy", NAME)


def test_timeout_leaves_the_source_running(hosts):
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        before = limit(hosts)
        shell.get(f"migrate_policy nova {SCALED} completion_timeout=1")
        _, text = shell.fail(f"migrate {SLOW} --p2p {URI}")
        assert "was cancelled" in text and steps(shell) == ["700"]
        assert guest.states() == ("running", "gone") and limit(hosts) == before


def test_pause_by_force(hosts):
    """libvirt lets a guest that was paused meanwhile run on at the destination."""
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        shell.get(f"migrate_policy nova {SCALED} completion_timeout=1 "
                  "timeout_action=force_complete")
        assert shell.get(f"migrate {SLOW} {URI}")["status"] == "completed"
        assert "still paused" not in shell.stderr()
    assert guest.states() == ("gone", "running")
    guest.check_runs(hosts.destination)


def test_postcopy_by_force(hosts):
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        shell.get(f"migrate_policy nova {SCALED} completion_timeout=1 "
                  "timeout_action=force_complete permit_post_copy=on permit_auto_converge=on")
        shell.get(f"migrate -d {SLOW} --p2p {URI}")
        wait_until(lambda: shell.get("info migrate")["status"].startswith("postcopy"),
                   what="post-copy")
        assert shell.finish()["status"] == "completed"
    assert guest.states() == ("gone", "running")


def test_a_killed_shell(hosts):
    """The migration is alive; what there was before has been told, and stays as it was set."""
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        before = limit(hosts)
        shell.get(f"migrate_policy nova {SCALED}")
        shell.get(f"migrate -d {SLOW} --p2p {URI}")
        wait_until(lambda: steps(shell), what="the first step")
        wait_until(lambda: limit(hosts) == 700, what="the first limit")
        shell.process.send_signal(signal.SIGKILL)
        shell.process.wait()
        assert f"put back at its end: downtime-limit {before} ms" in shell.stderr()
    assert limit(hosts) == 700 and guest.states() == ("running", "paused")
    hosts.source.virsh("domjobabort", NAME)


def test_leaving_it(hosts):
    """What goes on without the policy is told."""
    Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        shell.get(f"migrate_policy nova {SCALED}")
        shell.get(f"migrate -d {SLOW} --p2p {URI}")
        wait_until(lambda: limit(hosts) == 700, what="the first limit")
        shell.process.stdin.close()
        shell.process.wait(20)
        assert re.search(r"hmpsh: the policy 'nova' ends with this shell, and the migration of "
                         r"'web01' goes on without it; what it has set stays, it was: "
                         r"downtime-limit \d+ ms\n", shell.stderr())
    hosts.source.virsh("domjobabort", NAME)
