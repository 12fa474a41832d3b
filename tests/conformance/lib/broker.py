# SPDX-License-Identifier: GPL-2.0
"""A broker of its own for one case, in a network namespace of its own."""

import ctypes
import fcntl
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from .client5 import Client5
from .client import Client, SCALE, TIMEOUT, check, connect_to

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
BUILD = os.environ.get('BUILD') or os.path.join(TOP, 'build')
MQTTD = os.environ.get('MQTTD') or os.path.join(BUILD, 'mqttd')
DATAPATH = os.environ.get('DATAPATH') or 'user'
MOSQUITTO = os.environ.get('CONFORMANCE_BROKER') == 'mosquitto'
KERNEL = DATAPATH == 'kernel' and not MOSQUITTO
STATS = '/sys/kernel/mqtt/stats'

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
REPORT = re.compile(r'AddressSanitizer|runtime error:|LeakSanitizer')
libc = ctypes.CDLL(None, use_errno=True)


def new_netns():
    """Move this process to a new network namespace with lo up.

    One owner of the data path per namespace: cases then run side by side,
    with the same port, and a namespace that dies is part of what is tested.
    """
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'unshare')
    with socket.socket() as sock:
        request = struct.pack('16sH14x', b'lo', 0)
        flags = struct.unpack('16sH14x', fcntl.ioctl(
            sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS,
                    struct.pack('16sH14x', b'lo', flags | IFF_UP))


def counters():
    """All data path counters, summed over CPUs and namespaces."""
    values = {}
    for name in os.listdir(STATS):
        with open(os.path.join(STATS, name), encoding='ascii') as file:
            values[name] = int(file.read())
    return values


class Counted:
    """Checks by how much counters rose inside a with block.

    Only in the kernel data path; a no-op in the other.
    """

    def __init__(self, **want):
        self.want = want

    def __enter__(self):
        self.before = counters() if KERNEL else {}
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None or not KERNEL:
            return
        after = counters()
        got = {name: after[name] - self.before[name] for name in self.want}
        check(got == self.want, 'counters rose by %r, want %r' %
              (got, self.want))


def _die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Broker:
    """One running broker; address is where it listens.

    Options are lines of its configuration. The lines of first= come before its
    listener, those of then= after all others: further listeners, say.
    command starts it, as the user owner, to whom the directory for its files belongs.
    """

    port = 1883

    def __init__(self, listen='127.0.0.1', command=(), owner=0, **options):
        self.address = (listen, self.port)
        self.names = 0
        self.clients = []
        self.log = []
        self.terminated = False
        self.dir = tempfile.mkdtemp(prefix='mqttd-case-')
        os.chown(self.dir, owner, owner)
        self.conf = os.path.join(self.dir, 'broker.conf')
        self._write_conf(listen, options)
        program = 'mosquitto' if MOSQUITTO else MQTTD
        if MOSQUITTO:
            program = shutil.which('mosquitto') or '/usr/sbin/mosquitto'
        # In the abstract namespace, where whoever the broker becomes may send.
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind('\0' + self.dir)
        # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
        self.process = subprocess.Popen(
            [*command, program, '-c', self.conf], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=dict(os.environ, NOTIFY_SOCKET='@' + self.dir),
            preexec_fn=_die_with_parent)
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        try:
            self._wait_ready()
        except BaseException:
            self.process.kill()
            self._reap()
            raise

    def _write_conf(self, listen, options):
        lines = list(options.pop('first', ()))
        then = list(options.pop('then', ()))
        lines += ['listener %d %s' % (self.port, listen)]
        options.setdefault('allow_anonymous', 'true')
        if MOSQUITTO:
            lines += ['persistence false', 'sys_interval 0', 'user root',
                      'log_dest stderr']
        else:
            lines += ['datapath %s' % DATAPATH, 'log_dest stderr',
                      'control_socket %s/control.sock' % self.dir]
            # that of the default is too short for TLS where it is emulated
            options.setdefault('connect_timeout', int(30 * SCALE))
        lines += ['%s %s' % item for item in options.items()] + then
        with open(self.conf, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode('utf-8', 'replace').rstrip())

    def _wait_ready(self):
        """All of it has started: what it opens last, and its listeners."""
        poll = os.pidfd_open(self.process.pid)
        try:
            ready = self._is_up(poll) if MOSQUITTO else self._says_ready(poll)
        finally:
            os.close(poll)
        if ready:
            return
        self.process.kill()
        self.process.wait()
        self.reader.join(TIMEOUT)
        check(False, 'broker did not start (status %s): %s' %
              (self.process.returncode, ' | '.join(self.log[-5:])))

    def _says_ready(self, poll):
        select.select([poll, self.manager], [], [], 2 * TIMEOUT)
        return self.state() == 'READY=1'

    def _is_up(self, poll):
        """A refused connect is the only sign that mosquitto gives: retry."""
        deadline = time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < deadline:
            try:
                connect_to(self.address).close()
                return True
            except ConnectionRefusedError:
                pass
            if select.select([poll], [], [], 0.005 * SCALE)[0]:
                break
        return False

    def state(self):
        """The next thing that the broker has told the service manager, None if nothing."""
        try:
            return self.manager.recv(100, socket.MSG_DONTWAIT).decode()
        except BlockingIOError:
            return None

    def raw(self, client_id=None, kind=Client, address=None, **options):
        """A connection without CONNECT, to another listener's address."""
        if client_id is None:
            self.names += 1
            client_id = 'c%d' % self.names
        client = kind(address or self.address, client_id, **options)
        self.clients.append(client)
        return client

    def client(self, client_id=None, session_present=None, rcvbuf=0,
               kind=Client, address=None, source=None, **options):
        """A connected client (CONNACK 0 received)."""
        client = self.raw(client_id, kind, address, rcvbuf=rcvbuf,
                          source=source)
        client.connect(session_present=session_present, **options)
        return client

    def raw5(self, client_id=None, **options):
        """A TCP connection that will speak 5.0."""
        return self.raw(client_id, Client5, **options)

    def client5(self, client_id=None, session_present=None, **options):
        """A client connected with 5.0."""
        return self.client(client_id, session_present, kind=Client5,
                           **options)

    def rss_kib(self):
        """Resident memory of the broker."""
        with open('/proc/%d/status' % self.process.pid,
                  encoding='ascii') as file:
            return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))

    def check_alive(self):
        check(self.terminated or self.process.poll() is None, 'broker ended with status %s' %
              self.process.returncode)

    def terminate(self):
        """SIGTERM, and wait for the end."""
        self.terminated = True
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self._reap()
            check(False, 'broker did not end on SIGTERM')

    def stop(self):
        """SIGTERM must end it with status 0 and no sanitizer report."""
        early = None if self.terminated else self.process.poll()
        if early is None and not self.terminated:
            self.terminate()
        self._reap()
        reports = [line for line in self.log if REPORT.search(line)]
        check(not reports, 'sanitizer: ' + ' | '.join(reports[:4]))
        check(early is None, 'broker ended by itself with status %s: %s' %
              (early, ' | '.join(self.log[-3:])))
        check(self.process.returncode == 0, 'broker exit status %s' %
              self.process.returncode)

    def _reap(self):
        self.process.wait()
        self.reader.join(TIMEOUT)
        for client in self.clients:
            client.sock.close()
        self.manager.close()
        shutil.rmtree(self.dir, ignore_errors=True)
