# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations recorded, shown again and drawn."""
import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from conftest import HMPSH
from lab import Lab, Place
from libvirtd import wait_until
from terminal import Terminal

MIB = 1 << 20
RECORDINGS = pathlib.Path(__file__).parent.parent / "recordings"
NOWHERE = {**os.environ, "LIBVIRT_DEFAULT_URI": "qemu+unix:///session?socket=/nonexistent"}
HOPELESS = ["lab dirty 200M 100M", "migrate_set_speed 64m", "migrate_set_downtime 0.05"]


def offline(script, *options, environment=None):
    """Runs a script where libvirt cannot be reached."""
    return subprocess.run([HMPSH, *options], input=script, env=environment or NOWHERE, check=False,
                          capture_output=True, text=True, timeout=60)


def lines_of(path):
    """The lines of a .jsonl: the head, the looks, the events."""
    head, *rest = [json.loads(line) for line in path.read_text().splitlines()]
    return (head, [line for line in rest if "status" in line],
            [line for line in rest if "event" in line])


@pytest.fixture(scope="module", name="both")
def recorded_in_both_formats(tmp_path_factory):
    """A migration in each format: the two files, and what `info migrate` said after each."""
    place = tmp_path_factory.mktemp("both")
    files = [place / "a.jsonl", place / "b.csv"]
    ends = []
    for path, seconds in zip(files, (4.2, 1)):
        script = "\n".join([*HOPELESS, f"record {path}", "migrate -d peer", f"sleep {seconds}",
                            "migrate_set_downtime 5", "wait migration 20", "record off",
                            "info migrate"])
        done = subprocess.run([HMPSH, "--lab"], input=script, capture_output=True, text=True,
                              check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        ends.append(done.stdout)
    return *files, ends


# --- recording ---

def test_jsonl(both):
    head, looks, events = lines_of(both[0])
    assert (head["hmpsh-recording"], head["guest"], head["peer"]) == (1, "source", "destination")
    assert time.time() - 300 < time.mktime(time.strptime(head["begun"], "%Y-%m-%dT%H:%M:%SZ")) \
        - time.timezone < time.time() + 5
    assert {look["status"]["status"] for look in looks} >= {"active", "completed"}
    assert looks[-1]["status"]["status"] == "completed"
    assert {(event["side"], event["event"]) for event in events} >= {
        ("source", "STOP"), ("destination", "RESUME"), ("source", "MIGRATION_PASS")}
    assert looks[2]["limits"]["max-bandwidth"] == 64 * MIB
    assert [look["limits"]["downtime-limit"] for look in looks][::len(looks) - 1] == [50, 5000]
    times = [look["time"] for look in looks]
    assert times == sorted(times) and len(looks) < 3 * times[-1] + 2 * len(events)


def test_working_set_is_seen_as_the_pass_begins(both):
    _, looks, events = lines_of(both[0])
    begun = {event["data"]["pass"]: event["time"] for event in events
             if event["event"] == "MIGRATION_PASS"}
    seen = {}
    for look in looks:
        ram = look["status"].get("ram", {})
        number = ram.get("dirty-sync-count", 0)
        if look["status"]["status"] == "active" and number > 1:
            late = look["time"] - begun[number]
            seen.setdefault(number, []).append((late, look["status"], ram))
    passes = [looks for _, looks in sorted(seen.items()) if looks[-1][0] > 0.25]
    assert len(passes) >= 2
    for (late, _, ram), *_, (_, status, later) in passes:
        # QEMU sends what it may in a tenth of a second at once
        assert late < 0.1 and 84 * MIB < ram["remaining"] < 103 * MIB
        # and tells a tenth of a second later how long it would take
        assert 97 * MIB < status["expected-downtime"] * later["mbps"] * 125 < 103 * MIB


def test_csv(both):
    with open(both[1], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:5] == ["time [s]", "side", "event", "status", "total-time [ms]"]
    assert "max-bandwidth [bytes/s]" in rows[0] and "downtime-limit [ms]" in rows[0]
    assert rows[-1]["status"] == "completed" or rows[-1]["event"]
    assert int([row for row in rows if row["status"]][-1]["remaining [bytes]"]) == 0
    stop, = [row for row in rows if row["event"] == "STOP"]
    assert stop["side"] == "source" and stop["status"] == "" and float(stop["stamp [s]"]) > 1e9
    passes = [json.loads(row["data"])["pass"] for row in rows if row["event"] == "MIGRATION_PASS"]
    assert passes[:3] == [1, 2, 3]


def state_and_pass(look):
    return look["status"]["status"], look["status"].get("ram", {}).get("dirty-sync-count", 0)


def test_disks_are_looked_at(tmp_path):
    """From the first byte of the disks to the end, each figure once and never an older one."""
    path = tmp_path / "x.jsonl"
    with Lab(HMPSH) as lab:
        lab.get("lab reset --disk 64M")
        lab.get("lab write 64M 64M")  # an image without contents is copied in no time
        wait_until(lambda: lab.sides()["source"]["disk"]["written"] >= 60 * MIB, what="contents")
        lab.get("lab write 0")
        lab.get(f"record {path}")
        lab.get("migrate_set_speed 16m")
        lab.get("migrate -d -b peer")
        time.sleep(1)
        assert lab.get("info migrate")["disk"]["remaining"] > 0
        copying = lab.get("record")["looks"]
        assert 3 <= copying <= 5
        wait_until(lambda: "ram" in lab.get("info migrate"), what="the memory")
        lab.get("lab write 8M 4M")
        lab.get("migrate_set_speed 1g")
        lab.get("wait migration 30")
        lab.get("record off")
        lab.fail("migrate tcp:127.0.0.1:1")  # which is not recorded
        told = lab.get("record")
    _, looks, events = lines_of(path)
    assert told["looks"] == len(looks) and told["events"] == len(events)
    assert looks[-1]["status"]["status"] == "completed"
    times = [look["time"] for look in looks]
    figures = [look["status"].get("total-time", 0) for look in looks]
    assert times == sorted(times) and figures == sorted(figures)
    disks = [look for look in looks if "ram" not in look["status"]]
    done = [look["status"]["disk"]["transferred"] for look in disks if "disk" in look["status"]]
    assert len(done) > 4 and done == sorted(done) and done[0] < 20 * MIB < done[-1]
    order = {"active": 0, "setup": 0, "device": 1, "completed": 2}  # setup: the memory's
    reached = [(order[state], number) for state, number in map(state_and_pass, looks)]
    assert reached == sorted(reached) and {state for state, _ in reached} == {0, 1, 2}
    changes = sum(one != other for one, other in zip(reached, reached[1:]))
    assert len(looks) <= 3 * (times[-1] - times[0]) + changes + 3
    assert len({json.dumps(look["status"]) for look in looks}) == len(looks)
    assert ("destination", "RESUME") in {(event["side"], event["event"]) for event in events}


def test_disks_that_are_replaced_at_once(tmp_path):
    """The end of one is seen though another migration follows on its heels, and so is that."""
    path = tmp_path / "x.jsonl"
    with Lab(HMPSH) as lab:
        lab.get("lab reset --disk 64M")
        lab.get(f"record {path}")
        for line in ("migrate_set_speed 8m", "migrate -d -b peer", "sleep 0.5", "migrate_cancel",
                     "wait migration 20", "migrate tcp:127.0.0.1:1", "record off"):
            lab.ask(line)
    states = [look["status"]["status"] for look in lines_of(path)[1]]
    assert states.count("cancelled") == 1
    if states[-1] == "cancelled":
        pytest.skip("QEMU took no other migration so soon")  # 10.0 now and then
    assert states[-1] == "failed" and states.index("cancelled") < len(states) - 1


def test_peer_that_is_gone(tmp_path):
    """The source is recorded all the same, and the peer's events from when it is there."""
    path = tmp_path / "x.jsonl"
    with Lab(HMPSH) as lab:
        lab.get("lab reset")
        os.kill(lab.place.qemu_pid("destination"), signal.SIGKILL)
        wait_until(lambda: lab.get("domains") and "destination" not in
                   [guest["name"] for guest in lab.get("domains")], what="the peer's end")
        lab.get(f"record {path}")
        assert lab.get("record")["recording"] is True
        said = lab.stderr()
        assert "the events of 'destination' will be missing until it is there: no guest" in said
        lab.get("migrate peer")  # to a new one
        lab.get("record off")
    _, looks, events = lines_of(path)
    assert looks[-1]["status"]["status"] == "completed"
    assert ("destination", "RESUME") in {(event["side"], event["event"]) for event in events}


def test_what_is_told(tmp_path):
    path = tmp_path / "x.jsonl"
    with Lab(HMPSH) as lab:
        assert lab.get("record") == "nothing is recorded\n"
        assert lab.get("record off") == ""
        for bad, reason in (("x.txt", ".jsonl or .csv"), ("/nonexistent/x.csv", "No such file")):
            assert reason in lab.fail(f"record {bad}")[1]
        lab.get(f"record {path}")
        assert "already" in lab.fail(f"record {path}")[1]
        assert lab.get("record")["recording"] is True
        lab.get("migrate peer")
        lab.get("record off")
        told = lab.get("record")
        assert told["recording"] is False and told["looks"] > 2 and told["guest"] == "source"
        assert told["bytes"] == path.stat().st_size
        lab.get(f"record {tmp_path}/y.csv")  # and another one
        lab.get("record off")
        size = path.stat().st_size
        lab.get("swap")
        lab.get("stop")
        assert path.stat().st_size == size


def test_idle_guest_is_asked_nothing(tmp_path, session_daemon):
    """libvirt numbers the commands that it sends to a guest's monitor."""
    def number():
        reply = session_daemon.virsh("qemu-monitor-command", "idle", '{"execute":"query-name"}')
        return int(re.search(r'"id":"libvirt-(\d+)"', reply).group(1))
    path = tmp_path / "x.jsonl"
    session_daemon.start_guest("idle")
    with subprocess.Popen([HMPSH, "-c", session_daemon.uri, "idle"], text=True,
                          stdin=subprocess.PIPE) as shell:
        shell.stdin.write(f"record {path}\nsleep 30\n")
        shell.stdin.flush()
        wait_until(path.exists, what="the recording")
        time.sleep(0.5)
        before = number()
        time.sleep(2)
        assert number() - before == 1
        shell.terminate()
        assert shell.wait(10) == 128 + signal.SIGTERM
    session_daemon.virsh("destroy", "idle")
    assert lines_of(path)[1] == []


def test_file_that_becomes_full(tmp_path, session_daemon):
    """The recording ends with a message and whole lines; nothing else does."""
    path = tmp_path / "full.jsonl"
    session_daemon.start_guest("full")
    script = f"record {path}\n" + "migrate -d unix:/nonexistent/s\nsleep 0.05\n" * 20 + "record\n"
    done = subprocess.run(["sh", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$0" "$@"', HMPSH, "-k",
                           "-c", session_daemon.uri, "full"], input=script, capture_output=True,
                          text=True, check=False, timeout=60)
    session_daemon.virsh("destroy", "full")
    assert f"the recording of 'full' in '{path}' ends: cannot write" in done.stderr, done.stderr
    assert done.stdout.startswith("ended: ")
    assert 1000 < path.stat().st_size <= 2048 and path.read_text().endswith("\n")
    assert len(lines_of(path)[1]) > 1


def test_lost_guest(tmp_path):
    with Lab(HMPSH) as lab:
        lab.get(f"record {tmp_path}/x.jsonl")
        os.kill(lab.place.qemu_pid("source"), signal.SIGKILL)
        wait_until(lambda: "guest 'source' is gone" in lab.stderr(), what="the end")
        assert lab.get("record")["recording"] is False


def test_guest_that_does_not_answer(tmp_path):
    """The prompt does not wait for it for long, and what was recorded stays."""
    with Lab(HMPSH, "-t", "1") as lab:
        for line in (*HOPELESS, f"record {tmp_path}/x.jsonl", "migrate -d peer", "sleep 0.5"):
            lab.get(line)
        pid = lab.place.qemu_pid("source")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.4)
        begun = time.monotonic()
        lab.get("record off")
        lab.get("record off")
        assert time.monotonic() - begun < 3
        os.kill(pid, signal.SIGCONT)
    assert len(lines_of(tmp_path / "x.jsonl")[1]) > 1


def test_killed_shell(tmp_path):
    path = tmp_path / "x.jsonl"
    with Place() as place, subprocess.Popen([HMPSH, "--lab"], stdin=subprocess.PIPE, text=True,
                                            env=place.environment) as shell:
        script = [*HOPELESS, f"record {path}", "migrate -d peer", "sleep 9", ""]
        shell.stdin.write("\n".join(script))
        shell.stdin.flush()
        wait_until(lambda: path.exists() and path.read_text().count("\n") > 12, what="some lines")
        shell.kill()
        shell.wait()
        place.wait_until_empty()
    done = offline(f"replay {path} 0\n")
    assert done.returncode == 0 and "Migration status: active" in done.stdout, done.stderr


# --- showing it again ---

def test_replay_ends_as_it_was(both):
    *files, ends = both
    for path, end in zip(files, ends):
        done = offline(f"replay {path} 0\n")
        assert (done.returncode, done.stdout) == (0, end), done.stderr
        assert re.search(r"^active .*  pass 1 .*\n((active|device) .*\n)*completed  in ",
                         done.stderr, re.MULTILINE), done.stderr


def test_replay_takes_its_time(both):
    _, looks, _ = lines_of(both[0])
    span = looks[-1]["time"] - looks[0]["time"]
    begun = time.monotonic()
    assert offline(f"replay {both[0]} 4\n").returncode == 0
    assert span / 4 - 0.1 < time.monotonic() - begun < span / 4 + 1


def test_replay_at_a_terminal():
    with Terminal(HMPSH, environment={**NOWHERE, "HMPSH_PAGER": ""}) as shell:
        shell.wait_prompt("(no guest)")
        shell.send(f"replay {RECORDINGS}/hopeless.jsonl 4\r")
        shell.wait_for("source: MIGRATION status=completed")
        shell.wait_prompt("(no guest)")
        assert "Downtime      49 ms" in shell.text()
        assert "STOP, completed, RESUME" in "".join(shell.run("plot", "(no guest)"))
        shell.send(f"replay {RECORDINGS}/hopeless.jsonl 0.1\r")
        shell.wait_for("pass 1")
        shell.interrupt("(no guest)")
        assert "interrupted" in shell.text()


@pytest.mark.parametrize("line, status, reason", [
    ("replay /nonexistent.csv", 1, "cannot read '/nonexistent.csv': No such file"),
    ("replay /etc/hostname", 1, ".jsonl or .csv"),
    ("replay x.jsonl fast", 1, "'fast' is no speed"),
    ("plot", 3, "/nonexistent"),
    ("plot x.gif", 1, ".svg or .png"),
    ("info migrate", 3, "/nonexistent"),
    ("plot x.svg", 3, "/nonexistent"),
    ("record x.csv", 3, "/nonexistent"),
])
def test_refusals_without_a_guest(line, status, reason):
    """What needs a guest says why there is none, and with which status."""
    done = offline(f"help\n{line}\n")
    assert done.returncode == status and reason in done.stderr, done.stderr
    assert done.stderr.startswith("<stdin>:2: ") and "replay" in done.stdout


# --- pictures ---

@pytest.mark.parametrize("name, magic, least", [
    ("x.svg", b"<?xml", 10_000), ("x.png", b"\x89PNG\r\n\x1a\n", 10_000),
    ("a b's \"c\".svg", b"<?xml", 10_000), ("$(touch y)`touch y`;.png", b"\x89PNG", 10_000),
])
@pytest.mark.parametrize("recording", ["hopeless", "disks"])
def test_plot(tmp_path, name, magic, least, recording):
    path = tmp_path / name
    path.write_text("old")
    word = str(path).replace("\\", "\\\\").replace('"', '\\"')
    done = offline(f'replay {RECORDINGS}/{recording}.jsonl 0\nplot "{word}"\n')
    assert done.returncode == 0, done.stderr
    data = path.read_bytes()
    assert data.startswith(magic) and len(data) > least
    assert list(tmp_path.iterdir()) == [path]
    assert (path.stat().st_mode & 0o777) == 0o666 & ~current_umask()


@pytest.mark.parametrize("recording, panels", [
    ("hopeless", ["MiB", "MiB/s", "ms"]), ("disks", ["MiB", "MiB/s", "ms", "MiB"]),
])
def test_plot_in_a_script(recording, panels):
    """Without a file it is drawn in plain characters, 79 columns wide."""
    done = offline(f"replay {RECORDINGS}/{recording}.jsonl 0\nplot\n")
    assert done.returncode == 0, done.stderr
    drawn = done.stdout[done.stdout.index("   Migration of "):]
    assert all(" " <= letter <= "~" for letter in drawn.replace("\n", ""))
    lines = drawn.splitlines()
    assert 70 < max(map(len, lines)) <= 79 and not [line for line in lines if line.endswith(" ")]
    assert len(lines) == 16 * len(panels) + 1 and lines[-1].strip() == "seconds"
    assert re.findall(r"^ ?(MiB/s|MiB|ms)", drawn, re.M) == panels


def test_plot_without_gnuplot(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("old")
    done = offline(f"replay {RECORDINGS}/hopeless.jsonl 0\nplot {path}\n",
                   environment={**NOWHERE, "PATH": str(tmp_path)})
    assert done.returncode == 1 and "plot needs gnuplot" in done.stderr
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_plot_of_a_guest(tmp_path):
    with Lab(HMPSH) as lab:
        assert "no migration of 'source'" in lab.fail(f"plot {tmp_path}/x.svg")[1]
        lab.get("migrate peer")
        lab.get(f"plot {tmp_path}/x.svg")
        assert "Migration of source: completed" in (tmp_path / "x.svg").read_text()


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
