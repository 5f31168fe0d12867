#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waiting for a migration costs, and how soon its end is told.

From QEMU's own stamp of its `completed` event to the line that a waiting `migrate` gives back; then the
processor's time and the monitor commands of a shell that waits for a migration that does not end.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "program"))
from libvirtd import Libvirtd, wait_until  # noqa: E402

HMPSH = os.environ["HMPSH"]
ROUNDS = 9
WAIT_S = 8
MS = 1000
STAMP = re.compile(rb"event MIGRATION at (\d+\.\d+) for domain '?source'?: .*completed")


class Shell:
    """hmpsh on both guests, one object a line."""

    def __init__(self, daemon):
        self.process = subprocess.Popen(
            [HMPSH, "-j", "-k", "-c", daemon.uri, "-p", "destination", "source"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=60)

    def ask(self, line):
        """The answer and when it came."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        return json.loads(answer), time.time()

    def seconds_of_cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_pair(daemon):
    for name, arguments in ("source", ()), ("destination", ("-incoming", "defer")):
        subprocess.run(["virsh", "-q", "-c", daemon.uri, "destroy", name], capture_output=True,
                       check=False)
        daemon.start_guest(name, kernel=os.environ["LAB_GUEST"], memory=128, qemu_args=arguments)


def event_to_line(daemon):
    """Seconds from QEMU's completed event to the shell's line."""
    start_pair(daemon)
    with subprocess.Popen(["virsh", "-c", daemon.uri, "qemu-monitor-event", "--domain", "source",
                           "--loop"], stdout=subprocess.PIPE) as listener, Shell(daemon) as shell:
        shell.ask("migrate_set_speed 0")
        answer, told = shell.ask("migrate peer")
        assert "error" not in answer, answer
        time.sleep(0.3)
        listener.terminate()
        stamp = STAMP.search(listener.stdout.read())
    return told - float(stamp[1])


def commands_so_far(daemon):
    """libvirt numbers what it says to a QEMU."""
    reply = json.loads(daemon.virsh("qemu-monitor-command", "source", '{"execute":"query-name"}'))
    return int(reply["id"].split("-")[1])


def waiting(daemon):
    """(share of a processor, commands a second) of `wait migration`."""
    start_pair(daemon)
    with Shell(daemon) as shell:
        shell.ask("migrate_set_speed 1m")
        shell.ask("migrate -d peer")
        wait_until(lambda: "active" in daemon.virsh(
            "qemu-monitor-command", "source", '{"execute":"query-migrate"}'), what="a migration")
        cpu, commands = shell.seconds_of_cpu(), commands_so_far(daemon)
        shell.ask(f"wait migration {WAIT_S}")
        cpu, commands = shell.seconds_of_cpu() - cpu, commands_so_far(daemon) - commands - 1
        shell.ask("migrate_cancel")
    return cpu / WAIT_S, commands / WAIT_S


def main():
    with Libvirtd() as daemon:
        delays = [event_to_line(daemon) for _ in range(ROUNDS)]
        share, rate = waiting(daemon)
    print(f"QEMU's completed to the shell's line: {statistics.median(delays) * MS:.1f} ms (goal 5), "
          f"at most {max(delays) * MS:.1f} ms")
    print(f"waiting: {share * 100:.2f} % of a processor (goal 0.5), {rate:.1f} monitor commands/s "
          "(goal 3)")


if __name__ == "__main__":
    main()
