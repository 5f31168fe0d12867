# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate_policy and info migrate_policy: what is chosen, its plan, and what it would have done to
a migration that was recorded."""
import json
import pathlib

import pytest

from conftest import HMPSH
from libvirtd import Libvirtd
from shell import Shell
from terminal import Terminal

RECORDINGS = pathlib.Path(__file__).parent.parent / "recordings"
TRAIN = "migrate_policy nova-train downtime=5000 downtime_steps=7"
STEPS = [714, 1326, 1938, 2550, 3162, 3774, 4386, 4998]


@pytest.fixture(name="guest", scope="module")
def fixture_guest(session_daemon, lab_guest):
    return session_daemon.start_guest("web07", kernel=lab_guest)


@pytest.fixture(name="shell")
def fixture_shell():
    """Without a guest."""
    with Shell(HMPSH) as shell:
        yield shell


def steps(plan):
    return [line["downtime-limit"] for line in plan["plan"] if "downtime-limit" in line]


def replay(shell, policy, name):
    return shell.get(f"migrate_policy {policy} -- replay {RECORDINGS / name}")


def test_choosing(shell):
    assert shell.get("info migrate_policy") == {"policy": "manual"}
    shell.get(f"{TRAIN} memory=4G")
    plan = shell.get("info migrate_policy")
    assert plan == shell.get("migrate_policy")
    assert plan["policy"] == "nova-train" and plan["memory"] == 4 << 30 and plan["start"] == ""
    assert plan["keys"]["downtime"] == 5000 and plan["keys"]["downtime_delay"] == 75
    assert plan["keys"]["timeout_action"] == "abort" and plan["keys"]["permit_post_copy"] is False
    assert steps(plan) == STEPS
    assert [line["seconds"] for line in plan["plan"]] == [*range(0, 2101, 300), 3200]
    assert plan["plan"][-1]["what"] == "abort" and plan["abort"] == 3200
    shell.get("migrate_policy manual")
    assert shell.get("info migrate_policy") == {"policy": "manual"}


def test_errors(shell):
    shell.get(f"{TRAIN} memory=4G")
    for line, text in (
            ("nvoa", "there is no policy 'nvoa' (did you mean 'nova'?)"),
            ("nova downtme=1", "nova has no key 'downtme' (did you mean 'downtime'?)"),
            ("nova downtime", "'downtime' is no KEY=VALUE (as in memory=4G)"),
            ("nova downtime=99", "downtime is a whole number of ms, at least 100 and at most "
                                 "2000000, not '99'"),
            ("nova downtime_delay=0.5", "downtime_delay is a whole number of s per GiB, at least "
                                        "3, not '0.5'"),
            ("vdsm-suspend monitor_interval=1e300", "monitor_interval is a time in seconds (75, "
                                                    "0.5 or 300ms), at least 0.1, not '1e300'"),
            ("nova \"downtime=500", "migrate_policy: unterminated string"),
            ("nova -- plot", "behind '--' stands 'replay FILE', FILE being a recording"),
            ("nova -- replay", "behind '--' stands 'replay FILE', FILE being a recording")):
        assert shell.fail(f"migrate_policy {line}") == ("Syntax", text)
    assert steps(shell.get("info migrate_policy")) == STEPS  # what was chosen stays
    assert shell.fail("migrate_policy nova -- replay /nonesuch.jsonl")[0] == "GenericError"


def test_without_guest(hmpsh):
    """A plan needs a size: the guest's, or memory=."""
    with Libvirtd() as empty:
        run = hmpsh("-c", empty.uri, stdin="migrate_policy nova\ninfo migrate_policy\n")
        assert run.returncode == 3 and run.stdout == "" and "no guest runs" in run.stderr
        run = hmpsh("-c", empty.uri, stdin="migrate_policy nova memory=2G\n"
                                           "info migrate_policy\n")
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[:6] == [
        "nova memory=2G",
        "OpenStack Nova from Ussuri (21) on: the downtime limit grows in equal steps of time, and "
        "what takes too long is aborted.",
        "For a guest with 2 GiB of memory, without disks to copy:",
        "when          what",
        "after 0 s     downtime limit 50 ms",
        "after 150 s   downtime limit 95 ms"]
    assert run.stdout.splitlines()[-2:] == [
        "after 1600 s  abort",
        "A migration that does not end by itself is aborted after 26 min 40 s at the earliest."]


def test_guest(hmpsh, session_daemon, guest):
    """Its own size, and a read-only shell may look at plans."""
    script = f"{TRAIN}\ninfo migrate_policy\nmigrate_policy pve\ninfo migrate_policy\n"
    run = hmpsh("--json", "--read-only", "-c", session_daemon.uri, guest, "source /dev/stdin",
                stdin=script)
    assert run.returncode == 0, run.stderr
    nova, pve = [json.loads(line)["return"] for line in run.stdout.splitlines()[1::2][:2]]
    assert steps(nova) == STEPS and nova["memory"] == pve["memory"] > 0
    assert [line["seconds"] for line in nova["plan"]][:3] == [0, 150, 300]  # less than 2 GiB are 2
    assert "max-bandwidth 16 GiB/s" in pve["start"] and "abort" not in pve


def test_terminal(session_daemon, guest):
    """At a terminal it says what it chose."""
    with Terminal(HMPSH, "-c", session_daemon.uri, guest) as shell:
        shell.wait_prompt("(web07)")
        assert shell.run("migrate_policy vdsm-suspend compressed=off", "(web07)") == [
            "the next migrations are driven as by vdsm-suspend compressed=off"]
        assert shell.run("migrate_policy manual", "(web07)") == [
            "no policy drives the next migrations"]


def test_tab(hmpsh):
    def tab(line):
        return hmpsh("--complete=migrate_policy " + line).stdout.splitlines()
    assert tab("") == ["manual", "nova", "nova-train", "vdsm-minimal-downtime", "vdsm-suspend",
                       "vdsm-postcopy", "vdsm-very-large", "pve", "kubevirt"]
    assert tab("nova down") == ["downtime=", "downtime_steps=", "downtime_delay="]
    assert tab("nova downtime=300 down") == ["downtime_steps=", "downtime_delay="]
    assert tab("nova timeout_action=") == ["timeout_action=abort", "timeout_action=force_complete"]
    assert tab("pve ") == ["downtime=", "speed=", "memory=", "--"]
    assert tab("pve -- ") == ["replay"]
    assert tab(f"pve downtime=1 -- replay {RECORDINGS}/hope") == [f"{RECORDINGS}/hopeless.jsonl"]
    for typed in ("downtime=", "downtime=5"):
        run = hmpsh(f"--complete=migrate_policy nova downtime_steps=5 {typed}")
        assert run.stdout == "" and run.stderr.strip() == (
            "[key=value...]: downtime: the downtime limit that the last step sets (500 ms; at "
            "least 100)")


def test_replay(shell):
    """A guest that keeps 100 MiB dirty, over 64 MiB/s."""
    shell.get("migrate_policy pve memory=1G")
    done = replay(shell, "vdsm-minimal-downtime monitor_interval=1", "hopeless.jsonl")
    assert [action["downtime-limit"] for action in done["actions"]] == [150, 200, 300, 400]
    assert done["actions"][0]["text"] == "Setting downtime to 150"
    assert all(abs(action["working-set"] - (100 << 20)) < 2 << 20 and
               action["threshold"] < action["working-set"] for action in done["actions"])
    assert "switchover" not in done and done["recorded"]["status"] == "completed"
    fits = replay(shell, "kubevirt initialMs=1700 maxDowntimeMs=1700", "hopeless.jsonl")
    assert fits["switchover"]["working-set"] <= fits["switchover"]["threshold"]
    assert fits["switchover"]["downtime-limit"] == 1700
    assert fits["switchover"]["seconds"] < done["recorded"]["seconds"]
    assert shell.get("info migrate_policy")["policy"] == "pve"  # none of these was chosen


def test_replay_text(hmpsh):
    """As a table; and that nothing would have been done."""
    def lines(policy):
        run = hmpsh(stdin=f"migrate_policy {policy} -- replay {RECORDINGS / 'hopeless.jsonl'}\n")
        assert run.returncode == 0, run.stderr
        return run.stdout.splitlines()
    table = lines("nova completion_timeout=1")
    assert table[0].split() == ["when", "pass", "W", "threshold", "what"]
    assert table[1].split(maxsplit=3) == [
        "0.5", "s", "1", "Increasing downtime to 50 ms after 0 sec elapsed time"]
    assert table[2].endswith("Live migration not completed after 2 sec")
    assert table[3:] == ["what was recorded: completed after 9.6 s"]
    assert lines("pve") == ["the policy would have done nothing",
                            "what was recorded: completed after 9.6 s"]
