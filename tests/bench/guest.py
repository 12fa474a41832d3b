# SPDX-License-Identifier: GPL-2.0
"""A guest on a tap in a network namespace of its own, driven from the host.

The load generator runs on the host inside that namespace, so its cost is not the guest's; the
tap has virtio-net headers, so segmentation offload works in both directions.
"""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
MQLOAD = os.path.join(BUILD, "bench", "mqload")
HOST_ADDR, GUEST_ADDR = "10.99.0.1", "10.99.0.2"
AGENT_PORT, BROKER_PORT, TLS_PORT = 7000, 1883, 8883
# For the kernel of a guest that is kept busy: with a group for each session the one that does so
# would be as important as what is measured, and never asleep.
BUSY_APPEND = "noautogroup"


class GuestError(Exception):
    """The guest did not do what it should have."""


def end_on_signals():
    """Ends the program at a signal as at its end: with nothing left behind, and only once."""
    signals = signal.SIGINT, signal.SIGTERM, signal.SIGHUP

    def end(number, _frame):
        for sig in signals:
            signal.signal(sig, signal.SIG_IGN)
        sys.exit(128 + number)
    for sig in signals:
        signal.signal(sig, end)


class Guest:
    """One running guest; use as a context manager."""

    agent_addr = f"{GUEST_ADDR}:{AGENT_PORT}"

    def __init__(self, kernel, icount=True, mem=1024, cpus=1, append="", limit=3600, log=None,
                 disk=None, insns=False):
        self.kernel, self.icount, self.mem, self.cpus = kernel, icount, mem, cpus
        self.disk = disk
        # Instructions counted by a plugin of QEMU, one 64-bit number a CPU.
        self.insns = os.path.join(BUILD, "bench", f"insns.{os.getpid()}") if insns else None
        self.append, self.limit = append, limit
        self.netns = f"bench{os.getpid()}"
        self.log = log
        self.proc = None
        self.release = None
        self.agent = None
        self.loads = []

    def __enter__(self):
        ns = self.netns
        run(["ip", "netns", "add", ns])
        try:
            run(["ip", "-n", ns, "link", "set", "lo", "up"])
            run(["ip", "-n", ns, "tuntap", "add", "dev", "tap0", "mode", "tap", "vnet_hdr",
                 *(["multi_queue"] if self.cpus > 1 else [])])
            run(["ip", "-n", ns, "addr", "add", f"{HOST_ADDR}/16", "dev", "tap0"])
            run(["ip", "-n", ns, "link", "set", "tap0", "txqueuelen", "10000", "up"])
            self._boot()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _boot(self):
        net = ("-netdev tap,id=n0,ifname=tap0,script=no,downscript=no,vhost=off{0} "
               "-device virtio-net-pci,netdev=n0{1}").format(
                   *(f",queues={self.cpus}", f",mq=on,vectors={2 * self.cpus + 2}")
                   if self.cpus > 1 else ("", ""))
        if self.insns:
            net += f" -plugin {BUILD}/bench/insns.so,counts={self.insns}"
        if self.disk:
            run(["truncate", "-s", "1G", self.disk])
            run(["mke2fs", "-q", "-F", "-t", "ext4", self.disk])
            net += (f" -drive file={self.disk},if=none,id=disk,format=raw,cache=writeback "
                    "-device virtio-blk-pci,drive=disk")
        cmd = [os.path.join(TOP, "tests/vm/run"), "-k", self.kernel, "-n", self.netns,
               "-q", net, "-m", str(self.mem), "-c", str(self.cpus), "-t", str(self.limit),
               "-a", self.append, "--no-leaks"]
        if self.icount:
            cmd.append("--icount")
        cmd += ["--", os.path.join(TOP, "tests/bench/guest"), f"{GUEST_ADDR}/16", str(AGENT_PORT)]
        self.proc = subprocess.Popen(cmd, stdout=subprocess.PIPE, text=True)
        self.printed = []
        for line in self.proc.stdout:
            self.printed.append(line)
            if line.startswith("# kernel "):
                self.release = line.split()[2]
            if line.startswith("agent "):
                break
        else:
            raise GuestError("the guest did not come up:\n" + "".join(self.printed))
        wait_port(self.netns, AGENT_PORT, self)

    def sh(self, command, check=True):
        """Runs a shell command in the guest; what it leaves running must redirect its output."""
        if self.agent is None:
            sock = connect_in(self.netns, GUEST_ADDR, AGENT_PORT)
            # Longer than any command takes: a guest that is gone does not close connections.
            sock.settimeout(1800)
            self.agent = sock.makefile("rw")
            sock.close()
        self.agent.write(f"sh {command}\n")
        self.agent.flush()
        out = ""
        while True:
            try:
                line = self.agent.readline()
            except TimeoutError:
                line = ""
            if not line:
                raise GuestError(f"the guest died at: {command}")
            if line.startswith("rc "):
                break
            out += line[1:]
        if check and int(line[3:]):
            raise GuestError(f"{command}: exit {line[3:].strip()}: {out}")
        return out

    def _load_cmd(self, args):
        return ["ip", "netns", "exec", self.netns, MQLOAD, "-h", GUEST_ADDR, "-p",
                str(BROKER_PORT), *(["--insns", self.insns] if self.insns else []),
                *map(str, args)]

    def load_start(self, *args):
        """Starts mqload in the namespace; its standard output is a pipe of JSON lines."""
        proc = subprocess.Popen(self._load_cmd(args), stdout=subprocess.PIPE, stderr=self.log,
                                text=True)
        self.loads.append(proc)
        return proc

    def load(self, *args, agent=True, timeout=3000, check=True):
        """Runs mqload in the namespace; returns its reports (a list of dicts)."""
        if agent:
            args = ("--agent", self.agent_addr) + args
        res = subprocess.run(self._load_cmd(args), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=timeout, check=False)
        if self.log:
            self.log.write(res.stderr)
            self.log.flush()
        if check and res.returncode:
            raise GuestError(f"mqload {' '.join(map(str, args))}: {res.stderr}")
        reports = [json.loads(line) for line in res.stdout.splitlines()]
        return [r for r in reports if "ok" in r]

    @contextlib.contextmanager
    def kept_busy(self):
        """Keeps the guest from idling, so that its clock is its instructions alone.

        Idle time would be the host's, however late the host is: whoever runs now gives way to
        everybody else.
        """
        self.sh("chrt -i 0 sh -c 'while :; do :; done' > /dev/null 2>&1 & "
                "echo $! > /tmp/busy.pid")
        try:
            yield
        finally:
            self.sh("kill $(cat /tmp/busy.pid)", check=False)

    def load_inside(self, *args):
        """Runs mqload in the guest, beside the broker and on its CPU; returns its report."""
        out = self.sh(" ".join([MQLOAD, *map(str, args)]) + " 2> /tmp/load.log", check=False)
        if self.log:
            self.log.write(self.sh("cat /tmp/load.log"))
            self.log.flush()
        return json.loads(out.splitlines()[-1])

    def alive(self):
        return self.proc is not None and self.proc.poll() is None

    def stop(self):
        """Ends the guest; returns what tests/vm/run printed and its exit status."""
        if self.alive():
            self.sh("kill $(cut -d' ' -f4 /proc/$PPID/stat)", check=False)
            # What serves this connection would otherwise hold the guest's output open.
            self.agent.close()
        text = "".join(self.printed) + (self.proc.stdout.read() if self.proc else "")
        return text, self.proc.wait() if self.proc else 1

    def __exit__(self, *exc):
        # A guest that is gone does not close connections.
        for proc in self.loads + [self.proc] * (self.proc is not None):
            if proc.poll() is None:
                proc.terminate()
                proc.wait()
        subprocess.run(["ip", "netns", "del", self.netns], check=False)
        for file in filter(None, (self.insns, self.disk)):
            if os.path.exists(file):
                os.unlink(file)


def run(cmd):
    subprocess.run(cmd, check=True)


def connect_in(netns, addr, port):
    """A TCP connection made inside a network namespace."""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        setns(there)
        sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    finally:
        setns(here)
        os.close(here)
        os.close(there)
    try:
        sock.connect((addr, port))
    except OSError:
        sock.close()
        raise
    return sock


def setns(fd):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def wait_port(netns, port, guest, seconds=60):
    """Waits until somebody listens; nothing tells the host, so it has to try."""
    end = time.monotonic() + seconds
    while True:
        try:
            connect_in(netns, GUEST_ADDR, port).close()
            return
        except OSError as err:
            if time.monotonic() > end or not guest.alive():
                raise GuestError(f"nobody listens on port {port}: {err}") from err
            time.sleep(0.05)


def counters(guest):
    """The module's sysfs counters, empty without the module."""
    out = guest.sh("cd /sys/kernel/mqtt/stats 2>/dev/null && grep -H . * || true")
    pairs = (line.rsplit(":", 1) for line in out.splitlines() if ":" in line)
    return {name: int(value) for name, value in pairs}


def main(argv):
    """usage: guest.py COMMAND: runs it in the guest whose namespace this is in."""
    with socket.create_connection((GUEST_ADDR, AGENT_PORT), timeout=60) as sock:
        agent = sock.makefile("rw")
        agent.write(f"sh {argv[1]}\n")
        agent.flush()
        for line in agent:
            if line.startswith("rc "):
                return int(line[3:])
            sys.stdout.write(line[1:])
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
