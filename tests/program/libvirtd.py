# SPDX-License-Identifier: GPL-3.0-or-later
"""A private session libvirtd: its own directories and socket, nothing of the user's is touched."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

QEMU_CONF = 'stdio_handler = "file"\nsecurity_driver = "none"\n'


def wait_until(condition, seconds=30, what="it"):
    """Returns the first true value of condition(); raises when it stays false."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come about in {seconds} s")
        time.sleep(0.05)
    return value


def guest_xml(name, *, uuid=None, memory=128, kernel=None, devices="", qemu_args=(),
              serial="<serial type='null'/>"):
    """A small guest under TCG, diskless unless its devices say otherwise; without a kernel its
    firmware finds nothing to boot, and does not try again."""
    arguments = "".join(f"<qemu:arg value='{arg}'/>" for arg in qemu_args)
    return f"""
<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>{name}</name>
  {f"<uuid>{uuid}</uuid>" if uuid else ""}
  <memory unit='MiB'>{memory}</memory>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    {f"<kernel>{kernel}</kernel>" if kernel else ""}
    <bios rebootTimeout='-1'/>
  </os>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    {serial}
    {devices}
  </devices>
  <qemu:commandline>{arguments}</qemu:commandline>
</domain>"""


class Libvirtd:
    """`with Libvirtd() as daemon:` runs one, and leaves no QEMU behind.

    The driver for ordinary users is the one under test: root runs it as nobody.
    """

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="hmpsh-test-", dir="/tmp"))
        self.socket = self.directory / "run/libvirt/libvirt-sock"
        self.uri = f"qemu+unix:///session?socket={self.socket}"
        self.user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for name in ("run", "config/libvirt", "cache"):
            (self.directory / name).mkdir(parents=True, mode=0o700)
        (self.directory / "config/libvirt/qemu.conf").write_text(QEMU_CONF)
        for path in (self.directory, *self.directory.rglob("*")):
            self._give(path)
        self.process = None

    def _give(self, path):
        if self.user:
            os.chown(path, self.user["user"], self.user["group"])

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the daemon, also once more after kill(): it then finds its guests again."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.directory),
                       "XDG_RUNTIME_DIR": str(self.directory / "run"),
                       "XDG_CONFIG_HOME": str(self.directory / "config"),
                       "XDG_CACHE_HOME": str(self.directory / "cache")}
        with open(self.directory / "libvirtd.log", "ab") as log:
            self.process = subprocess.Popen(["libvirtd"], env=environment, cwd=self.directory,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            **self.user)
        wait_until(lambda: self._answers(), what="an answer from libvirtd")

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError((self.directory / "libvirtd.log").read_text())
        return self.socket.exists() and subprocess.run(
            ["virsh", "-c", self.uri, "uri"], capture_output=True, check=False).returncode == 0

    def kill(self):
        """The daemon dies by SIGKILL; its guests run on."""
        self.process.kill()
        self.process.wait()

    def virsh(self, *args):
        """Runs virsh on this daemon and returns what it printed."""
        done = subprocess.run(["virsh", "-q", "-c", self.uri, *args], capture_output=True,
                              text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start_guest(self, name, paused=False, **options):
        """Starts a transient guest; the options are guest_xml()'s."""
        if kernel := options.get("kernel"):
            options["kernel"] = shutil.copy(kernel, self.directory)
            self._give(options["kernel"])
        xml = self.directory / f"{name}.xml"
        xml.write_text(guest_xml(name, **options))
        self.virsh("create", str(xml), *(["--paused"] if paused else []))
        return name

    def qemu_pid(self, name):
        """The process id of a guest's QEMU."""
        return int((self.directory / f"run/libvirt/qemu/run/{name}.pid").read_text())

    def close(self):
        """Ends the daemon and every QEMU it has, and removes all of it."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        for guest in self.directory.glob("run/libvirt/qemu/run/*.pid"):
            end_qemu(int(guest.read_text()), self.directory)
        shutil.rmtree(self.directory, ignore_errors=True)


def end_qemu(pid, directory):
    """Kills a QEMU and waits until it is gone; any other process with that id is left alone."""
    command_line = pathlib.Path(f"/proc/{pid}/cmdline")
    try:
        if str(directory).encode() not in command_line.read_bytes():
            return
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not command_line.exists() or not command_line.read_bytes(),
                   what="the end of QEMU")
    except (FileNotFoundError, ProcessLookupError):
        pass
