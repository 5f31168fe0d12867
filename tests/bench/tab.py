#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Tab costs beside `info status` typed at the same prompt, which is one round trip to QEMU.

Cold is the first Tab of a new shell, warm the second one. Times go from the key to what it puts on
the terminal. The round trips are counted by libvirt, which numbers what it says to a QEMU.
"""
import json
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "program"))
from libvirtd import Libvirtd  # noqa: E402
from terminal import ENTER, TAB, Terminal  # noqa: E402

HMPSH = os.environ["HMPSH"]
GUEST = "bench"
PROMPT = f"({GUEST})"
ROUNDS = 9
MOST_TRIPS = 2
MARK, KILL_LINE = "~", b"\x15"
LINES = {  # what is typed, and what Tab makes of it
    "first word": ("block_resi", "block_resize "),
    "info topic": ("info chard", "info chardev "),
    "capability": ("migrate_set_capability xb", "migrate_set_capability xbzrle "),
    "parameter's value": ("migrate_set_parameter multifd-compression zs",
                          "migrate_set_parameter multifd-compression zstd "),
    "QMP command": ("qmp query-migrate-cap", "qmp query-migrate-capabilities "),
    "device id": ("device_del ser", "device_del serial0 "),
    "QOM path": ("qom-list /machine/periph", "qom-list /machine/peripheral"),
}


def commands_so_far(daemon):
    reply = json.loads(daemon.virsh("qemu-monitor-command", GUEST, '{"execute":"query-name"}'))
    return int(reply["id"].split("-")[1])


def seconds_to(shell, keys, typed):
    """From the keys to the line, with the cursor behind it."""
    begun = time.perf_counter()
    shell.send(keys)
    shell.wait_prompt(PROMPT, typed)
    return time.perf_counter() - begun


def seconds_of_tab(shell, line, becomes):
    seconds_to(shell, line, line)
    seconds = seconds_to(shell, TAB + MARK.encode(), becomes + MARK)
    seconds_to(shell, KILL_LINE, "")
    return seconds


def seconds_of_status(shell):
    shell.clear()
    seconds_to(shell, "info status", "info status")
    begun = time.perf_counter()
    shell.send(ENTER)
    shell.wait(lambda: shell.at_prompt(PROMPT) and shell.screen.cursor.y > 1)
    return time.perf_counter() - begun


def measure(daemon, what):
    """Seconds of a cold and a warm Tab, of a key without Tab, and of `info status`."""
    with Terminal(HMPSH, "-q", "-c", daemon.uri, GUEST) as shell:
        shell.wait_prompt(PROMPT)
        status = seconds_of_status(shell)
        cold = seconds_of_tab(shell, *LINES[what])
        warm = seconds_of_tab(shell, *LINES[what])
        key = seconds_to(shell, MARK, MARK)
    return cold, warm, key, status


def trips(daemon, what):
    """The monitor commands of a cold and of a warm Tab."""
    with Terminal(HMPSH, "-q", "-c", daemon.uri, GUEST) as shell:
        shell.wait_prompt(PROMPT)
        counts = [commands_so_far(daemon)]
        for _ in range(2):
            seconds_of_tab(shell, *LINES[what])
            counts.append(commands_so_far(daemon))
    return [after - before - 1 for before, after in zip(counts, counts[1:])]


def main():
    with Libvirtd() as daemon:
        daemon.start_guest(GUEST, kernel=os.environ.get("LAB_GUEST"))
        measure(daemon, "first word")  # caches warm, not counted
        results = {what: [] for what in LINES}
        for _ in range(ROUNDS):
            for what in LINES:
                results[what].append(measure(daemon, what))
        counts = {what: trips(daemon, what) for what in LINES}
    status = statistics.median(result[3] for rounds in results.values() for result in rounds)
    print(f"times by 'info status' of the same shell (median {status * 1e3:.1f} ms); round trips "
          "(goal: 2 or less cold, none warm)")
    print(f"{'Tab on':20} {'cold':>6} {'warm':>6} {'a key':>6}   trips cold, warm")
    for what, rounds in results.items():
        cold, warm, key = (statistics.median(result[i] / result[3] for result in rounds)
                           for i in range(3))
        print(f"{what:20} {cold:6.2f} {warm:6.2f} {key:6.2f}  ", *counts[what])
    if any(cold > MOST_TRIPS or warm > 0 for cold, warm in counts.values()):
        sys.exit("too many round trips")


if __name__ == "__main__":
    main()
