# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts on one machine, each in namespaces of its own and with a real system libvirtd.

A pair of virtual network devices joins them and nothing else can be reached from there. All that a
host writes is in memory. When its first process ends, which it does when the end of the pipe to it
closes, the kernel ends all others and takes down mounts and devices: nothing is left, whatever
becomes of the tests.

As a program: brings them up with a guest "web01" on hosta, runs a command there and takes all down
again. Without a command that is hmpsh at the guest:

    python3 tests/program/two_hosts.py [COMMAND...]
"""
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import uuid

from libvirtd import QEMU_CONF, guest_xml, wait_until

NAMESPACES = "--mount", "--uts", "--ipc", "--net", "--pid"
TOOLS = "unshare", "nsenter", "ip", "libvirtd", "virsh", "qemu-system-x86_64"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ADDRESSES = {"hosta": "192.0.2.1", "hostb": "192.0.2.2"}
BUILD = pathlib.Path(__file__).parents[2] / "build"
OWN_DIRECTORIES = "/etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt"
IMAGES = "/var/lib/libvirt/images"
CERTIFICATES = "/etc/libvirt/pki"

# The new /sys is without control groups, which libvirtd would make some in. The last process is
# to ignore the ends of its children, so that the kernel takes away those that are left to it.
FIRST_PROCESS = f"""
hostname "$1"
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
for top in /etc /var; do
    mkdir -p /run/own$top/upper /run/own$top/work
    mount -t overlay -o lowerdir=$top,upperdir=/run/own$top/upper,workdir=/run/own$top/work own $top
done
for directory in {OWN_DIRECTORIES}; do
    mkdir -p $directory
    mount -t tmpfs -o mode=755 tmpfs $directory
done
mkdir {IMAGES} {CERTIFICATES}
ip link set lo up
echo ready
exec env --ignore-signal=CHLD cat
"""
LIBVIRTD_CONF = """host_uuid = "{uuid}"
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_rw = "none"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
"""
# A source's libvirtd gives up a destination that is silent for keepalive_interval x (count + 1)
# seconds; 30 unless set.
SYSTEM_QEMU_CONF = QEMU_CONF + f"""user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
namespaces = []
cgroup_controllers = []
default_tls_x509_cert_dir = "{CERTIFICATES}"
keepalive_interval = 2
keepalive_count = 3
"""


class NoHosts(Exception):
    """What stands in the way of hosts on this machine."""


class Host:
    """One of the two. Commands run in it with run(), its files are below root."""

    def __init__(self, name):
        self.name = name
        self.address = ADDRESSES[name]
        self.uri = f"qemu+tcp://{name}/system"  # for both hosts
        self.process = self.pid = self.root = None

    # --- the host itself ---

    def start(self):
        """Starts its first process; libvirtd is another matter."""
        self.process = subprocess.Popen(
            ["unshare", *NAMESPACES, "--fork", "--kill-child", "--mount-proc",
             "sh", "-ec", FIRST_PROCESS, "first-process", self.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd="/", env={"PATH": PATH}, start_new_session=True)
        select.select([self.process.stdout], [], [], 10)
        if (said := self.process.stdout.readline()) != "ready\n":
            raise NoHosts(said.strip() or "it ended at once")
        outside = self.process.pid
        self.pid = int(pathlib.Path(f"/proc/{outside}/task/{outside}/children").read_text())
        self.root = pathlib.Path(f"/proc/{self.pid}/root")
        lines = [f"{address} {name}\n" for name, address in ADDRESSES.items()]
        self.path("/etc/hosts").write_text("".join(["127.0.0.1 localhost\n", *lines]))
        self.path("/etc/nsswitch.conf").write_text("hosts: files\n")
        self.path("/etc/libvirt/libvirtd.conf").write_text(LIBVIRTD_CONF.format(uuid=uuid.uuid4()))
        self.path("/etc/libvirt/qemu.conf").write_text(SYSTEM_QEMU_CONF)

    def stop(self):
        """Ends it and all that runs there."""
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()

    def path(self, path):
        """Where a file of the host is, as seen from outside."""
        return self.root / path.lstrip("/")

    @property
    def within(self):
        """What a command begins with to run in the host."""
        return ["nsenter", f"--target={self.pid}", *NAMESPACES, "--root", "--wd=."]

    def run(self, *words, stdin="", timeout=60):
        """Runs a command in the host to its end: .returncode, .stdout, .stderr."""
        return subprocess.run([*self.within, *words], input=stdin, timeout=timeout,
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": PATH})

    def do(self, *words, **more):
        """Runs one that must not fail; what it printed."""
        done = self.run(*words, **more)
        assert done.returncode == 0, f"{self.name}: {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def set_link(self, state):
        """Pulls the cable out ("down") or puts it in ("up")."""
        self.do("ip", "link", "set", "eth0", state)

    # --- libvirt ---

    def start_daemon(self):
        """Starts libvirtd; once more after kill_daemon() it finds its guests again."""
        self.do("libvirtd", "--daemon", "--listen", "--pid-file", "/run/libvirtd.pid")

    def wait_for_daemon(self):
        wait_until(lambda: self.run("virsh", "-c", "qemu:///system", "uri").returncode == 0,
                   what=f"an answer from libvirtd on {self.name}")

    def daemon_pid(self):
        """Its process id in the host."""
        return self.path("/run/libvirtd.pid").read_text().strip()

    def daemon_runs(self):
        return self.path(f"/proc/{self.daemon_pid()}").exists()

    def kill_daemon(self):
        """libvirtd dies by SIGKILL; its guests run on."""
        pid = self.daemon_pid()
        self.do("sh", "-c", f"kill -KILL {pid}")  # a shell's own: a small system has no other
        wait_until(lambda: not self.daemon_runs(), what="the end of libvirtd")

    def virsh(self, *words, **more):
        """What virsh prints in the host; it must not fail."""
        return self.do("virsh", "-q", "-c", "qemu:///system", *words, **more)

    def start_guest(self, name, paused=False, **options):
        """Starts a transient guest; the options are guest_xml()'s."""
        self.virsh("create", "/dev/stdin", *(["--paused"] if paused else []),
                   stdin=guest_xml(name, **options))
        return name

    def end_guests(self):
        """Ends all guests, whatever state they are in, and forgets them."""
        for name in self.virsh("list", "--all", "--name").split():
            self.run("virsh", "-c", "qemu:///system", "destroy", name)
            self.run("virsh", "-c", "qemu:///system", "undefine", name)

    def mend(self):
        """Whatever was done to it: its link, its libvirtd, and neither guests nor images left."""
        self.set_link("up")
        if not self.daemon_runs():
            self.start_daemon()
            self.wait_for_daemon()
        self.end_guests()
        for image in self.path(IMAGES).iterdir():
            image.unlink()


class TwoHosts:
    """`with TwoHosts() as hosts:` then hosts.source and hosts.destination, both up. NoHosts where
    that cannot be."""

    def __init__(self):
        self.source, self.destination = (Host(name) for name in ADDRESSES)

    def __iter__(self):
        return iter((self.source, self.destination))

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
        missing = [tool for tool in TOOLS if not shutil.which(tool, path=PATH)]
        if os.geteuid() != 0 or missing:
            raise NoHosts(f"missing: {', '.join(missing)}" if missing else "root only")
        for host in self:
            host.start()
        self._connect()
        for host in self:
            host.start_daemon()
        for host in self:
            host.wait_for_daemon()

    def _connect(self):
        """Made where they belong: the machine's own network never sees them."""
        subprocess.run(["nsenter", f"--target={self.source.pid}", "--net", "ip", "link", "add",
                        "eth0", "type", "veth", "peer", "name", "eth0",
                        "netns", str(self.destination.pid)], check=True, env={"PATH": PATH})
        for host in self:
            host.do("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
            host.set_link("up")

    def close(self):
        for host in self:
            host.stop()


def run_in(host, command):
    """Runs a command in a host, at this program's terminal if it has one; its exit status."""
    # The keys that end a program are for the command alone.
    keys = signal.SIGINT, signal.SIGQUIT
    before = [signal.signal(key, signal.SIG_IGN) for key in keys]
    default = f"--default-signal={','.join(key.name[3:] for key in keys)}"
    try:
        return subprocess.run([*host.within, "env", default, f"--chdir={os.getcwd()}", *command],
                              check=False, env={"PATH": PATH, **os.environ}).returncode
    finally:
        for key, handler in zip(keys, before):
            signal.signal(key, handler)


def main(*command):
    """The program: an exit status."""
    hmpsh = os.environ.get("HMPSH", BUILD / "hmpsh")
    kernel = os.environ.get("LAB_GUEST", BUILD / "commands/lab/guest/lab-guest.elf")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with TwoHosts() as hosts:
            hosts.source.start_guest("web01", kernel=kernel)
            return run_in(hosts.source, command or (hmpsh, "web01"))
    except NoHosts as reason:
        print(f"two_hosts.py: no two hosts on this machine: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
