# SPDX-License-Identifier: GPL-3.0-or-later
"""The same lines to QEMU's own human monitor and to hmpsh: the same texts, and failures told.

The monitor is that of a QEMU of the test's own, as like the lab's source as can be. What hmpsh does
differently on purpose is in KINDNESSES and in the tests below it, and is asserted there.
"""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import pytest

from conftest import HMPSH
from lab import Lab
from libvirtd import wait_until

PROMPT = b"(qemu) "
LONG = "x" * 1100

# What becomes of each line ("fails": exit status 1), and the line. ⇥ is a tab, ␠ a blank at its
# end, LONG a word that QEMU cuts.
LINES = r"""
ok    info version
ok      info status
ok    ⇥info⇥status
ok     info   status  ␠
ok    info name
ok    info kvm
ok    info pci
ok    info cpus
ok    info mem
ok    info tlb
ok    info network
ok    info mice
ok    info iothreads
ok    info vnc
ok    info numa
ok    info memory_size_summary
ok    info memory-devices
ok    info hotpluggable-cpus
ok    info snapshots
ok    info block
ok    info block -n
ok    info block -n -v nodev
ok    info block-jobs
ok    info blockstats
ok    info dirty_rate
ok    info vcpu_dirty_limit
fails info usb
fails info balloon
fails info vm-generation-id
fails info foo
fails info foo bar
fails info mig
fails info -x
fails info status x
fails info status # x
fails info migrate x
fails info migrate_capabilities x
fails info migrate_parameters x
fails info dirty_rate x
fails info vcpu_dirty_limit x
fails info block -x
fails info block-jobs x
fails info block "nodev
fails info registers -z
fails info registers x
fails info registers 99
fails info mtree -x
fails info stats
fails info rocker
fails info irq x
fails info "status"
fails info/foo
fails info/
fails info /
fails info status/
fails info migrate/x
fails "info" status
fails 'info' status

fails foo
fails foo bar
fails foo⇥bar
fails INFO status
fails Info status
fails inf status
fails mig
fails migrate_s
fails migrat -d foo
fails stop; cont
fails stop && cont
fails stop # later
fails stop|s
fails /
fails /foo
fails "foo"
fails "
fails ""
fails '
fails \
fails \n
fails $(reboot)
fails `reboot`
fails !ls
fails | cat
fails > file
fails [1,2,3]
fails x{"execute":"stop"}
fails LONG
fails LONG LONG
fails info LONG
fails help LONG
fails ärger
fails info ärger
fails info status ä
fails help ä
fails 日本語 テスト
fails 🦆

ok    help migrate
ok    help  migrate  ␠
ok    help migrate foo
ok    help "migrate"
ok    ? migrate
ok    help migrate_cancel
ok    help migrate_incoming
ok    help migrate_start_postcopy
ok    help migrate_set_capability
ok    help migrate_set_parameter
ok    help calc_dirty_rate
ok    help announce_self
ok    help client_migrate_info
ok    help info migrate
ok    help info migrate foo
ok    help info migrate_capabilities
ok    help info status
ok    help info block
ok    help c
ok    help cont
ok    help s
ok    help stop
ok    help x
ok    help x foo
ok    help device_add
ok    help drive_mirror
ok    help nbd_server_start
ok    help log
fails help foo
fails help foo bar
fails help info foo
fails help info info
fails help ""
fails help 'migrate'
fails help MIGRATE
fails help migrate/x
fails help /x
fails help stop|s
fails ? foo
fails ?migrate

ok    print 1
ok    print 1+2
ok    print 1 + 2
ok    print 1+2|4
ok    print (1+2)*3
ok    print 0x10
ok    print 010
ok    print -1
ok    print ~0
ok    print 0xffffffffffffffff
ok    print 'a'
ok    print /x 255
ok    print/x 255
ok    p/d 255
ok    p/o 8
ok    p/c 65
fails print
fails print 1/0
fails print 7%0
fails print 08
fails print 0xg
fails print 18446744073709551616
fails print 1 2
fails print (1
fails print '
fails print 'ab'
fails print $nosuch
fails print/xyz 1
fails print ä
fails p/z 1
fails p/x
ok    x /8i 0x100010
ok    x/2i 0x100010
ok    x /4bx 0xfffffff0
ok    x/2hx 0xfffffff0
ok    x/ 0xfffffff0
ok    xp /4wx 0xfffffff0
ok    xp/1gx 0xfffffff0
fails x
fails x/2i
fails x/q 0
fails xp /4q 0
fails x /8i zero
ok    i /b 0x80
ok    o /b 0x80 0
fails i
fails i x
fails o /b 0x80
ok    sum 0x100010 16
fails sum 0
ok    gva2gpa 0x100010
fails gva2gpa
fails gpa2hva 0xffffffffffff0000
fails gpa2hpa 0xffffffffffff0000

fails migrate
fails migrate -d
fails migrate -d -d tcp:127.0.0.1:1
fails migrate -x tcp:127.0.0.1:1
fails migrate - tcp:127.0.0.1:1
fails migrate -- tcp:127.0.0.1:1
fails migrate --detach tcp:127.0.0.1:1
fails migrate tcp:127.0.0.1:1 x
fails migrate tcp:127.0.0.1:1 -d
fails migrate⇥-d⇥foo
fails migrate -d foo
fails migrate -d foo:bar
fails migrate -d ""
fails migrate -d "-x"
fails migrate -d 'tcp:127.0.0.1:1'
fails migrate -d "tcp:\'x\'"
fails migrate -d tcp:
fails migrate -d tcp:x
fails migrate -d tcp::
fails migrate -d unix:
fails migrate -d fd:nope
fails migrate -d vsock:1
fails migrate -d file:/nonexistent/file
fails migrate -d ä:b
fails migrate/x
fails migrate/ foo
fails migrate -r tcp:127.0.0.1:1
fails migrate -d -r tcp:127.0.0.1:1
fails migrate -d-r tcp:127.0.0.1:1
ok    migrate_cancel
fails migrate_cancel x
fails migrate_cancel -f
fails migrate_continue
fails migrate_continue foo
fails migrate_continue pre-switchover
fails migrate_continue pre-switchover x
fails migrate_pause
fails migrate_pause x
fails migrate_recover
fails migrate_recover foo
fails migrate_recover tcp:127.0.0.1:1
fails migrate_recover a b
fails migrate_start_postcopy
fails migrate_start_postcopy x
fails migrate_incoming
fails migrate_incoming tcp:127.0.0.1:0
fails migrate_incoming tcp:127.0.0.1:0 x
fails x_colo_lost_heartbeat
fails x_colo_lost_heartbeat x
fails client_migrate_info
fails client_migrate_info spice
fails client_migrate_info spice host
fails client_migrate_info vnc host
fails client_migrate_info spice host x
fails client_migrate_info spice host 1 2 subject x
ok    announce_self
ok    announce_self net0 id
fails announce_self net0 id x

fails migrate_set_capability
fails migrate_set_capability xbzrle
fails migrate_set_capability nope
fails migrate_set_capability nope on
fails migrate_set_capability ä on
fails migrate_set_capability "ä\"ö\\ü" on
fails migrate_set_capability "a\nb" on
fails migrate_set_capability LONG on
fails migrate_set_capability xbzrle On
fails migrate_set_capability xbzrle yes
fails migrate_set_capability xbzrle "on"
fails migrate_set_capability xbzrle onoff
fails migrate_set_capability xbzrle on x
fails migrate_set_capability no"pe" on
fails migrate_set_capability 'nope' on
fails migrate_set_capability postcopy-preempt on
ok    migrate_set_capability xbzrle on
ok    migrate_set_capability "xbzrle" off
ok    migrate_set_capability "xbzrle"on
ok    migrate_set_capability⇥xbzrle⇥off⇥
fails migrate_set_parameter
fails migrate_set_parameter nope
fails migrate_set_parameter nope 1
fails migrate_set_parameter max-bandwidth
fails migrate_set_parameter max-bandwidth abc
fails migrate_set_parameter max-bandwidth -1
fails migrate_set_parameter max-bandwidth 1MB
fails migrate_set_parameter max-bandwidth 1e3
fails migrate_set_parameter max-bandwidth 8E
fails migrate_set_parameter max-bandwidth ""
fails migrate_set_parameter max-bandwidth 1 2
ok    migrate_set_parameter max-bandwidth 1
ok    migrate_set_parameter max-bandwidth 1.5
ok    migrate_set_parameter max-bandwidth 64k
ok    migrate_set_parameter max-bandwidth 7E
ok    migrate_set_parameter max-bandwidth 0
fails migrate_set_parameter downtime-limit x
fails migrate_set_parameter downtime-limit -1
fails migrate_set_parameter downtime-limit 99999999
ok    migrate_set_parameter downtime-limit 300
fails migrate_set_parameter multifd-channels 0
fails migrate_set_parameter multifd-channels 256
fails migrate_set_parameter multifd-compression foo
fails migrate_set_parameter cpu-throttle-initial 100
fails migrate_set_parameter cpu-throttle-tailslow maybe
ok    migrate_set_parameter cpu-throttle-tailslow off
fails migrate_set_parameter xbzrle-cache-size 5000
ok    migrate_set_parameter xbzrle-cache-size 64M
fails migrate_set_parameter block-bitmap-mapping x
ok    migrate_set_parameter tls-creds ""
fails calc_dirty_rate
fails calc_dirty_rate x
fails calc_dirty_rate 0
fails calc_dirty_rate -5
fails calc_dirty_rate 1 -5
fails calc_dirty_rate 61
fails calc_dirty_rate -x 1
fails calc_dirty_rate 1 2 3
ok    calc_dirty_rate 1
fails set_vcpu_dirty_limit
fails set_vcpu_dirty_limit x
fails set_vcpu_dirty_limit 10
fails cancel_vcpu_dirty_limit x

ok    stop
ok    info status
ok    s
ok    cont
ok    c
ok    info status
fails stop x
fails s x
fails cont x
fails c x
fails system_reset x
fails system_wakeup
fails nmi x

fails block_job_set_speed
fails block_job_set_speed nodev
fails block_job_set_speed nodev 1
fails block_job_set_speed "nodev"1
fails block_job_set_speed nodev 1MB
fails block_job_set_speed nodev 1k x
fails block_job_set_speed nodev x
fails block_job_set_speed nodev -1
fails block_job_set_speed nodev 8E
fails block_job_set_speed nodev 1,5
fails block_job_set_speed nodev 0x
fails block_job_set_speed nodev "1"
fails block_job_set_speed nodev ""
fails block_job_cancel
fails block_job_cancel -x nodev
fails block_job_cancel -f nodev
fails block_job_complete nodev
fails block_resize
fails block_resize nodev
fails block_resize nodev 1G
fails block_resize nodev inf
fails block_resize "" 1
fails block_stream nodev x
fails block_stream nodev 1M base
fails block_set_io_throttle nodev 0 0 0 0 0
fails block_set_io_throttle nodev 0 0 0 0 0 0
fails drive_mirror
fails drive_mirror nodev
fails drive_mirror -n -f nodev /nonexistent/file raw
fails drive_mirror -f -n nodev /nonexistent/file raw
fails drive_mirror nodev a b c
fails drive_backup nodev /nonexistent/file
fails drive_add 0
fails drive_add 0 bogus=1
ok    drive_add 0 if=none,id=d0
fails drive_add 0 if=none,id=d0
ok    drive_del d0
fails drive_del d0
fails snapshot_blkdev nodev
fails snapshot_blkdev nodev /nonexistent/file
fails snapshot_blkdev_internal nodev
fails snapshot_blkdev_internal nodev tag
fails snapshot_delete_blkdev_internal nodev tag
fails savevm
fails savevm tag
fails savevm tag x
fails loadvm
fails loadvm tag
ok    cont
fails delvm
ok    delvm tag
fails delvm tag x
fails nbd_server_start
fails nbd_server_start foo
fails nbd_server_start -w 127.0.0.1:0
fails nbd_server_start -x foo
fails nbd_server_start unix:/nonexistent/socket
fails nbd_server_add
fails nbd_server_add -w nodev name
fails nbd_server_remove -f name
fails nbd_server_stop
fails nbd_server_stop x
fails eject nodev
fails change nodev x
fails commit nodev
fails qemu-io nodev "help"

ok    device_add e1000,help
ok    device_add help
fails device_add
fails device_add nosuch
fails device_add nosuch,help
fails device_add e1000,id=n1
fails device_add e1000,id=1x
fails device_add e1000,bogus=1
fails device_add e1000,id=n1 x
fails device_add ä
fails device_add {"driver":"e1000"}
fails device_del
fails device_del nosuch
fails device_del "nosuch
fails device_del n1 x
fails device_del LONG
fails object_add
fails object_add nosuch,id=x
fails object_add secret
fails object_add secret,id=s0
ok    object_add secret,id=s0,data=abc
fails object_add secret,id=s0,data=abc
ok    object_del s0
fails object_del s0
fails object_del
ok    netdev_add hubport,id=h0,hubid=0
fails netdev_add hubport,id=h0,hubid=0
fails netdev_add nosuch,id=n
ok    netdev_del h0
fails netdev_del h0
ok    chardev-add ringbuf,id=r0
fails chardev-add ringbuf,id=r0
ok    ringbuf_write r0 hello
ok    ringbuf_read r0 5
ok    ringbuf_read r0 5
fails ringbuf_read r0
fails ringbuf_read nosuch 5
ok    chardev-remove r0
fails chardev-remove r0
fails chardev-add nosuch,id=c
fails set_link nosuch on
fails set_link nosuch maybe
fails set_password
fails set_password vnc
fails set_password vnc secret
fails set_password foo secret
fails expire_password vnc now
fails change vnc x
ok    sendkey a
fails sendkey nosuch
fails sendkey a x
fails mouse_set 99
fails balloon
fails balloon 100
fails balloon -1
ok    cpu 0
fails cpu 99
fails cpu -1
fails memsave 0 4 "/nonexistent/file"
fails dump-guest-memory /nonexistent/file
fails screendump /nonexistent/file
ok    gdbserver none
fails gdbserver foo:bar
ok    boot_set c
fails boot_set nosuch
fails watchdog_action nosuch
fails trace-event nosuch on
fails log nosuch
ok    log none
ok    qom-get /machine type
fails qom-get /machine nosuch
fails qom-get /machine 🦆
fails qom-list /nosuch
fails qom-set /machine type x
fails getfd x
fails exit_preconfig
fails pcie_aer_inject_error nosuch x
""".replace("⇥", "\t").replace("␠", " ").replace("LONG", LONG)
CASES = [(line[:6].strip(), line[6:]) for line in LINES.splitlines() if line]


class HumanMonitor:
    """`with HumanMonitor(KERNEL) as monitor:` a QEMU; monitor.ask(LINE) types the line."""

    def __init__(self, kernel):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="hd-", dir="/tmp"))
        self.log = open(self.directory / "log", "wb")
        self.process = subprocess.Popen(self._command(kernel), stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.sockets = []

    def _command(self, kernel):
        """Of libvirt's options for the lab's source those that a monitor's reply depends on."""
        place = self.directory
        options = {
            "name": "guest=source", "accel": "tcg", "cpu": "qemu64", "m": "256", "display": "none",
            "machine": "pc,usb=off,memory-backend=pc.ram,acpi=off", "boot": "strict=on",
            "object": f"memory-backend-ram,id=pc.ram,size={256 << 20}", "kernel": kernel,
            "chardev": f"file,id=charserial0,path={place}/serial",
            "device": "isa-serial,chardev=charserial0,id=serial0,index=0",
            "audiodev": "none,id=audio1", "monitor": f"unix:{place}/hmp,server=on,wait=off",
            "qmp": f"unix:{place}/qmp,server=on,wait=off",
        }
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-shutdown"]
        return command + [word for name, value in options.items() for word in (f"-{name}", value)]

    def __enter__(self):
        try:
            serial = self.directory / "serial"
            wait_until(lambda: self._lives() and serial.exists() and serial.stat().st_size,
                       what="a heartbeat of the guest")
            self.hmp = self._connect("hmp")
            self.qmp_file = self._connect("qmp").makefile("rw", encoding="utf-8")
            self.read()
            self.qmp_file.readline()
            self.qmp("qmp_capabilities")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _lives(self):
        assert self.process.poll() is None, (self.directory / "log").read_text()
        return True

    def _connect(self, name):
        channel = socket.socket(socket.AF_UNIX)
        self.sockets.append(channel)
        channel.settimeout(30)
        channel.connect(str(self.directory / name))
        return channel

    def read(self):
        """What comes up to and with the next prompt."""
        data = b""
        while not data.endswith(PROMPT):
            piece = self.hmp.recv(1 << 20)
            assert piece, "QEMU ended: " + (self.directory / "log").read_text()
            data += piece
        return data

    def ask(self, line):
        """What the monitor prints. A tab cannot be typed there, so such a line goes another way.

        The editor echoes the whole line again after each key; the reply follows the first CRLF.
        """
        if "\t" in line:
            text = self.qmp("human-monitor-command", {"command-line": line})
            return text.replace("\r\n", "\n")
        self.hmp.sendall(line.encode() + b"\r")
        echo, reply = self.read().removesuffix(PROMPT).split(b"\r\n", 1)
        assert echo.removesuffix(b"\x1b[K").endswith(line.encode())
        return reply.decode(errors="replace").replace("\r\n", "\n")

    def qmp(self, command, arguments=None):
        """The value that a QMP command returns."""
        self.qmp_file.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
        self.qmp_file.flush()
        while "return" not in (reply := json.loads(self.qmp_file.readline())):
            assert "error" not in reply, reply
        return reply["return"]

    def close(self):
        for channel in self.sockets:
            channel.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory)


@pytest.fixture(scope="module", name="monitor")
def human_monitor(lab_guest):
    """QEMU's own monitor."""
    if not lab_guest:
        pytest.skip("the lab's guest was not built")
    with HumanMonitor(lab_guest) as monitor:
        monitor.ask("migrate_set_capability events on")  # as libvirt does
        yield monitor


@pytest.fixture(scope="module", name="shell")
def shell_in_lab(lab_guest):
    """shell(LINE): what hmpsh makes of it, "ok" or "fails", and its text."""
    if not lab_guest:
        pytest.skip("the lab's guest was not built")
    with Lab(HMPSH) as lab:
        lab.get("lab status")  # waits for the guest to run

        def ask(line):
            answer = lab.ask(line)
            assert answer["command"] == line.lstrip()
            if "error" in answer:
                assert answer["error"]["class"] in ("GenericError", "CommandNotFound", "Syntax")
                return "fails", answer["error"]["desc"]
            return "ok", answer["return"]
        ask.lab = lab
        yield ask


@pytest.fixture(scope="module")
def answers(monitor, shell):
    """All lines, in order: what QEMU says, and what hmpsh makes of it."""
    return [(normalised(monitor.ask(line)), shell(line)) for _, line in CASES]


def normalised(text):
    """Without what no two QEMUs have in common."""
    return re.sub(r"thread_id=\d+", "thread_id=N", text)


def as_failure(text):
    """A failure's text ends without a newline: hmpsh has `FILE:LINE: ` before and one after it."""
    return text.rstrip("\n")


@pytest.mark.parametrize("number", range(len(CASES)), ids=[line[:40] for _, line in CASES])
def test_same_answer(answers, number):
    expected, line = CASES[number]
    theirs, (outcome, ours) = answers[number]
    if outcome == "fails":
        theirs = as_failure(theirs)
    assert (outcome, normalised(ours)) == (expected, theirs), line


def test_exit_status_of_a_script(hmpsh, answers):
    """Every failing line is reported as one, and no other is."""
    done = hmpsh("--lab", "--keep-going", stdin="".join(line + "\n" for _, line in CASES))
    reported = re.findall(r"^<stdin>:(\d+): ", done.stderr, re.MULTILINE)
    assert done.returncode == 1
    assert [int(number) for number in reported] == [
        number for number, (expected, _) in enumerate(CASES, 1) if expected == "fails"]


def test_script_of_good_lines(hmpsh, answers):
    """It ends well, and prints what QEMU prints to the same lines."""
    lines = [line for expected, line in CASES if expected == "ok"]
    texts = [theirs for (theirs, _), (expected, _) in zip(answers, CASES) if expected == "ok"]
    done = hmpsh("--lab", stdin="lab status\n" + "".join(line + "\n" for line in lines))
    printed = normalised(done.stdout).split("\n", 3)[3]  # without the three lines of `lab status`
    assert (done.returncode, done.stderr) == (0, "")
    assert printed == "".join(texts)


# What hmpsh answers otherwise than QEMU, and why: (reason, line, what becomes of it, its text). The
# text is a pattern for all of it, or QEMU(line): what QEMU says to that line, with more around it.
class QEMU:
    def __init__(self, line, before="", after=""):
        self.line, self.before, self.after = line, before, after


TRY = r'\nTry "help {}" for more information'
ANY_ORDER = "flags are taken in any order and together"
DISKS = "QEMU's own copying of disks fails with libvirt's disks, and is gone since 9.1"
WHY = "why a quoted string is wrong, QEMU says only to its own standard output"
KILLS = "it would end or hurt the guest"
REMOVED = "commands that QEMU had up to 5.2 are there on every QEMU"
OWN = "hmpsh's own commands, of which QEMU has none"
OWN_HELP = "what hmpsh does otherwise than QEMU, its help describes"
KINDNESSES = [
    (ANY_ORDER, "migrate -r -d tcp:127.0.0.1:1", "fails", QEMU("migrate -d -r tcp:127.0.0.1:1")),
    (ANY_ORDER, "migrate -dr tcp:127.0.0.1:1", "fails", QEMU("migrate -d -r tcp:127.0.0.1:1")),
    (ANY_ORDER, "migrate -dx foo", "fails", QEMU("migrate -d -x foo")),
    (DISKS, "migrate -b tcp:127.0.0.1:1", "fails", r"Error: migrate -b is refused: .*"),
    (DISKS, "migrate -i -d tcp:127.0.0.1:1", "fails", r"Error: migrate -i is refused: .*"),
    ("QEMU 10.0 looks at the URI first, where it has two reasons to refuse",
     "migrate_incoming foo", "fails",
     "Error: '-incoming' was not specified on the command line"),
    ("QEMU loses the end of this line", "migrate -", "fails",
     "migrate: unsupported option - " + TRY.format("migrate")),
    ("blanks before a command are dropped", "  foo bar", "fails", QEMU("foo bar")),
    ("an argument of hmpsh's own commands is not cut", f"migrate -d tcp:{LONG}", "fails",
     f"Error: error parsing address '{LONG}'"),
    (WHY, 'migrate -d "foo', "fails", QEMU('migrate -d "foo', "unterminated string\n")),
    (WHY, r'migrate -d "a\tb"', "fails",
     QEMU(r'migrate -d "a\tb"', "unsupported escape code: '\\t'\n")),
    (WHY, 'migrate_set_capability "xbzrle on', "fails",
     QEMU('migrate_set_capability "xbzrle on', "unterminated string\n")),
    ("a name that QEMU lacks gets a hint below QEMU's text", "migrate_set_capability XBZRLE on",
     "fails", QEMU("migrate_set_capability XBZRLE on", after="\ndid you mean 'xbzrle'?")),
    (WHY, 'help "migrate', "fails", "unknown command: '\"migrate'"),
    (KILLS, "migrate exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate -d exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate_incoming exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate_recover exec:true", "fails", "Error: exec: is refused: .*"),
    (KILLS, "migrate -d rdma:host", "fails", "Error: rdma:HOST:PORT expected .*"),
    (KILLS, "migrate_incoming rdma:", "fails", "Error: rdma:HOST:PORT expected .*"),
    (REMOVED, "migrate_set_speed 1g", "ok", ""),
    (REMOVED, "migrate_set_speed", "fails", "invalid size" + TRY.format("migrate_set_speed")),
    (REMOVED, "migrate_set_speed 1MB", "fails",
     "migrate_set_speed: extraneous characters at the end of line"
     + TRY.format("migrate_set_speed")),
    (REMOVED, "migrate_set_downtime 0.5", "ok", ""),
    (REMOVED, "migrate_set_downtime", "fails",
     "Number expected" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime inf", "fails",
     "Bad number" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime 1s", "fails",
     "Unknown unit suffix" + TRY.format("migrate_set_downtime")),
    (REMOVED, "migrate_set_downtime 2001", "fails",
     "Error: Parameter 'downtime_limit' expects an integer in the range of 0 to 2000 seconds"),
    (REMOVED, "migrate_set_cache_size 32m", "ok", ""),
    (REMOVED, "info migrate_cache_size", "ok", 33554432),
    (REMOVED, "help migrate_set_speed", "ok", "migrate_set_speed value -- .*"),
    (REMOVED, "help info migrate_cache_size", "ok", "info migrate_cache_size  -- .*"),
    (OWN, '{"execute":"query-name"}', "ok", {"name": "source"}),
    (OWN, "qmp query-name", "ok", {"name": "source"}),
    (OWN, "hmp info name", "ok", QEMU("info name")),
    (OWN, "sleep 0", "ok", ""),
    (OWN, "sleep x", "fails", "Number expected" + TRY.format("sleep")),
    (OWN, "quit x", "fails", r"quit\|q\|exit: extraneous .*"),
    (OWN_HELP, "help quit", "ok", r"quit\|q\|exit  -- leave the shell.*"),
    (OWN_HELP, "help help", "ok", r"help\|\? .*"),
]


@pytest.mark.parametrize("reason,line,expected,text", KINDNESSES,
                         ids=[line[:40] for _, line, _, _ in KINDNESSES])
def test_kindness(monitor, shell, reason, line, expected, text):
    outcome, ours = shell(line)
    assert outcome == expected, reason
    if isinstance(text, QEMU):
        theirs = monitor.ask(text.line)
        theirs = as_failure(theirs) if outcome == "fails" else theirs
        assert ours == text.before + theirs + text.after
    elif isinstance(text, str):
        assert re.fullmatch(text, ours, re.DOTALL), ours
    else:
        assert ours == text


@pytest.mark.parametrize("line", ["", "  ", "\t", "#", "# foo", "  #foo bar"])
def test_lines_that_ask_for_nothing(monitor, shell, line):
    """Also comments, which QEMU takes for commands."""
    if "#" not in line:
        assert monitor.ask(line) == ""
    shell.lab.send(line)
    assert shell("info name") == ("ok", "source\n")


@pytest.mark.parametrize("flag", ["-b", "-r"])
def test_dirty_rate_that_crashes(monitor, shell, flag):
    """Before 10.0, where QEMU's own monitor must not be asked."""
    line = f"calc_dirty_rate {flag} 1"
    outcome, ours = shell(line)
    if monitor.qmp("query-version")["qemu"]["major"] < 10:
        assert outcome == "fails" and ours.startswith("Error: refused: ")
    else:
        assert "refused" not in ours


def test_migrate_waits_for_the_end(monitor, shell):
    """QEMU's monitor waits as well, and then does not tell how it ended."""
    assert monitor.ask("migrate tcp:127.0.0.1:1") == ""
    outcome, ours = shell("migrate tcp:127.0.0.1:1")
    assert outcome == "fails"
    assert re.fullmatch("Error: the migration of 'source' failed: .*Connection refused.*", ours)


@pytest.mark.parametrize("ask", ["help", "?", "help info", "info"])
def test_lists_have_everything(monitor, shell, ask):
    """QEMU's lists with hmpsh's own commands: an entry of QEMU's is there, by its name at least."""
    outcome, ours = shell(ask)
    assert outcome == "ok"
    have = {line.split(" -- ")[0] for line in ours.splitlines()}
    names = {name for entry in have for name in entry.split(" ")[0].split("|")}
    names |= {entry.split(" ")[1] for entry in have if entry.startswith("info ")}
    for line in re.findall(r"^[^\s\[].*", monitor.ask(ask), re.MULTILINE):
        words = line.removeprefix("info ") if "info" in ask else line
        assert set(words.split(" ")[0].split("|")) <= names, line
    if "info" in ask:
        assert "info migrate_cache_size " in have
    else:
        assert {"migrate_set_speed value", "wait condition [seconds]"} <= have


@pytest.mark.parametrize("topic", ["migrate_capabilities", "migrate_parameters"])
def test_shown_as_text(hmpsh, lab_guest, topic):
    """With --json these are objects; as text they are QEMU's."""
    with HumanMonitor(lab_guest) as monitor:
        monitor.ask("migrate_set_capability events on")
        theirs = monitor.ask(f"info {topic}")
    assert hmpsh("--lab", "info", topic).stdout == theirs


def test_info_migrate(hmpsh, monitor):
    """On every QEMU up to 10.0 the same lines, less the globals, which QEMU puts before them."""
    lines = "info migrate\nmigrate tcp:127.0.0.1:1\ninfo migrate\n"
    done = hmpsh("--lab", "--keep-going", stdin=lines)
    reason = r"Failed to connect to '127\.0\.0\.1:1': Connection refused"
    assert re.fullmatch(rf"Migration status: failed \({reason}\)\ntotal time: 0 ms\n", done.stdout)
    monitor.ask("migrate tcp:127.0.0.1:1")
    assert monitor.ask("info migrate").endswith(done.stdout)


def test_quit_leaves_only_the_shell(hmpsh):
    done = hmpsh("--lab", stdin="quit\ninfo status\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_cont_at_a_migrated_source(shell):
    """It would run the guest twice. The lab's guest has moved after this."""
    shell.lab.get("migrate_set_parameter max-bandwidth 0")
    shell.lab.get("migrate peer")
    for line in ("cont", "c", "  cont  "):
        outcome, ours = shell(line)
        assert outcome == "fails" and ours.startswith("Error: refused: ")
    assert shell("info status") == ("ok", "VM status: paused (postmigrate)\n")
