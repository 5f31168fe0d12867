#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command through hmpsh costs beside a bare loop over libvirt's call and beside virsh.

Only ratios are printed: all three run in turns on the same guest of one private daemon.
"""
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "program"))
from libvirtd import Libvirtd  # noqa: E402
from terminal import Terminal  # noqa: E402

COMMANDS = 1000
BATCH_ROUNDS = 9
START_ROUNDS = 40
PROMPT_ROUNDS = 15
GUEST = "bench"


def measure(arguments, script, replies):
    """Runs a program, checks its replies; returns the seconds it took and its peak memory.

    The peak is never below that of this interpreter, which is smaller than each of the programs.
    """
    begin = time.perf_counter()
    with open(script, "rb") as stdin:
        process = subprocess.Popen(arguments, stdin=stdin, stdout=subprocess.PIPE, text=True)
    with process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    lines = [line for line in map(str.strip, output.splitlines())
             if line and not line.startswith("virsh #")]  # virsh echoes its input
    if process.returncode != 0 or lines != ["VM status: running"] * replies:
        sys.exit(f"{arguments[0]}: exit status {process.returncode}, {len(lines)} lines: {lines[:3]}")
    return seconds, usage.ru_maxrss


def interleaved(programs, rounds, replies):
    """Runs every program once per round, in changing order: {name: [(seconds, memory), ...]}."""
    results = {name: [] for name in programs}
    names = list(programs)
    for name in names:
        measure(*programs[name], replies)  # caches warm, not counted
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            results[name].append(measure(*programs[name], replies))
        names.reverse()
    return results


def first_prompt(program, arguments, prompt):
    """Seconds until an interactive program shows its prompt."""
    begin = time.perf_counter()
    with Terminal(program, *arguments) as terminal:
        terminal.wait_for(prompt)
        return time.perf_counter() - begin


def first_prompts(uri, hmpsh):
    """The same of hmpsh and virsh in turns, as interleaved() gives it."""
    programs = {"hmpsh": (hmpsh, ("-c", uri, GUEST), f"({GUEST})"),
                "virsh": ("virsh", ("-c", uri), "virsh #")}
    results = {name: [] for name in programs}
    for turn in range(PROMPT_ROUNDS + 1):
        for name, program in programs.items():
            seconds = first_prompt(*program)
            if turn > 0:  # caches are warm
                results[name].append((seconds,))
    return results


def ratio(results, one, other, field):
    """The median over the rounds of one program's figure by the other's in the same round."""
    return statistics.median(a[field] / b[field] for a, b in zip(results[one], results[other]))


def report(what, value, goal=None):
    print(f"{what:44} {value:5.2f}" + (f"   (goal: {goal:.2f} or less)" if goal else ""), flush=True)


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    hmpsh, loop = os.environ["HMPSH"], os.environ["LOOP"]
    command = f"qemu-monitor-command {GUEST} --hmp 'info status'\n"
    with Libvirtd() as daemon:
        daemon.start_guest(GUEST, kernel=os.environ.get("LAB_GUEST"))
        lines = daemon.directory / "hmpsh.script"
        lines.write_text("info status\n" * COMMANDS)
        virsh_lines = daemon.directory / "virsh.script"
        virsh_lines.write_text(command * COMMANDS)

        batch = interleaved({
            "hmpsh": ([hmpsh, "-c", daemon.uri, GUEST], lines),
            "loop": ([loop, daemon.uri, GUEST, str(COMMANDS)], os.devnull),
            "virsh": (["virsh", "-q", "-c", daemon.uri], virsh_lines),
        }, BATCH_ROUNDS, COMMANDS)
        report(f"{COMMANDS} commands, time: hmpsh / bare loop", ratio(batch, "hmpsh", "loop", 0), 1.05)
        report(f"{COMMANDS} commands, time: hmpsh / virsh", ratio(batch, "hmpsh", "virsh", 0), 0.70)
        report(f"{COMMANDS} commands, time: bare loop / virsh", ratio(batch, "loop", "virsh", 0))

        single = interleaved({
            "hmpsh": ([hmpsh, "-c", daemon.uri, GUEST, "info", "status"], os.devnull),
            "virsh": (["virsh", "-q", "-c", daemon.uri, "qemu-monitor-command", GUEST,
                       "--hmp", "info status"], os.devnull),
        }, START_ROUNDS, 1)
        report("one command, time: hmpsh / virsh", ratio(single, "hmpsh", "virsh", 0), 1.00)
        report("one command, peak memory: hmpsh / virsh", ratio(single, "hmpsh", "virsh", 1), 1.00)
        prompts = first_prompts(daemon.uri, hmpsh)
        report("time to the first prompt: hmpsh / virsh", ratio(prompts, "hmpsh", "virsh", 0))


main()
