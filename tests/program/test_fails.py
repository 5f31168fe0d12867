# SPDX-License-Identifier: GPL-3.0-or-later
"""fails: a script goes on after what is refused, and ends where it was not."""
import json
import signal
import subprocess

from conftest import HMPSH
from lab import Lab

NOPE = "Error: invalid parameter value: nope"


def test_error_is_the_result(hmpsh):
    done = hmpsh("--lab", stdin="fails migrate_set_capability nope on\ninfo status\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{NOPE}\nVM status: running\n"


def test_success_ends_the_script(hmpsh):
    done = hmpsh("--lab", stdin="fails info status\ninfo name\n")
    assert (done.returncode, done.stdout) == (1, "VM status: running\n")
    assert done.stderr == "<stdin>:1: 'info status' was to fail, and did not\n"


def test_another_error_ends_the_script():
    with Lab(HMPSH) as lab:
        assert lab.fail('fails --error "value: n" migrate_set_capability nope on')[1] == NOPE
        lab.send("fails --error refused migrate_set_capability nope on")
        assert lab.take()["error"]["desc"] == NOPE
        text = lab.take()["error"]["desc"]
        assert "with 'refused'" in text and text.endswith(f"otherwise: {NOPE}")
        assert "missing" in lab.fail("fails --error ( info status")[1]


def test_json_has_the_command_with_its_error(hmpsh):
    done = hmpsh("--lab", "--json", "fails migrate_set_capability nope on")
    answer, = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, answer["command"]) == (0, "migrate_set_capability nope on")
    assert answer["error"]["desc"] == NOPE


def test_what_it_said_is_shown_and_can_be_looked_at(hmpsh):
    script = "migrate_set_capability multifd on\n{} migrate_check tcp:127.0.0.1:1\n"
    shown = hmpsh("--lab", stdin=script.format("fails")).stdout.splitlines()
    assert shown[0].startswith("blocker  way there") and shown[-1].endswith("blockers")
    looked = hmpsh("--lab", stdin=script.format("grep ^blocker fails")).stdout.splitlines()
    assert looked == [line for line in shown if line.startswith("blocker")]


def test_read_only_is_for_the_command(hmpsh):
    done = hmpsh("--read-only", "--lab", "fails stop")
    assert done.returncode == 0 and "refused by --read-only" in done.stdout


def test_interruption_is_no_failure():
    with subprocess.Popen([HMPSH, "--lab"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as shell:
        shell.stdin.write("fails watch -n 30 info status\ninfo name\n")
        shell.stdin.close()
        assert shell.stdout.readline() == "VM status: running\n"
        shell.send_signal(signal.SIGINT)
        assert shell.wait(timeout=20) == 130
        assert shell.stdout.read() == "" and "interrupted" in shell.stderr.read()


def test_quit_succeeds_though_qemu_may_not_answer_any_more():
    with Lab(HMPSH) as lab:
        for before, line in (("peer ", "hmp quit"), ("", "qmp quit"), ("peer ", "hmp q")):
            if line == "hmp q":
                lab.get("lab reset")  # both have quit
            lab.get(f"{before}{line}")
            assert lab.fail(f"{before}info status")[0] == "Lost"
