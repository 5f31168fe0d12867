# SPDX-License-Identifier: GPL-3.0-or-later
"""explain: that it knows all that this QEMU and this libvirt have, and what it tells of their values.

What there is comes from QEMU's own schema and from libvirt's own header, never from a list here."""
import os
import re
import subprocess

import pytest

from conftest import HMPSH
from libvirtd import Libvirtd
from shell import Shell
from terminal import Terminal


@pytest.fixture(name="shell", scope="module")
def fixture_shell(session_daemon, lab_guest):
    session_daemon.start_guest("web11", kernel=lab_guest)
    with Shell(HMPSH, "--connect", session_daemon.uri, "web11") as shell:
        yield shell


@pytest.fixture(name="schema", scope="module")
def fixture_schema(shell):
    return {entry["name"]: entry for entry in shell.get("qmp query-qmp-schema")}


def explained(shell, name):
    """What is told of it: a list; empty where it is nothing."""
    return shell.ask(f"explain {name}").get("return", [])


def kinds(shell, name):
    return {told["kind"] for told in explained(shell, name)}


def missing(shell, names, kind):
    """Those of the names that are no topics of that kind."""
    assert names
    return {name for name in names if kind not in kinds(shell, name)}


def members(schema, entry):
    return {member["name"]: schema[member["type"]] for member in schema[entry]["members"]}


# --- all that there is ---

def test_parameters(shell, schema):
    names = members(schema, schema["query-migrate-parameters"]["ret-type"])
    assert len(names) > 15
    assert missing(shell, names, "parameter") == set()


def enum_of(schema, type_name):
    return set(schema[type_name]["values"])


def test_capabilities(shell, schema):
    array = schema[schema["query-migrate-capabilities"]["ret-type"]]
    capability = next(member for member in schema[array["element-type"]]["members"]
                      if member["name"] == "capability")
    assert missing(shell, enum_of(schema, capability["type"]), "capability") == set()


def test_statuses(shell, schema):
    status = next(member for member in schema[schema["MIGRATION"]["arg-type"]]["members"]
                  if member["name"] == "status")
    assert missing(shell, enum_of(schema, status["type"]), "status") == set()


def test_figures(shell, schema):
    """Those of query-migrate; of a part that is an object, its members."""
    paths = set()
    for name, entry in members(schema, schema["query-migrate"]["ret-type"]).items():
        if entry["meta-type"] == "object":
            paths |= {f"{name}.{member['name']}" for member in entry["members"]}
        else:
            paths.add(name)
    assert {"ram.dirty-sync-count", "xbzrle-cache.overflow", "downtime"} < paths
    # `disk` has all members of `ram`, nearly all of them always 0: only those that count are known
    paths = {path for path in paths if not path.startswith("disk.")}
    assert missing(shell, paths, "figure") == set()


def test_events(shell, schema):
    names = {name for name, entry in schema.items() if entry["meta-type"] == "event"}
    assert {"MIGRATION", "MIGRATION_PASS", "UNPLUG_PRIMARY"} < names
    assert missing(shell, names, "event") == set()


def test_options_of_libvirt(shell):
    include = subprocess.run(["pkg-config", "--variable=includedir", "libvirt"], check=True,
                             capture_output=True, text=True).stdout.strip()
    with open(os.path.join(include, "libvirt", "libvirt-domain.h"), encoding="utf-8") as file:
        header = file.read()
    flags = set(re.findall(r"\b(VIR_MIGRATE_\w+)\s*=\s*\(1 << \d+\)", header))
    parameters = dict(re.findall(r'define (VIR_MIGRATE_PARAM_\w+)\s+"([^"]+)"', header))
    assert len(flags) >= 19 and len(parameters) >= 20
    assert missing(shell, flags | set(parameters) | set(parameters.values()), "option") == set()


def test_every_name_in_the_list_is_a_topic(shell):
    for kind, names in shell.get("explain").items():
        assert missing(shell, names, kind) == set()
        assert len(names) == len(set(names))


def test_every_topic_leads_to_topics(shell):
    """And what is said of it ends as sentences do."""
    names = {name for kind, all_of_it in shell.get("explain").items() if kind != "command"
             for name in all_of_it}
    seen = set()
    for name in names:
        for told in explained(shell, name):
            seen |= set(told.get("see", []))
            for part in ("effect", "when", "told"):
                assert told.get(part, ".").endswith("."), (name, part)
    assert {name for name in seen if not explained(shell, name)} == set()


# --- what it is here ---

def values(shell, kind):
    """The values that are told, by name."""
    return {told["topic"]: told["value"] for name in shell.get("explain")[kind]
            for told in explained(shell, name) if told["kind"] == kind and "value" in told}


def check_values(shell):
    assert values(shell, "parameter") == shell.get("qmp query-migrate-parameters")
    assert values(shell, "capability") == {
        each["capability"]: each["state"] for each in shell.get("qmp query-migrate-capabilities")}


def test_values(shell):
    check_values(shell)
    for line in ("migrate_set_parameter downtime-limit 777",
                 "migrate_set_parameter max-bandwidth 33M",
                 "migrate_set_parameter cpu-throttle-tailslow on",
                 "migrate_set_parameter tls-hostname hostb",
                 "migrate_set_capability xbzrle on", "migrate_set_capability events off"):
        shell.get(line)
    check_values(shell)
    assert values(shell, "parameter")["downtime-limit"] == 777
    assert values(shell, "capability")["xbzrle"] is True
    for line in ("migrate_set_capability xbzrle off", "migrate_set_capability events on",
                 "migrate_set_parameter downtime-limit 300"):
        shell.get(line)


def test_figures_of_a_migration(shell, tmp_path):
    """Of one that fails, since nobody listens there."""
    assert explained(shell, "setup")[0]["value"] == "none"
    assert shell.ask(f"migrate unix:{tmp_path}/nobody")["error"]
    assert explained(shell, "failed")[0]["value"] == "failed"
    figures = values(shell, "figure")
    assert figures["status"] == figures["verdict"] == "failed"
    assert figures["driver"] == "raw"
    status = shell.get("qmp query-migrate")
    assert figures.get("error-desc") == status.get("error-desc")


def test_policy_keys(shell):
    assert "value" not in explained(shell, "nova downtime")[0]
    shell.get("migrate_policy nova downtime=700")
    assert explained(shell, "nova downtime")[0]["value"] == "700"
    assert explained(shell, "nova")[0]["value"] == "chosen"
    assert "value" not in explained(shell, "pve speed")[0]
    shell.get("migrate_policy manual")


# --- how it is asked and told ---

@pytest.mark.parametrize("typed", [
    "downtime-limit", "downtime_limit", "DOWNTIME-LIMIT", '"downtime limit"', "downtime limit"])
def test_spellings(shell, typed):
    assert [told["kind"] for told in explained(shell, typed)] == ["term", "parameter"]


def test_a_command_is_explained_by_its_help(shell):
    assert explained(shell, "grep")[0]["text"] == shell.get("help grep")


def test_an_unknown_topic_is_a_slip(shell):
    assert shell.ask("explain blakout")["error"]["desc"] == (
        "there is no topic 'blakout' (did you mean 'blackout'?)")
    assert shell.ask("explain qqqqqqqqqqqq")["error"]["desc"] == (
        "there is no topic 'qqqqqqqqqqqq' ('explain' alone lists them)")


def test_help_of_what_is_no_command(shell):
    assert shell.get("help blackout").startswith("blackout (")
    assert shell.ask("help qqqqqqqqqqqq")["error"]["class"] == "CommandNotFound"
    assert shell.get("help info status")  # QEMU's own


def test_without_a_guest(session_daemon):
    """Nothing is told of here, and nothing fails."""
    with Libvirtd() as empty, Shell(HMPSH, "--connect", empty.uri) as shell:
        assert session_daemon.uri != empty.uri
        told = explained(shell, "downtime-limit")
        assert [each["kind"] for each in told] == ["term", "parameter"]
        assert all("value" not in each for each in told)
        assert "value" not in explained(shell, "setup")[0]
        assert shell.get("help blackout").startswith("blackout (")


def completions(hmpsh, line):
    return hmpsh(f"--complete={line}", "--connect", "test:///default", "test").stdout.split()


def test_tab(hmpsh):
    assert "blackout" in completions(hmpsh, "explain bl")
    assert "--p2p" in completions(hmpsh, "explain --p")
    assert "VIR_MIGRATE_PEER2PEER" in completions(hmpsh, "explain VIR_MIGRATE_PEER")
    assert completions(hmpsh, "explain dirty ra") == ["rate"]
    assert completions(hmpsh, "explain nova downtime_s") == ["downtime_steps"]
    assert "migrate" in completions(hmpsh, "explain info migr")


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_fit_the_window(session_daemon, shell, columns):
    assert shell  # the guest is there
    with Terminal(HMPSH, "--connect", session_daemon.uri, "web11", columns=columns,
                  rows=200) as terminal:
        terminal.wait_prompt("(web11)")
        lines = terminal.run("explain will not converge", "(web11)")
    assert lines[0] == "will not converge (term)"
    assert lines[1].startswith("Verdict: W is above the threshold")
    when = next(i for i, line in enumerate(lines) if line.startswith("  When  "))
    assert lines[when + 1].startswith(" " * 16 + lines[when + 1].lstrip()[:3])  # goes on there
    assert max(map(len, lines)) <= columns
    assert not any(line.endswith(("-", " ")) for line in lines)


def test_the_manual_has_all(hmpsh, shell):
    manual = hmpsh("--manual-topics").stdout
    for kind, names in shell.get("explain").items():
        for name in names if kind != "command" else []:
            assert re.search(rf"^``{re.escape(name)}(?:, [^`]+)?``$", manual, re.MULTILINE), name
