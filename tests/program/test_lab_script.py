# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts against a lab: two real QEMUs, real migrations, the output that a script relies on."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import HMPSH, LAB_GUEST
from lab import Lab, Place

SCRIPT = """\
lab dirty 200M 100M
migrate_set_speed 64m
migrate_set_downtime 0.05
migrate -d peer
info migrate
sleep 3
migrate_set_downtime 5
wait migration 60
info migrate
peer info status
"""
RUNNING = "VM status: running\n"
INCOMING = "VM status: paused (inmigrate)\n"


@pytest.fixture(scope="module")
def shared_lab():
    """A lab for tests that leave both guests as they found them."""
    with Lab(HMPSH) as lab:
        yield lab


@pytest.fixture
def own_lab():
    """A lab that the test may use up."""
    with Lab(HMPSH) as lab:
        yield lab


def slow_down(lab, rate="200M", span="100M", speed="64m", downtime="0.05"):
    """Lets the guest write; with the rates given a migration never ends by itself."""
    lab.get(f"lab dirty {rate} {span}")
    lab.get(f"migrate_set_speed {speed}")
    lab.get(f"migrate_set_downtime {downtime}")


# --- the script of the manual ---

def test_migration_that_has_to_be_helped(hmpsh, monkeypatch):
    """100 MiB, dirtied at 200 MiB/s, against 64 MiB/s x 50 ms: ends only with another limit."""
    monkeypatch.setenv("TERM", "xterm")
    done = hmpsh("--lab", stdin=SCRIPT)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = re.findall(r"^Migration status: (.*)$", done.stdout, re.MULTILINE)
    assert first in ("setup", "active") and second == "completed"
    assert done.stdout.startswith("Migration status: ")
    assert done.stdout.endswith("\n" + RUNNING) and done.stdout.count("VM status") == 1
    for foreign in ("(source)", "lab dirty", "migrate_set", "Two guests", "\x1b", "\r"):
        assert foreign not in done.stdout


def test_script_stops_where_a_wait_fails(hmpsh):
    lines = SCRIPT.splitlines(keepends=True)
    lines.insert(4, "wait migration 5\n")
    begun = time.monotonic()
    done = hmpsh("--lab", stdin="".join(lines))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("<stdin>:5: ") and done.stderr.count("\n") == 1
    assert time.monotonic() - begun >= 5


# --- migrate ---

def test_migrate_waits_and_tells_each_pass_once(hmpsh):
    """40 MiB/s against 64 MiB/s: each pass is shorter than the one before."""
    done = hmpsh("--lab", stdin="lab dirty 40M 100M\nmigrate_set_speed 64m\n"
                 "migrate_set_downtime 0.05\nmigrate peer\nhmp info status\n")
    assert (done.returncode, done.stdout) == (0, "VM status: paused (postmigrate)\n")
    *passes, last = done.stderr.splitlines()
    numbers = [int(re.search(r" pass (\d+)", line)[1]) for line in passes]
    assert numbers == sorted(set(numbers)) and len(numbers) >= 3
    assert all(line.startswith("active ") for line in passes)
    assert last.startswith("completed ") and "downtime" in last
    assert "\r" not in done.stderr and "\x1b" not in done.stderr


def test_quiet_migrate(hmpsh):
    done = hmpsh("-q", "--lab", "migrate", "peer")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_heartbeat_goes_on_at_the_destination(own_lab):
    sent_with = own_lab.wait_for_beat("source", 100)  # a guest that began anew would be below
    own_lab.get("migrate peer")
    arrived_with = own_lab.wait_for_beat("destination", 0)
    sides = own_lab.sides()
    assert (sides["source"]["state"], sides["destination"]["state"]) == ("postmigrate", "running")
    last = sides["source"]["beat"]
    assert sent_with <= last < arrived_with
    own_lab.wait_for_beat("destination", arrived_with + 10)
    assert own_lab.sides()["source"]["beat"] == last


def test_destination_takes_over_the_writing(own_lab):
    own_lab.get("lab dirty 20M 10M")
    own_lab.get("migrate peer")
    own_lab.wait_for_beat("destination", 0)
    side = own_lab.sides()["destination"]
    assert (side["rate"], side["span"]) == (20 << 20, 10 << 20)
    own_lab.get("lab dirty 5M")  # it takes orders there; the span stays as it was
    side = own_lab.sides()["destination"]
    assert (side["rate"], side["span"]) == (5 << 20, 10 << 20)
    own_lab.get("lab dirty 5M 4M")
    own_lab.get("lab dirty 6M")  # what the source wrote to does not count any more
    assert own_lab.sides()["destination"]["span"] == 4 << 20


def test_cancelled_migration_can_be_repeated(own_lab):
    slow_down(own_lab)
    own_lab.get("migrate -d peer")
    assert own_lab.get("wait active 20")["status"] == "active"
    own_lab.get("migrate_cancel")
    kind, text = own_lab.fail("wait migration 20")
    # with return-path QEMU 7.2 now and then shuts the socket before it calls it cancelled
    assert kind == "GenericError" and ("cancelled" in text or "failed: Unable to write" in text)
    assert own_lab.get("info migrate")["status"] in ("cancelled", "failed")
    assert own_lab.get("info status") == RUNNING
    own_lab.wait_for_beat("source", own_lab.sides()["source"]["beat"] + 10)
    own_lab.get("migrate_set_downtime 5")
    assert own_lab.get("migrate peer")["status"] == "completed"
    assert own_lab.get("peer info status") == RUNNING


def test_migrated_guest_is_not_migrated_again(own_lab):
    own_lab.get("migrate peer")
    kind, text = own_lab.fail("migrate peer")
    assert kind == "GenericError" and "does not wait for a migration" in text
    assert "'lab reset'" in text


def test_migration_to_a_closed_port(hmpsh):
    done = hmpsh("--lab", stdin="migrate tcp:127.0.0.1:1\ninfo status\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"^<stdin>:1: .*Connection refused$", done.stderr, re.MULTILINE)


def test_failed_migration_leaves_the_guest_running(shared_lab):
    kind, text = shared_lab.fail("migrate tcp:127.0.0.1:1")
    assert kind == "GenericError" and "Connection refused" in text
    assert shared_lab.get("info status") == RUNNING
    assert shared_lab.get("info migrate")["status"] == "failed"


@pytest.mark.parametrize("arguments, reason", [("-b file:/m", "a QEMU that waits for"),
                                               ("-d -i fd:m", "a QEMU that waits for"),
                                               ("exec:cat>/dev/null", "exec: is refused"),
                                               ("-d exec:true", "exec: is refused"),
                                               ("rdma:localhost", "rdma:HOST:PORT expected")])
def test_refused_migrations(shared_lab, arguments, reason):
    kind, text = shared_lab.fail(f"migrate {arguments}")
    assert kind == "GenericError" and reason in text
    assert shared_lab.get("info status") == RUNNING
    assert shared_lab.get("peer info status") == INCOMING


def test_refused_migration_ends_a_script(hmpsh):
    done = hmpsh("--lab", "migrate", "exec:true")
    assert (done.returncode, done.stdout) == (1, "")
    assert "exec: is refused" in done.stderr


# --- the lab's commands ---

def test_lab_stop_start_reset(own_lab):
    own_lab.wait_for_beat("source", 20)
    kind, text = own_lab.fail("lab start")
    assert kind == "GenericError" and "runs already" in text
    own_lab.get("lab stop")
    assert own_lab.place.qemus() == []
    assert own_lab.fail("info status")[0] == "Lost"
    assert own_lab.fail("peer info status")[0] == "Lost"
    own_lab.get("lab start")
    assert own_lab.get("info status") == RUNNING
    assert own_lab.get("peer info status") == INCOMING
    pids = own_lab.place.qemus()
    own_lab.get("lab dirty 1M 1M")
    own_lab.get("lab reset")
    assert not set(pids) & set(own_lab.place.qemus()) and len(own_lab.place.qemus()) == 2
    assert own_lab.sides()["source"]["rate"] == 0
    assert own_lab.get("migrate peer")["status"] == "completed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_kernel_keeps_its_owner(own_lab, tmp_path):
    kernel = tmp_path / "kernel.elf"
    shutil.copy(LAB_GUEST, kernel)
    os.chown(kernel, 65534, 65534)
    own_lab.get(f"lab reset --kernel {kernel}")
    own_lab.get("lab stop")
    assert (kernel.stat().st_uid, kernel.stat().st_gid) == (65534, 65534)


# --- --json ---

def test_json_is_one_object_a_line(hmpsh):
    script = ("info status\ninfo migrate\nmigrate peer\ninfo migrate\nnosuch\n# nothing\n\n"
              "lab status\nmigrate_set_capability\nquery-status\n{\"execute\": \"query-status\"}\n"
              "info migrate_capabilities\nhelp migrate\ndomains\nswap\nsleep 0.01\n"
              "source /nonexistent\nquit\n")
    commands = [line for line in script.splitlines() if line and line[0] != "#"]
    done = hmpsh("--lab", "-j", "-k", stdin=script)
    assert done.returncode == 1
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["command"] for entry in objects] == commands
    for entry in objects:
        assert set(entry) in ({"command", "guest", "return", "seconds"},
                              {"command", "guest", "error", "seconds"})
        assert isinstance(entry["seconds"], float) and entry["seconds"] >= 0
        if "error" in entry:
            assert set(entry["error"]) == {"class", "desc"} and entry["error"]["desc"]
    failed = {entry["command"]: entry["error"]["class"] for entry in objects if "error" in entry}
    assert failed == {"nosuch": "CommandNotFound", "migrate_set_capability": "Syntax",
                      "query-status": "CommandNotFound", "source /nonexistent": "GenericError"}
    assert [entry["guest"] for entry in objects[-5:]] == ["source"] + ["destination"] * 4
    returned = {entry["command"]: entry.get("return") for entry in objects}
    assert returned["info status"] == RUNNING
    assert returned["info migrate"]["status"] == "completed"
    assert returned["migrate peer"]["status"] == "completed"
    assert returned['{"execute": "query-status"}']["status"] == "postmigrate"


# --- QEMU's monitor itself ---

def test_qmp_by_hand(shared_lab):
    assert shared_lab.get("qmp query-status")["status"] == "running"
    assert shared_lab.get('{"execute": "query-status"}')["status"] == "running"
    shared_lab.get("qmp migrate-set-parameters downtime-limit=123 max-bandwidth:=4096")
    values = shared_lab.get("qmp query-migrate-parameters")
    assert (values["downtime-limit"], values["max-bandwidth"]) == (123, 4096)
    assert shared_lab.fail("qmp nosuch")[0] == "CommandNotFound"
    assert shared_lab.fail('{"execute": "nosuch"}')[0] == "CommandNotFound"
    assert shared_lab.fail("qmp query-status x")[0] == "Syntax"


def test_limits_have_the_old_units(shared_lab):
    for line, name, value in (("migrate_set_speed 60", "max-bandwidth", 60 << 20),
                              ("migrate_set_speed 64k", "max-bandwidth", 64 << 10),
                              ("migrate_set_downtime 0.3", "downtime-limit", 300),
                              ("migrate_set_downtime 250ms", "downtime-limit", 250)):
        assert shared_lab.get(line) == ""
        assert shared_lab.get("qmp query-migrate-parameters")[name] == value


def test_hmp_passes_by_hmpshs_own_commands(shared_lab):
    kind, text = shared_lab.fail("hmp migrate_set_speed 64m")
    assert kind == "CommandNotFound" and "migrate_set_speed" in text
    assert shared_lab.get("hmp info status") == RUNNING


def test_unknown_commands_are_qemus(shared_lab):
    assert shared_lab.get("info version").startswith(
        str(shared_lab.get("qmp query-version")["qemu"]["major"]))
    assert shared_lab.get("print /d 6*7") == "42\n"


def test_peer_swap_attach_domains(shared_lab):
    assert shared_lab.get("peer info status") == INCOMING
    shared_lab.get("swap")
    answer = shared_lab.ask("info status")
    assert (answer["guest"], answer["return"]) == ("destination", INCOMING)
    shared_lab.get("swap")
    shared_lab.get("attach destination")
    shared_lab.get("attach -p source")
    assert shared_lab.get("info status") == INCOMING
    assert shared_lab.get("peer info status") == RUNNING
    shared_lab.get("swap")
    assert shared_lab.get("info status") == RUNNING
    assert shared_lab.fail("attach nosuch")[0] == "NoGuest"
    assert shared_lab.get("info status") == RUNNING
    domains = {domain["name"]: domain for domain in shared_lab.get("domains")}
    assert set(domains) == {"source", "destination"}
    assert domains["source"]["state"] == "running"
    shared_lab.get(f"attach {domains['source']['uuid']}")
    assert shared_lab.get("info status") == RUNNING


def test_wait_event(shared_lab):
    assert shared_lab.fail("wait event ^RESUME$ 0.1")[0] == "Timeout"  # and now it listens
    shared_lab.get("stop")
    assert shared_lab.get("wait event stop 20")["event"] == "STOP"
    assert shared_lab.get("info status") == "VM status: paused\n"
    shared_lab.get("cont")
    assert shared_lab.get("wait event ^RESUME$ 20")["event"] == "RESUME"
    kind, text = shared_lab.fail("wait event RESUME 0.2")  # each is taken once
    assert kind == "Timeout" and "RESUME" in text


def test_wait_without_a_migration():
    with Lab(HMPSH) as lab:
        kind, text = lab.fail("wait migration 20")
        assert kind == "GenericError" and "no migration" in text
        assert lab.fail("wait nosuch")[0] == "Syntax"


def test_sleep(shared_lab):
    answer = shared_lab.ask("sleep 0.3")
    assert "error" not in answer and 0.3 <= answer["seconds"] < 2


def test_source(hmpsh, tmp_path):
    inner, outer = tmp_path / "inner.hmp", tmp_path / "outer.hmp"
    inner.write_text("# two\ninfo status\nnosuch\ninfo status\n")
    outer.write_text(f"\nsource {inner}\ninfo status\n")
    done = hmpsh("--lab", stdin=f"info kvm\nsource {outer}\ninfo status\n")
    assert (done.returncode, done.stdout) == (1, "kvm support: disabled\n" + RUNNING)
    assert done.stderr.startswith("<stdin>:2: ")
    assert f"{outer}:2: {inner}:3: " in done.stderr and "nosuch" in done.stderr


# --- options ---

def test_read_only_refuses_what_may_change_something(tmp_path):
    script = tmp_path / "script.hmp"
    script.write_text("stop\n")
    with Lab(HMPSH, "--read-only") as lab:
        for line in ("stop", "peer stop", "qmp stop", '{"execute": "stop"}', "hmp stop",
                     "migrate peer", "migrate -d peer", "migrate_cancel", "migrate_set_speed 1",
                     "migrate_set_capability xbzrle on", "peer qmp stop", "system_reset",
                     "lab stop", "lab dirty 1M", "hmp quit", "nosuch"):
            kind, text = lab.fail(line)
            assert kind == "GenericError" and "--read-only" in text, line
        assert "--read-only" in lab.fail(f"source {script}")[1]  # of the command in it
        assert lab.take()["command"] == f"source {script}"
        for line in ("info status", "peer info status", "info migrate", "qmp query-status",
                     '{"execute": "query-status"}', "help stop", "lab status", "domains", "swap"):
            lab.get(line)
        assert lab.get("peer info status") == RUNNING
        assert lab.get("peer info migrate") == {}


def test_keep_going_and_echo(hmpsh):
    done = hmpsh("--lab", "-k", "--echo", stdin="info status\n\n# a comment\nnosuch\nswap\n"
                 "info status\n")
    assert done.returncode == 1
    assert done.stdout == ("(source) info status\n" + RUNNING + "\n# a comment\n(source) nosuch\n"
                           "(source) swap\n(destination) info status\n" + INCOMING)
    assert done.stderr.startswith("<stdin>:4: ") and done.stderr.count("<stdin>") == 1


def test_timeout_ends_a_script():
    """QEMU does not answer: the script ends with a reason, at once, and takes the lab with it."""
    with Place() as place, subprocess.Popen(
            [HMPSH, "--lab", "-t", "0.5"], text=True, bufsize=1, env=place.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write("hmp info status\n")
        assert process.stdout.readline() == RUNNING
        os.kill(place.qemu_pid("source"), signal.SIGSTOP)
        begun = time.monotonic()
        process.stdin.write("info status\ninfo kvm\n")
        output, errors = process.communicate(timeout=30)
        took = time.monotonic() - begun
        assert (process.returncode, output) == (1, "")
        assert errors.startswith("<stdin>:2: ") and "did not answer 'info status'" in errors
        assert 0.5 <= took < 2
        place.wait_until_empty()


def test_timeout_leaves_the_command_pending():
    with Lab(HMPSH, "-t", "0.5") as lab:
        pid = lab.place.qemu_pid("source")
        os.kill(pid, signal.SIGSTOP)
        kind, text = lab.fail("info status")
        assert kind == "Timeout" and "within 0.5 s" in text
        answer = lab.ask("info kvm")
        assert answer["error"]["class"] == "Pending" and "'info status'" in answer["error"]["desc"]
        assert answer["seconds"] < 0.3
        assert lab.get("peer info status") == INCOMING
        os.kill(pid, signal.SIGCONT)
        end = time.monotonic() + 20
        while "error" in (answer := lab.ask("info kvm")):
            assert answer["error"]["class"] in ("Pending", "Timeout") and time.monotonic() < end
        assert answer["return"] == "kvm support: disabled\n"


def test_version_and_help(hmpsh):
    done = hmpsh("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"hmpsh \d+\.\d+\.\d+\n", done.stdout)
    done = hmpsh("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("--connect", "--peer", "--lab", "--lab-dir", "--file", "--keep-going",
                   "--read-only", "--json", "--timeout", "--echo", "--quiet", "--version"):
        assert option in done.stdout


@pytest.mark.parametrize("arguments, named", [
    (["--nosuch"], "--nosuch"), (["--lab", "--timeout", "soon"], "soon"),
    (["--lab", "-t", "-1"], "--timeout"), (["--lab", "--lab-dir=relative"], "absolute"),
    (["--lab-dir=/tmp/nolab"], "--lab"), (["--lab", "-c", "test:///default"], "--connect"),
    (["--lab", "--lab-dir=/tmp/" + "x" * 60], "too long"),
])
def test_wrong_usage(hmpsh, arguments, named):
    done = hmpsh(*arguments, stdin="info status\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hmpsh: ") and named in done.stderr


def test_script_that_cannot_be_read(hmpsh):
    done = hmpsh("--lab", "-f", "/nonexistent.hmp")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "hmpsh: cannot read '/nonexistent.hmp': No such file or directory\n"
