# SPDX-License-Identifier: GPL-3.0-or-later
"""hmpsh with two hosts, each with a libvirt of its own."""
import pathlib
import signal
import subprocess
import sys

from libvirtd import wait_until
from two_hosts import fixture_two_hosts  # pylint: disable=unused-import

KILLED = """
import time
from two_hosts import TwoHosts
with TwoHosts() as hosts:
    print(*(host.pid for host in hosts), flush=True)
    time.sleep(60)
"""


def test_nothing_is_left_of_hosts(two_hosts):
    """Not even when the tests are killed."""
    for end in signal.SIGKILL, signal.SIGINT:
        with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL,
                              cwd=pathlib.Path(__file__).parent) as tests:
            first = tests.stdout.readline().split()
            tests.send_signal(end)
        assert len(first) == 2
        for pid in first:
            wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 5, "the end of a host")
