# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole-program tests share. HMPSH and LAB_GUEST in the environment name what is tested."""
import os
import signal
import subprocess

import pytest

from libvirtd import Libvirtd
from two_hosts import NoHosts, TwoHosts

HMPSH = os.environ.get("HMPSH", "hmpsh")
LAB_GUEST = os.environ.get("LAB_GUEST")

# A test run that is ended from outside still ends its daemons and guests.
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_directories(tmp_path_factory):
    """Settings, history and caches of this test run (so QEMU is asked for its capabilities only
    once), no pager, and English."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(tmp_path_factory.mktemp(name))
    os.environ["LC_ALL"] = "C.UTF-8"  # what hmpsh says is compared with English
    os.environ.pop("LANGUAGE", None)
    os.environ["HMPSH_PAGER"] = ""  # most tests want to see the whole of a long result


@pytest.fixture(scope="session")
def hmpsh():
    """hmpsh(ARG..., stdin="", timeout=60): runs it to its end; .returncode, .stdout, .stderr."""
    def run(*args, stdin="", timeout=60):
        return subprocess.run([HMPSH, *args], input=stdin, timeout=timeout, capture_output=True,
                              text=True, check=False)
    return run


@pytest.fixture(scope="session")
def session_daemon():
    """A private session libvirtd without guests: a Libvirtd."""
    with Libvirtd() as daemon:
        yield daemon


@pytest.fixture(scope="session")
def lab_guest():
    """The path of the lab's guest program, or None: start_guest(..., kernel=lab_guest)."""
    return LAB_GUEST if LAB_GUEST and os.path.exists(LAB_GUEST) else None


@pytest.fixture(scope="module")
def two_hosts():
    """Two hosts without guests: a TwoHosts. Where there can be none the tests are skipped."""
    hosts = TwoHosts()
    try:
        hosts.__enter__()
    except NoHosts as reason:
        pytest.skip(f"no two hosts on this machine: {reason}")
    yield hosts
    hosts.close()


@pytest.fixture
def hosts(two_hosts):
    """The two hosts, whole and without guests again after each test."""
    yield two_hosts
    for host in two_hosts:
        host.mend()
