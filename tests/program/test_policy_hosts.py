# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that govern migrations which libvirt manages, between two hosts.

The guest (48 MiB, written to all the time) is sent at 40 MiB a second: it needs a downtime limit of
about 1200 ms.
"""
import re
import signal

from conftest import HMPSH, LAB_GUEST
from disks import INCOMING
from libvirtd import wait_until
from managed_rows import URI, Managed, signal_program
from shell import Shell
from two_hosts_guests import BUSY, CANCELLED, NAME, Guest

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
        assert re.search(f"was cancelled|{CANCELLED}", text) and steps(shell) == ["700"]
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
        signal_program(shell.process, signal.SIGKILL)
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
        assert re.search(r"hmpsh: the migration of 'web01' goes on without the policy 'nova'; "
                         r"what it has set stays, it was: downtime-limit \d+ ms\n",
                         shell.stderr())
    hosts.source.virsh("domjobabort", NAME)


def test_attaching_to_another_guest(hosts):
    """So is what goes on without it in the same shell."""
    Guest(hosts).start(dirty=BUSY)
    hosts.source.start_guest("web02", kernel=LAB_GUEST, memory=16)
    with Managed(hosts) as shell:
        shell.get(f"migrate_policy nova {SCALED}")
        shell.get(f"migrate -d {SLOW} --p2p {URI}")
        wait_until(lambda: limit(hosts) == 700, what="the first limit")
        shell.get("attach web02")
        assert "the migration of 'web01' goes on without the policy 'nova'; " in shell.stderr()
    hosts.source.virsh("domjobabort", NAME)


def test_leaving_what_the_shell_drives(hosts):
    """That ends with the shell, and with it the policy: nothing stays."""
    guest = Guest(hosts).start(dirty=BUSY)
    with Managed(hosts) as shell:
        before = limit(hosts)
        shell.get(f"migrate_policy nova {SCALED}")
        shell.get(f"migrate -d {SLOW} {URI}")
        wait_until(lambda: limit(hosts) == 700, what="the first limit")
        signal_program(shell.process, signal.SIGTERM)
        shell.process.wait(20)
        assert "needs this shell, and was cancelled" in shell.stderr()
        assert "goes on without" not in shell.stderr()
    assert limit(hosts) == before and guest.states() == ("running", "gone")


def test_a_libvirtd_that_is_started_again(hosts):
    """The policy goes on with a raw migration, though nobody looked at it from the prompt."""
    hosts.source.start_guest(NAME, kernel=LAB_GUEST, memory=64)
    hosts.destination.start_guest(NAME, kernel=LAB_GUEST, memory=64, qemu_args=INCOMING)
    with Shell(HMPSH, "-p", f"{NAME}@{hosts.destination.uri}", NAME,
               within=hosts.source.within) as shell:
        shell.get("migrate_set_speed 2m")
        shell.get(f"migrate_policy nova {SCALED}")
        shell.get("migrate -d peer")
        wait_until(lambda: steps(shell), what="the first step")
        hosts.source.kill_daemon()
        hosts.source.start_daemon()
        hosts.source.wait_for_daemon()
        shell.get("info status")
        wait_until(lambda: len(steps(shell)) > 1, what="another step")
        shell.get("migrate_set_speed 1g")
        shell.get("wait migration 30")
        assert "ends: the migration of 'web01' is completed" in shell.stderr()
        assert limit(hosts) == 300


def test_what_a_policy_adds(hosts):
    """It is to blame for what nobody has typed."""
    Guest(hosts).start()
    with Managed(hosts) as shell:
        shell.get("migrate_policy vdsm-postcopy")
        _, text = shell.fail(f"migrate --parallel {URI}")
        assert text.startswith("with what the policy 'vdsm-postcopy' adds: --postcopy and"), text
        shell.get("migrate_policy pve speed=50")  # its cache is libvirt's to set
        shell.get(f"migrate -d --p2p --bandwidth 4 {URI}")
        wait_until(lambda: shell.get("qmp query-migrate-parameters")["xbzrle-cache-size"] ==
                   8 << 20, what="the policy's cache")
        shell.get("migrate_cancel")
        status = shell.get("migrate --p2p --bandwidth 80 --comp-methods xbzrle "
                           f"--comp-xbzrle-cache 32M {URI}")
        assert status["status"] == "completed"
