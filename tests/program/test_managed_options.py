# SPDX-License-Identifier: GPL-3.0-or-later
"""migrate has an option for all that the installed libvirt can be asked for, and tells of each.

What libvirt has is read in its own header; what hmpsh has where people meet it: in help and Tab."""
import os
import re
import subprocess

import pytest

NO_GUEST = "-c", "test:///default", "test"  # libvirt's test driver: there is no QEMU to be asked

# What Tab does not offer, and why. It is there for who knows it from virsh, to be told the reason.
NEVER_OFFERED = {"--direct": "no hypervisor driver for QEMU has direct migrations"}


@pytest.fixture(name="header", scope="module")
def libvirt_header():
    include = subprocess.run(["pkg-config", "--variable=includedir", "libvirt"], check=True,
                             capture_output=True, text=True).stdout.strip()
    with open(os.path.join(include, "libvirt", "libvirt-domain.h"), encoding="utf-8") as file:
        return file.read()


@pytest.fixture(name="flags", scope="module")
def libvirt_flags(header):
    """The bits by their names."""
    found = re.findall(r"\b(VIR_MIGRATE_\w+)\s*=\s*\(1 << (\d+)\)", header)
    assert len(found) >= 19  # as many as 8.2 has
    return {name: 1 << int(shift) for name, shift in found}


@pytest.fixture(name="parameters", scope="module")
def libvirt_parameters(header):
    """The keys by their names."""
    found = re.findall(r'define (VIR_MIGRATE_PARAM_\w+)\s+"([^"]+)"', header)
    assert len(found) == header.count("define VIR_MIGRATE_PARAM_") >= 20
    return dict(found)


@pytest.fixture(name="options", scope="module")
def listed_options(hmpsh):
    """Those in `help migrate`, in its order: the line by the option."""
    done = hmpsh(*NO_GUEST, "help", "migrate")
    assert done.returncode == 0, done.stderr
    lines = re.findall(r"^  (--[a-z0-9-]+)(.*)$", done.stdout, re.MULTILINE)
    assert len(dict(lines)) == len(lines)
    return dict(lines)


@pytest.fixture(name="explanations", scope="module")
def option_explanations(hmpsh, options):
    """What `help migrate --OPTION` says of each."""
    done = hmpsh("-e", *NO_GUEST, stdin="".join(f"help migrate {name}\n" for name in options))
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^(?:\S+> |\(\S+\) )?help migrate (--\S+)\n", done.stdout, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def test_every_option_is_explained(options, explanations):
    assert list(explanations) == list(options)
    for name, text in explanations.items():
        first, what, *more = text.splitlines()
        libvirts = more[0]
        meaning = re.sub(r"^ ?\S*  ", "", options[name])
        assert re.fullmatch(rf"{name}(?: [A-Z]+)?: {re.escape(meaning)}\.", first)
        assert what.endswith(".")
        assert re.fullmatch(r"\(libvirt: (?:(?:flag \d+|parameter \S+), )?since \d+\.\d+\.\d+\)",
                            libvirts)
        assert all(re.match(r"--\S+ .*: .*\.$", line) and name in line for line in more[1:])


def test_every_flag_is_there(flags, explanations):
    told = [int(bit) for text in explanations.values()
            for bit in re.findall(r"\(libvirt: flag (\d+), ", text)]
    assert {name for name, bit in flags.items() if bit not in told} == set()


def test_every_parameter_is_there(parameters, explanations):
    told = [key for text in explanations.values()
            for key in re.findall(r"\(libvirt: parameter (\S+), ", text)]
    assert {name for name, key in parameters.items() if key not in told} == set()
    assert len(told) == len(set(told))


def test_flags_stand_before_parameters(options):
    takes_value = [bool(re.match(r" [a-z]", rest)) for rest in options.values()]
    assert takes_value == sorted(takes_value)


@pytest.mark.parametrize("line", ["migrate --", "help migrate --"])
def test_tab_has_all(hmpsh, options, line):
    done = hmpsh(f"--complete={line}", "--", *NO_GUEST[2:])
    hidden = NEVER_OFFERED if line.startswith("migrate") else {}
    assert set(done.stdout.split()) == set(options) - set(hidden)


def test_an_unknown_option_is_a_slip(hmpsh):
    done = hmpsh(*NO_GUEST, "help", "migrate", "--tuneled")
    assert done.returncode == 1
    assert done.stderr == ("hmpsh: migrate: unsupported option --tuneled "
                           "(did you mean '--tunnelled'?)\n")


def test_lines_fit_a_terminal(hmpsh):
    """Where the description is not broken by the terminal's width: in a pipe."""
    text = hmpsh(*NO_GUEST, "help", "migrate").stdout
    first, *lines = text.splitlines()
    assert first.startswith("migrate [-d] [-b] [-i] [-r] [-n] [--option...] uri -- ")
    assert [line for line in lines if not line.startswith("  ") and len(line) > 80] == []


def test_the_manual_has_all(hmpsh, options):
    manual = hmpsh("--manual").stdout
    for name in options:
        assert re.search(rf"^    ``{name}(?: \w+)?``: ", manual, re.MULTILINE)
