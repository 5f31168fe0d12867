# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate -r: a raw post-copy in the lab that lost its link, and what keeps it from going on."""
import contextlib
import signal
import socket
import threading
import time

import pytest

from conftest import HMPSH
from disks import INCOMING
from lab import Lab

NOBODY = "unix:/nonexistent/socket"

class Relay:
    """`with Relay(PORT) as relay:` what connects to relay.port reaches that port. Either end of it
    can be cut by itself."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.destination = socket.create_connection(("127.0.0.1", port))
        self.source = None
        self.threads = [threading.Thread(target=self._run)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def _run(self):
        self.source = self.listener.accept()[0]
        self.threads.append(threading.Thread(target=self._copy,
                                             args=(self.destination, self.source)))
        self.threads[1].start()
        self._copy(self.source, self.destination)

    @staticmethod
    def _copy(reader, writer):
        with contextlib.suppress(OSError):
            while data := reader.recv(65536):
                writer.sendall(data)

    def cut_source(self):
        """The destination learns nothing of it."""
        self.source.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_):
        for end in (self.source, self.destination):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for end in (self.source, self.destination, self.listener):
            end.close()


def begin_post_copy(lab, uri):
    """Slowly: there is much left to send when the guest runs at the destination."""
    for side in "", "peer ":
        lab.get(f"{side}migrate_set_capability postcopy-ram on")
    lab.get("lab dirty 100M 64M")
    lab.get("migrate_set_speed 64m")
    lab.get("migrate_set_parameter max-postcopy-bandwidth 1m")
    lab.get(f"migrate -d {uri}")
    lab.get("wait pass 2 60")
    lab.get("migrate_start_postcopy")
    lab.get("peer wait event RESUME 30")


def finish(lab):
    lab.get("migrate_set_parameter max-postcopy-bandwidth 0")
    assert lab.get("migrate -r peer")["status"] == "completed"
    assert lab.get("peer info status") == "VM status: running\n"


@pytest.fixture(name="paused")
def fixture_paused():
    """A lab whose migration stands at postcopy-paused."""
    with Lab(HMPSH) as lab:
        begin_post_copy(lab, "peer")
        lab.get("migrate_pause")
        lab.get("wait postcopy-paused 20")
        yield lab


def test_a_peer_that_is_in_no_post_copy(paused, session_daemon, lab_guest):
    """It is refused at once."""
    session_daemon.start_guest("other", kernel=lab_guest, memory=64, qemu_args=INCOMING)
    paused.get(f"attach -p other@{session_daemon.uri}")
    begun = time.monotonic()
    text = paused.fail("migrate -r peer")[1]
    assert text == "Error: the peer 'other' does not wait for a post-copy to go on"
    assert time.monotonic() - begun < 2
    paused.get("attach -p destination")
    session_daemon.virsh("destroy", "other")
    finish(paused)


def test_a_peer_that_has_not_noticed():
    with Lab(HMPSH) as lab:
        lab.get("peer migrate_incoming tcp:127.0.0.1:0")
        address = lab.get("peer qmp query-migrate")["socket-address"][0]
        with Relay(int(address["port"])) as relay:
            begin_post_copy(lab, f"tcp:127.0.0.1:{relay.port}")
            relay.cut_source()
            lab.get("wait postcopy-paused 20")
            assert lab.fail("migrate -r peer")[1].startswith(
                "Error: the peer 'destination' has not noticed that the link is lost ('peer "
                "migrate_pause' tells it")
            lab.get("peer migrate_pause")
            finish(lab)


@pytest.mark.parametrize("flags", ["-r", "-d -r"])
def test_nobody_listens(paused, flags):
    answer = paused.ask(f"migrate {flags} {NOBODY}")
    assert answer["error"]["class"] == "GenericError" and answer["seconds"] < 3
    assert "still stands at 'postcopy-paused'" in answer["error"]["desc"]
    assert "'migrate -r peer' does both" in answer["error"]["desc"]
    finish(paused)


def test_interrupted_while_it_is_not_there_yet(paused):
    """That is told as of any migration."""
    paused.send(f"migrate -r {NOBODY}")
    time.sleep(0.4)
    paused.process.send_signal(signal.SIGINT)
    error = paused.take()["error"]
    assert error == {"class": "Interrupted", "desc": "interrupted: the migration of 'source' goes on "
                     "('info migrate' shows it, 'migrate_cancel' ends it)"}
