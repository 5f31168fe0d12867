# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh's own command line, completed by bash."""
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "completion" / "hmpsh.bash"
CASES = [
    # line, words that are there, words that are not
    ("hmpsh --", "--connect= --lab --lab-dir= --quiet", "-c tcp:"),
    ("hmpsh --co", "--connect=", "--complete --lab"),
    ("hmpsh -c qemu:", "///session ///system", "qemu:///system"),
    ("hmpsh --connect=qemu:", "///session ///system", "qemu:///system"),
    ("hmpsh ", "test", "-p --lab migrate"),
    ("hmpsh -q te", "test", ""),
    ("hmpsh -p te", "test", ""),
    ("hmpsh --peer=te", "test", "--peer=test"),
    ("hmpsh -t 5 -q t", "test", ""),
    ("hmpsh -c test:///default te", "test", ""),
    ("hmpsh -c test:///nowhere te", "", "test"),
    ("hmpsh test migrate_set_s", "migrate_set_speed", "migrate"),
    ("hmpsh test migrate -", "-b -d -i", "--lab"),
    ("hmpsh test migrate tc", "tcp:", ""),
    ("hmpsh -c test:///default -r test info mig", "migrate migrate_parameters", "info"),
    ("hmpsh --lab mig", "migrate migrate_cancel", "test"),
    ("hmpsh -l migrate -", "-b -d", "--lab"),
    ("hmpsh --lab-dir /et", "/etc", ""),
    ("hmpsh --file=/etc/host", "/etc/hostname", "--file=/etc/hostname"),
    ("hmpsh -f /etc/host", "/etc/hostname", ""),
]


def complete(line):
    """What bash would offer behind line; within a word, behind its last ":" or "=" (bash's breaks)."""
    program = (f'source "{SCRIPT}"; COMP_WORDS=(hmpsh); COMP_LINE=$1; COMP_POINT=${{#1}}; _hmpsh; '
               'printf "%s\\n" "${COMPREPLY[@]}"')
    path = os.path.dirname(os.environ["HMPSH"]) + ":" + os.environ["PATH"]
    done = subprocess.run(["bash", "--norc", "-c", program, "bash", line], text=True, check=True,
                          capture_output=True, timeout=30,
                          env={**os.environ, "PATH": path,
                               "LIBVIRT_DEFAULT_URI": "test:///default"})
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("line, there, absent", CASES, ids=[case[0] for case in CASES])
def test_line(line, there, absent):
    found = complete(line)
    assert set(there.split()) <= set(found)
    assert not set(absent.split()) & set(found)


def test_what_is_typed_is_never_run(tmp_path):
    """GNU sed's "e" runs what it substitutes, and a shell what is evaluated."""
    for word in ("-.,.--connect.*/touch pwned/e;#", "-$(touch pwned)", "`touch pwned`"):
        complete(f"hmpsh {word} x")
        complete(f"hmpsh {word}")
    assert not Path("pwned").exists() and not list(tmp_path.iterdir())


def test_file_with_a_blank(tmp_path):
    (tmp_path / "my script.hmp").touch()
    assert complete(f"hmpsh -f {tmp_path}/my") == [f"{tmp_path}/my script.hmp"]


def test_host_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        begin = time.monotonic()
        found = complete(f"hmpsh -c qemu+tcp://127.0.0.1:{server.getsockname()[1]}/system we")
        assert time.monotonic() - begin < 10
    assert found in ([], [""])
