# SPDX-License-Identifier: GPL-3.0-or-later
"""Tab at a real prompt, on real guests: what is typed then stands on the screen."""
import fnmatch
import os
import re
import signal
import statistics
import time

import pytest

from conftest import HMPSH
from lab import Place
from lab_terminal import LabTerminal
from terminal import ENTER, TAB, Terminal

MARK = "~"  # typed behind Tab: what Tab does is done when it is on the screen
KILL_LINE, LEFT, CTRL_Z = b"\x15", b"\x1b[D", b"\x1a"
PATIENCE_S = 0.3
SLACK_S = 0.5  # for a loaded machine

only_own_hosts = pytest.mark.skipif(os.path.exists("/etc/ssh/ssh_known_hosts"),
                                    reason="this host's ssh knows hosts for everybody")

MADE = ["lab reset --disk 64M --base",  # its image can hold snapshots
        'savevm "my tag"',
        "savevm other",
        "qmp chardev-add id=ring backend.type=ringbuf backend.data.size:=4096",
        "object_add rng-builtin,id=rng7",
        "netdev_add hubport,id=net7,hubid=1",
        "qmp blockdev-add driver=null-co node-name=nothing",
        "migrate_set_parameter multifd-compression zlib",
        "migrate_set_parameter cpu-throttle-tailslow on"]


def make_home(path):
    """A home with hosts that ssh knows, and files whose names have blanks."""
    (path / ".ssh").mkdir()
    (path / ".ssh/known_hosts").write_text("alpha.example,10.0.0.1 ssh-ed25519 A\n"
                                           "[beta.example]:2222 ssh-ed25519 A\n"
                                           "|1|aGFzaGVk|aGFzaGVk ssh-ed25519 A\n")
    (path / "files/sub dir").mkdir(parents=True)
    for name in ("plain", "with blank", "sub dir/inner"):
        (path / "files" / name).write_text("")
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def shared_terminal(home):
    with LabTerminal(HOME=str(home)) as terminal:
        for line in MADE:
            assert not [text for text in terminal.run(line, seconds=60) if "rror" in text], line
        yield terminal


@pytest.fixture(name="shell")
def clean_shell(shared_terminal):
    shared_terminal.interrupt()
    return shared_terminal


def tab(shell, line, presses=1):
    """Types the line and Tab: the lines that came above it, and what then stands at the cursor."""
    shell.clear()
    shell.send(line.encode() + TAB * presses + MARK.encode())
    shell.wait(lambda: shell.screen.display[shell.screen.cursor.y][:shell.screen.cursor.x]
               .endswith(MARK), what=f"end of Tab behind '{line}'")
    *above, last = shell.lines()
    column = shell.screen.cursor.x - len(MARK)
    shell.send(KILL_LINE)
    shell.wait_prompt()
    return above, last[len("(source) "):column] if last.startswith("(source) ") else last


# --- one candidate, or what all have in common ---

@pytest.mark.parametrize("typed, becomes", [
    ("in", "info "),
    ("migrate_set_c", "migrate_set_ca"),
    ("block_resi", "block_resize "),  # QEMU's own
    ("info chard", "info chardev "),
    ("info migrate_cap", "info migrate_capabilities "),
    ("hmp info chard", "hmp info chardev "),
    ("migrate -d -b -i -r -", "migrate -d -b -i -r -n "),
    ("migrate_set_capability xb", "migrate_set_capability xbzrle "),
    ("migrate_set_capability xbzrle of", "migrate_set_capability xbzrle off "),
    ("migrate_set_parameter multifd-com", "migrate_set_parameter multifd-compression "),
    ("migrate_set_parameter multifd-compression zs",
     "migrate_set_parameter multifd-compression zstd "),
    ("migrate tc", "migrate tcp:"),
    ("migrate tcp:al", "migrate tcp:alpha.example:"),
    ("migrate -d tcp:be", "migrate -d tcp:beta.example:"),
    ("migrate pe", "migrate peer "),
    ("migrate qemu+ssh://al", "migrate qemu+ssh://alpha.example/system "),
    ("migrate --tun", "migrate --tunnelled "),
    ("migrate --p2p --comp-methods=xb", "migrate --p2p --comp-methods=xbzrle "),
    ("help migrate --tun", "help migrate --tunnelled "),
    ("migrate_continue ", "migrate_continue pre-switchover "),
    ("device_del s", "device_del serial0 "),
    ("block_resize noth", "block_resize nothing "),
    ("qom-list /mach", "qom-list /machine/"),
    ("qom-list /machine/peripheral/ser", "qom-list /machine/peripheral/serial0/"),
    ("qom-get /machine/peripheral/serial0 hotpluggab",
     "qom-get /machine/peripheral/serial0 hotpluggable "),
    ("object_del rn", "object_del rng7 "),
    ("netdev_del n", "netdev_del net7 "),
    ("ringbuf_read ri", "ringbuf_read ring "),
    ("loadvm m", 'loadvm "my tag" '),
    ('loadvm "m', 'loadvm "my tag" '),
    ('loadvm "my t', 'loadvm "my tag" '),
    ("delvm o", "delvm other "),
    ("trace-event vm_state_n", "trace-event vm_state_notify "),
    ("attach so", "attach source "),
    ("attach -p dest", "attach -p destination "),
    ("attach source@qemu+ssh://al", "attach source@qemu+ssh://alpha.example/system "),
    ("qmp query-stat", "qmp query-stat"),
    ("qmp query-migrate-cap", "qmp query-migrate-capabilities "),
    ("qmp block_resize si", "qmp block_resize size="),
    ("qmp migrate-set-parameters multifd-compression=zs",
     "qmp migrate-set-parameters multifd-compression=zstd "),
    ("wait event MIGRATION_", "wait event MIGRATION_PASS "),
    ("wait compl", "wait completed "),
    ("set ret", "set return-path "),
    ("device_add virtio-rng-pci,max-", "device_add virtio-rng-pci,max-bytes="),
    ("object_add rng-b", "object_add rng-builtin "),
    ("peer migrate_set_capability xb", "peer migrate_set_capability xbzrle "),
    ("peer info chard", "peer info chardev "),
    ("watch -n 1 info chard", "watch -n 1 info chardev "),
    ("help migrate_pa", "help migrate_pause "),
    ("lab sta", "lab sta"),
])
def test_completes(shell, typed, becomes):
    assert tab(shell, typed) == ([], becomes)


def test_peer_knows_its_own_things(shell):
    shell.run("peer object_add rng-builtin,id=there")
    assert tab(shell, "peer object_del th") == ([], "peer object_del there ")
    assert tab(shell, "object_del th")[1] == "object_del th"
    shell.run("peer object_del there")
    assert tab(shell, "peer object_del th")[1] == "peer object_del th"


def test_completion_in_the_middle_of_a_line(shell):
    shell.clear()
    shell.send(b"migrate_set_capability xb on" + LEFT * 3 + TAB + MARK.encode())
    shell.wait_for(MARK)
    assert shell.lines() == ["(source) migrate_set_capability xbzrle~ on"]
    shell.send(b"\x05" + KILL_LINE)
    shell.wait_prompt()


# --- files ---

@pytest.mark.parametrize("typed, becomes", [
    ("source {}/pl", "source {}/plain "),
    ("source {}/w", 'source "{}/with blank" '),
    ('source "{}/w', 'source "{}/with blank" '),
    ("source {}/su", 'source "{}/sub dir/'),
    ('source "{}/sub dir/', 'source "{}/sub dir/inner" '),
    ("migrate unix:{}/pl", "migrate unix:{}/plain "),
])
def test_files(shell, home, typed, becomes):
    files = str(home / "files")
    assert tab(shell, typed.format(files)) == ([], becomes.format(files))


def test_directory_with_a_blank_is_walked(shell, home):
    """The quote stays open until the word is whole."""
    assert tab(shell, f"source {home}/files/su", presses=2)[1] == (
        f'source "{home}/files/sub dir/inner" ')


# --- several candidates ---

def split(text):
    return re.findall(r'"[^"]*"|\S+', text)


def in_columns(lines):
    """readline's list, column by column."""
    rows = [split(line) for line in lines]
    return [row[column] for column in range(len(rows[0])) for row in rows if column < len(row)]


@pytest.mark.parametrize("typed, words", [
    ("migrate_set_", "migrate_set_cache_size migrate_set_capability migrate_set_downtime "
                     "migrate_set_parameter migrate_set_speed"),
    ("migrate_set_capability xbzrle o", "off on"),
    ("migrate_set_capability x", "x-colo x-ignore-shared xbzrle"),
    ("migrate_set_parameter multifd-compression z", "zlib zstd"),  # the present one first
    ("migrate_set_parameter cpu-throttle-tailslow o", "on off"),
    pytest.param("migrate tcp:", "tcp:10.0.0.1: tcp:alpha.example: tcp:beta.example:",
                 marks=only_own_hosts),
    ("migrate_set_parameter multifd-c", "multifd-channels multifd-compression"),
    ("chardev-remove ", "charmonitor charserial0 ring"),
    ("loadvm ", '"my tag" other'),
    ("attach ", "source destination -p"),
    ("set ", "colour events history pager prompt return-path status timeout write-blocking"),
    ("attach source@qemu:///s", "source@qemu:///session source@qemu:///system"),
    ("object_add rng-", "rng-builtin rng-egd rng-random"),
    ("wait c", "cancelled completed"),
])
def test_lists(shell, typed, words):
    above, line = tab(shell, typed, presses=2)
    echo, *rest = above
    assert (echo, line) == (f"(source) {typed}".rstrip(), typed)
    assert in_columns(rest) == split(words)


@pytest.mark.parametrize("typed, meanings", [
    ("migrate -d -",
     ["  -b  for migration without shared storage with full copy of disk",
      "  -i  for migration without shared storage with incremental copy of disk (base image shared between",
      "      src and destination)",
      "  -n  begin nothing: look whether it can work, as migrate_check does",
      "  -r  resume a paused post-copy migration"]),
    ("migrate --p2p --persistent",
     ["  --persistent      the guest is defined at the destination too",
      "  --persistent-xml  the XML that is defined there; needs --persistent"]),
    ("help lab start --",
     ["  --append     *", "  --base       *", "  --disk       *", "  --initrd     *",
      "  --kernel     *", "  --lab-guest  *"]),
])
def test_options_are_listed_with_their_meaning(shell, typed, meanings):
    above, _ = tab(shell, typed, presses=2)
    assert len(above) == 1 + len(meanings)
    for line, meaning in zip(above[1:], meanings):
        assert fnmatch.fnmatch(line, meaning)


# --- hints ---

@pytest.mark.parametrize("typed, hint", [
    ("migrate_set_downtime ", "value: seconds, 0 to 2000, e.g. 0.3 or 300ms; now 300 ms"),
    ("migrate_set_sped", "did you mean 'migrate_set_speed'?"),
    ("devcie_add foo", "unknown: 'devcie_add' (did you mean 'device_add'?)"),
    ("info blokc ", "unknown: 'blokc' (did you mean 'block'?)"),
    ("migrate_set_capability xbzlre", "did you mean 'xbzrle'?"),
    ("swap ", "nothing more is expected"),
    ("object_del masterKye0", "did you mean 'masterKey0'?"),
    ("qmp query-status x", "query-status has no member 'x'"),
    ("qmp query-staus x", "this QEMU has no QMP command 'query-staus'"),
])
def test_hints(shell, typed, hint):
    for presses in (1, 2, 3):  # another Tab says nothing new
        assert tab(shell, typed, presses) == ([hint], typed)


def test_hint_in_the_middle_of_a_line(shell):
    """The line comes back with the cursor in its place."""
    shell.clear()
    shell.send(b"migrate_set_downtime  tail" + LEFT * 5)
    shell.wait(lambda: shell.screen.cursor.x == len("(source) migrate_set_downtime "))
    shell.send(TAB)
    shell.wait_for("now 300 ms")
    shell.wait(lambda: shell.screen.cursor.x == len("(source) migrate_set_downtime "))
    assert shell.lines()[1:] == ["(source) migrate_set_downtime  tail"]
    shell.send("5")
    shell.wait_for("migrate_set_downtime 5 tail")
    shell.send(b"\x05" + KILL_LINE)
    shell.wait_prompt()


def test_very_many_are_listed_without_a_question(shell):
    """readline's own question does not wait for the answer."""
    above, line = tab(shell, "", presses=2)
    assert line == "" and not re.search(r"y or n|--More--", shell.sent.decode()[-8000:])
    assert {"migrate", "lab", "device_add"} <= set(" ".join(above).split())


@only_own_hosts
def test_scheme_without_hosts():
    """What has to go on is not offered for itself."""
    with Place() as place, LabTerminal(HOME=str(place.path)) as shell:
        above, line = tab(shell, "migrate tcp:")
        assert line == "migrate tcp:" and above[0].startswith("uri: ")


def test_narrow_window():
    with LabTerminal(40, 20) as shell:
        shell.clear()
        shell.send(b"migrate_set_downtime " + TAB)
        shell.wait_for("ms\n(source) migrate_set_downtime")
        assert max(map(len, shell.lines())) <= 40
        told = " ".join(shell.lines()[:-1]).replace("  ", " ")
        assert told == "value: seconds, 0 to 2000, e.g. 0.3 or 300ms; now 300 ms"
        shell.wait_prompt(typed="migrate_set_downtime ")
        shell.send(KILL_LINE + b"migrate_set_capability xb" + TAB)
        shell.wait_prompt(typed="migrate_set_capability xbzrle ")


def test_dumb_terminal():
    with LabTerminal(term="dumb") as shell:
        shell.send(b"info stat" + TAB)  # status and statistics
        shell.send(b"us" + ENTER)
        shell.wait_for("VM status: running")
        shell.wait_prompt()
        shell.send(b"swap " + TAB)
        shell.wait_for("nothing more is expected")
        shell.wait_prompt(typed="swap ")
        assert b"\x1b" not in shell.sent


# --- what Tab owes to the guest ---

TYPED = ["migrate_set_capability x", "migrate_set_parameter multifd-compression ", "qmp que",
         "device_del ", "qom-list /machine/", "info mig", "migrate_set_downtime ", "loadvm "]


def seconds_of_tab(shell, line):
    begun = time.monotonic()
    tab(shell, line)
    return time.monotonic() - begun


def test_changes_nothing(shell):
    looks = ["hmp info migrate_parameters", "hmp info migrate_capabilities", "info chardev",
             "info status", "info block"]
    before = [shell.run(line) for line in looks]
    for line in TYPED:
        tab(shell, line, presses=2)
    assert [shell.run(line) for line in looks] == before


def test_stopped_guest():
    """A cold Tab gives up after its patience, and nothing of it is left at the prompt."""
    with LabTerminal() as shell:
        shell.stop_qemu("source")
        try:
            took = [seconds_of_tab(shell, line) for line in TYPED]
            assert max(took) < PATIENCE_S + SLACK_S, took
            shell.send("peer info status\r")
            shell.wait_for("VM status: paused (inmigrate)")
            shell.wait_prompt()
        finally:
            shell.continue_qemu("source")
        shell.wait(lambda: tab(shell, "migrate_set_capability xb")[1] ==
                   "migrate_set_capability xbzrle ", 5)
        assert shell.run("info status") == ["VM status: running"]


def test_what_is_known_needs_no_guest():
    lines = ["info chard", "qmp query-migrate-cap"]
    with LabTerminal() as shell:
        known = [tab(shell, line)[1] for line in lines]
        shell.stop_qemu("source")
        try:
            begun = time.monotonic()
            assert [tab(shell, line)[1] for line in lines] == known
            assert time.monotonic() - begun < PATIENCE_S
        finally:
            shell.continue_qemu("source")


def test_dead_guest():
    with LabTerminal() as shell:
        os.kill(shell.place.qemu_pid("source"), signal.SIGKILL)
        shell.wait_prompt("(source: gone)")
        for line in TYPED:
            shell.clear()
            begun = time.monotonic()
            shell.send(line.encode() + TAB + MARK.encode())
            shell.wait(lambda: shell.text().endswith(MARK))
            assert time.monotonic() - begun < SLACK_S
            assert not re.search("rror|gone: |lost", shell.text().replace("(source: gone)", ""))
            shell.interrupt("(source: gone)")


def test_warm_is_no_slower_than_cold(shell):
    took = {"cold": [], "warm": []}
    for _ in range(5):
        assert shell.run("info status") == ["VM status: running"]  # what passes is forgotten
        took["cold"].append(seconds_of_tab(shell, "migrate_set_capability x"))
        took["warm"].append(seconds_of_tab(shell, "migrate_set_capability x"))
    assert statistics.median(took["warm"]) < statistics.median(took["cold"]) + 0.02, took


# --- stopped and continued ---

class BashTerminal(Terminal):
    """An interactive bash that runs a lab in the foreground."""

    def __init__(self):
        self.place = Place()
        environment = {**self.place.environment, "PS1": "bash> ", "NO_COLOR": "1"}
        super().__init__("/bin/bash", "--norc", "--noprofile", "-i", environment=environment)

    def __enter__(self):
        self.wait_prompt("bash>")
        self.send(f"{HMPSH} --lab\r")
        self.wait_prompt()
        return self

    def __exit__(self, *_):
        super().__exit__()
        try:
            self.place.wait_until_empty()
        finally:
            self.place.__exit__()

    def hmpsh_pid(self):
        """The foreground process of the terminal."""
        return os.tcgetpgrp(self.child.fileno())

    def suspend(self):
        self.send(CTRL_Z)
        self.wait_for("Stopped")
        self.wait_prompt("bash>")

    def modes(self):
        """What the terminal does in the shell between: echo and lines."""
        self.clear()
        self.send("stty -a\r")
        self.wait(lambda: "iexten" in self.text() and self.at_prompt("bash>"))
        return re.findall(r"-?\b(?:icanon|isig|echo|opost|icrnl)\b", self.text())


@pytest.fixture
def bash():
    with BashTerminal() as terminal:
        yield terminal


def test_suspended_in_a_line(bash):
    bash.send(b"info stat" + LEFT * 2)
    bash.wait(lambda: bash.screen.cursor.x == len("(source) info st"))
    bash.suspend()
    assert bash.modes() == ["icrnl", "opost", "isig", "icanon", "echo"]
    bash.send("fg\r")
    bash.wait(lambda: bash.lines()[-1] == "(source) info stat" and
              bash.screen.cursor.x == len("(source) info st"))
    bash.send(b"\x05us\r")
    bash.wait_for("VM status: running")
    bash.wait_prompt()
    bash.send(b"migrate_set_capability xb" + TAB)
    bash.wait_prompt(typed="migrate_set_capability xbzrle ")


def test_suspended_while_a_command_runs(bash):
    bash.send("sleep 3\r")
    time.sleep(0.3)
    bash.suspend()
    assert bash.modes() == ["icrnl", "opost", "isig", "icanon", "echo"]
    bash.send("fg\r")
    bash.wait_prompt(seconds=10)
    assert bash.run("info status") == ["VM status: running"]


def test_stopped_from_outside(bash):
    """SIGSTOP cannot be caught: bash puts the terminal right, hmpsh takes it again."""
    bash.send("info stat")
    bash.wait_prompt(typed="info stat")
    os.killpg(bash.hmpsh_pid(), signal.SIGSTOP)
    bash.wait_for("Stopped")
    bash.wait_prompt("bash>")
    bash.clear()
    bash.send("fg\r")
    bash.wait_prompt(typed="info stat")
    bash.send("us\r")
    bash.wait_for("VM status: running")
    bash.wait_prompt()


def test_stopped_and_continued_by_a_signal(shell):
    """Without a shell: the line goes on as if nothing had been."""
    shell.clear()
    shell.send("info stat")
    shell.wait_prompt(typed="info stat")
    os.kill(shell.pid, signal.SIGSTOP)
    time.sleep(0.2)
    shell.send("us")
    os.kill(shell.pid, signal.SIGCONT)
    shell.wait(lambda: shell.lines()[-1] == "(source) info status")
    shell.send(ENTER)
    shell.wait_for("VM status: running")
    shell.wait_prompt()


def test_long_list_goes_through_the_pager():
    with LabTerminal(rows=24, HMPSH_PAGER="less") as shell:
        shell.send("\t\t")
        shell.wait(lambda: shell.lines()[-1] == "q goes back, blank goes on", what="less")
        shell.send("q")
        shell.wait_prompt()
        assert shell.run("info status") == ["VM status: running"]
