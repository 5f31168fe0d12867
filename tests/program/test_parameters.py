# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration parameters and capabilities of a real QEMU: set, refused, shown."""
import json

import pytest

from conftest import HMPSH
from terminal import Terminal

SET, SET_CAPABILITY = "migrate_set_parameter", "migrate_set_capability"
SHOW, SHOW_CAPABILITIES = "info migrate_parameters", "info migrate_capabilities"

# For each parameter a value that is not the default: as it is typed, and as QEMU has it then.
OTHERS = {
    "max-bandwidth": ("64M", 64 << 20), "avail-switchover-bandwidth": ("1g", 1 << 30),
    "max-postcopy-bandwidth": ("8M", 8 << 20), "downtime-limit": ("0.5s", 500),
    "throttle-trigger-threshold": ("60%", 60), "cpu-throttle-initial": ("30", 30),
    "cpu-throttle-increment": ("15%", 15), "cpu-throttle-tailslow": ("on", True),
    "max-cpu-throttle": ("80%", 80), "x-vcpu-dirty-limit-period": ("0.5s", 500),
    "vcpu-dirty-limit": ("5 MiB/s", 5), "xbzrle-cache-size": ("128MiB", 128 << 20),
    "multifd-channels": ("4", 4), "multifd-compression": ("zlib", "zlib"),
    "multifd-zlib-level": ("9", 9), "multifd-zstd-level": ("20", 20),
    "multifd-qatzip-level": ("9", 9), "zero-page-detection": ("legacy", "legacy"),
    "tls-creds": ("tls0", "tls0"), "tls-hostname": ('"some host"', "some host"),
    "tls-authz": ('"authz0"', "authz0"), "announce-initial": ("60ms", 60),
    "announce-max": ("1s", 1000), "announce-rounds": ("6", 6), "announce-step": ("110 ms", 110),
    "mode": ("cpr-reboot", "cpr-reboot"), "direct-io": ("on", True),
    "x-checkpoint-delay": ("10s", 10000), "x-rdma-chunk-size": ("2 MiB", 2 << 20),
    "compress-level": ("9", 9), "compress-threads": ("4", 4), "decompress-threads": ("4", 4),
    "compress-wait-thread": ("off", False), "block-incremental": ("on", True),
}

# What hmpsh takes besides what QEMU takes.
KINDNESSES = [
    ("max-bandwidth", "64MiB", 64 << 20), ("max-bandwidth", "1.5 GiB/s", 3 << 29),
    ("max-bandwidth", ".5", 1 << 19), ("max-bandwidth", "64M  ", 64 << 20),
    ("max-bandwidth", '"100"', 100 << 20), ("max_bandwidth", "7", 7 << 20),
    ("max-postcopy-bandwidth", "1 MiB/s", 1 << 20), ("xbzrle-cache-size", "32 MiB", 32 << 20),
    ("downtime-limit", "0.5s", 500), ("downtime-limit", "1.5 s", 1500),
    ("downtime-limit", "250ms", 250), ("downtime-limit", "250 ms", 250),
    ("downtime-limit", "2500us", 3), ("announce-max", "1s", 1000),
    ("cpu-throttle-initial", "25%", 25), ("cpu-throttle-initial", "25 %", 25),
    ("multifd-compression", '"zlib"', "zlib"), ("tls-creds", '"tls0"', "tls0"),
    ("tls-creds", '""', ""), ("tls-hostname", '"a b"', "a b"),
]

# What QEMU itself judges, for good or ill: the same through hmpsh.
STRICT = [
    ("max-bandwidth", value) for value in
    ("1", "0", "1.5", "1k", "1e", "1b", "0x10", "010", "+1", "-1", "1e3", "abc", "1MB", "1,5", "8E",
     "9223372036854775807b", "1 2")
] + [
    ("downtime-limit", value) for value in
    ("400", "0x10", "1k", "2000000", "2000001", "0.5", "-1", "abc", "1min", "1 2")
] + [
    ("max-postcopy-bandwidth", "100"), ("xbzrle-cache-size", "100"), ("xbzrle-cache-size", "1m"),
    ("cpu-throttle-initial", "100"), ("cpu-throttle-initial", "0"), ("multifd-channels", "256"),
    ("multifd-channels", "-1"), ("announce-step", "0"), ("multifd-compression", "foo"),
    ("cpu-throttle-tailslow", "yes"), ("cpu-throttle-tailslow", "perhaps"),
    ("block-bitmap-mapping", "x"), ("nonesuch-at-all-here", "1"),
]


@pytest.fixture(scope="module", name="guest")
def fixture_guest(session_daemon):
    return session_daemon.start_guest("web01")


@pytest.fixture(name="run")
def fixture_run(hmpsh, session_daemon, guest):
    """run(LINE...): runs them, failures and all; what each came to: its value, or its error."""
    def run(*lines):
        done = hmpsh("-j", "-k", "-c", session_daemon.uri, guest, stdin="\n".join(lines) + "\n")
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(results) == len(lines), done.stderr
        return [each["return"] if "return" in each else each["error"]["desc"] for each in results]
    return run


@pytest.fixture(name="shell")
def fixture_shell(hmpsh, session_daemon, guest):
    """shell(LINE): runs one, as in a script."""
    return lambda line: hmpsh("-c", session_daemon.uri, guest, line)


@pytest.fixture(autouse=True)
def restored(run):
    """Leaves everything as it was found."""
    parameters, capabilities = run(SHOW, SHOW_CAPABILITIES)
    yield
    now, now_capable = run(SHOW, SHOW_CAPABILITIES)
    run(*(f"{SET} {name} {typed(name, value)}" for name, value in parameters.items()
          if now[name] != value), "info status")
    run(*(f"{SET_CAPABILITY} {each['capability']} {'on' if each['state'] else 'off'}"
          for each, other in zip(capabilities, now_capable) if each != other), "info status")
    assert run(SHOW, SHOW_CAPABILITIES) == [parameters, capabilities]


def typed(name, value):
    """The value that QEMU has, as one types it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if name in ("max-bandwidth", "avail-switchover-bandwidth"):
        return f"{value}b"
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_each_parameter_there_and_back(run):
    before, = run(SHOW)
    known = [name for name in before if name in OTHERS]
    assert len(known) >= 26
    lines = []
    for name in known:
        lines += [f"{SET} {name} {OTHERS[name][0]}", SHOW,
                  f"{SET} {name} {typed(name, before[name])}", SHOW]
    results = iter(run(*lines))
    for name in known:
        said, changed, said_back, back = (next(results) for _ in range(4))
        if "ignores it" in said:  # QEMU 5.0 to 8.2, with the levels of multifd's compression
            assert (name.endswith("-level"), changed) == (True, before)
            continue
        assert (name, said, said_back) == (name, "", "")
        assert changed == {**before, name: OTHERS[name][1]}
        assert back == before


@pytest.mark.parametrize("name, value, expected", KINDNESSES)
def test_kindness(run, name, value, expected):
    said, after = run(f"{SET} {name} {value}", SHOW)
    assert said == ""
    assert after[name.replace("_", "-")] == expected


def test_what_qemu_judges(run):
    """The value and the words are QEMU's own; what is refused leaves the old value."""
    before, = run(SHOW)
    lines = []
    for name, value in STRICT:
        back = [f"{SET} {name} {typed(name, before[name])}"] if name in before else ["info status"]
        lines += [f"{SET} {name} {value}", SHOW, *back,
                  f"hmp {SET} {name} {value}", SHOW, *back]
    results = iter(run(*lines))
    refused = 0
    for name, value in STRICT:
        said, ours, _, qemu_said, qemus, _ = (next(results) for _ in range(6))
        assert (name, value, said) == (name, value, qemu_said)
        assert ours == qemus
        if said:
            assert ours == before
            refused += 1
    assert refused > 20


@pytest.mark.parametrize("line, hint", [
    (f"{SET} max-bandwith 1", "did you mean 'max-bandwidth'?"),
    (f"{SET} downtime 1", "did you mean 'downtime-limit'?"),
    (f"{SET} x-multifd-channels 2", "x-multifd-channels: called multifd-channels since QEMU 4.0"),
    (f"{SET_CAPABILITY} mutlifd on", "did you mean 'multifd'?"),
    (f"{SET_CAPABILITY} x_postcopy_ram on", "x-postcopy-ram: called postcopy-ram since QEMU 2.6"),
])
def test_unknown_name(shell, line, hint):
    done = shell(line)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert "nvalid parameter" in first or "unexpected" in first
    assert second == hint


@pytest.mark.parametrize("command, show, names", [
    (f"{SET} {{}} 1", SHOW, ("compress-level", "vcpu-dirty-limit", "cpr-exec-command")),
    (f"{SET_CAPABILITY} {{}} on", SHOW_CAPABILITIES, ("compress", "switchover-ack")),
])
def test_name_of_another_release(run, command, show, names):
    """Some of these no QEMU has together; those that it lacks are explained."""
    reply, = run(show)
    has = set(reply) if isinstance(reply, dict) else {each["capability"] for each in reply}
    lacks = [name for name in names if name not in has]
    for name, said in zip(lacks, run(*(command.format(name) for name in lacks), "info status")):
        assert f"\n{name}: " in said and "since QEMU" in said


def test_nobody_knows(shell):
    done = shell(f"{SET} nothing-of-that-kind 1")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_capability(run):
    said, capabilities, off = run(f"{SET_CAPABILITY} xbzrle on", SHOW_CAPABILITIES,
                                  f"{SET_CAPABILITY} xbzrle off")
    assert (said, off) == ("", "")
    assert {"capability": "xbzrle", "state": True} in capabilities
    assert run(f"{SET_CAPABILITY} pause_before_switchover on")[0] == ""


def test_refused_capability(run):
    before, said, after = run(SHOW_CAPABILITIES, f"{SET_CAPABILITY} zero-copy-send on",
                              SHOW_CAPABILITIES)
    assert "multifd" in said
    assert before == after


@pytest.mark.parametrize("line, text", [
    (f"{SET_CAPABILITY} xbzrle maybe", "Expected 'on' or 'off'"),
    (f"{SET_CAPABILITY} xbzrle on x", f"{SET_CAPABILITY}: extraneous characters at the end of"),
    (f"{SET} max-bandwidth", f"{SET}: string expected"),
    (f"{SHOW} x", "migrate_parameters: extraneous characters at the end of line"),
    (f"{SHOW_CAPABILITIES} x", "migrate_capabilities: extraneous characters at the end of line"),
])
def test_wrong_arguments(shell, line, text):
    done = shell(line)
    assert (done.returncode, done.stdout) == (1, "")
    assert text in done.stderr


@pytest.mark.parametrize("line", [SHOW, SHOW_CAPABILITIES])
def test_info_in_a_script_is_qemus(shell, line):
    done = shell(line)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == shell(f"hmp {line}").stdout
    assert "max-bandwidth: " in done.stdout or "xbzrle: off\n" in done.stdout


def test_setting_is_silent_in_a_script(shell):
    for line in (f"{SET} downtime-limit 400ms", f"{SET_CAPABILITY} xbzrle on"):
        done = shell(line)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_at_a_terminal(session_daemon, guest):
    with Terminal(HMPSH, "-c", session_daemon.uri, guest, columns=120) as terminal:
        prompt = f"({guest})"
        terminal.wait_prompt(prompt)

        def run(line):
            return terminal.run(line, prompt)

        assert run(f"{SET} downtime-limit 0.5s") == ["downtime-limit is now 500 ms (was 300 ms)"]
        assert run(f"{SET} max-bandwidth 64 MiB/s") == [
            "max-bandwidth is now 64 MiB/s (was 128 MiB/s)"]
        assert run(f"{SET} max-bandwidth 67108865b") == [
            "max-bandwidth is now 67108865 B/s (was 67108864 B/s)"]
        assert run(f"{SET} max-bandwidth 0") == ["max-bandwidth is now unlimited (was 64 MiB/s)"]
        assert run(f"{SET} tls-creds tls0") == ["tls-creds is now 'tls0' (was '')"]
        assert run(f'{SET} tls-creds ""') == ["tls-creds is now '' (was 'tls0')"]
        assert run(f"{SET_CAPABILITY} xbzrle on") == ["xbzrle is now on (was off)"]
        assert run(f"{SET} cpu-throttle-initial 100")[0].startswith("Error: ")
        table = run(SHOW)
        assert table[0].split() == ["Name", "Value", "Default", "Range", "Meaning"]
        assert any(line.startswith("* downtime-limit ") and "500 ms" in line for line in table)
        assert any(line.startswith("  cpu-throttle-initial ") and "20 %" in line for line in table)
        assert any(line.startswith("* xbzrle ") for line in run(SHOW_CAPABILITIES))


def test_narrow_terminal(session_daemon, guest):
    with Terminal(HMPSH, "-c", session_daemon.uri, guest, columns=60) as terminal:
        prompt = f"({guest})"
        terminal.wait_prompt(prompt)
        table = terminal.run(SHOW, prompt)
        assert table[0].split()[:3] == ["Name", "Value", "Default"]
        assert all(line[:2] in ("  ", "* ") for line in table)
        assert any(line.split()[:3] == ["downtime-limit", "300", "ms"] for line in table)
