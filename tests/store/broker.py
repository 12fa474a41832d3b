# SPDX-License-Identifier: GPL-2.0
"""A broker that can be killed, and clients that keep their state over it, for tests/store."""

import ctypes
import json
import os
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('BUILD', os.path.join(TOP, 'build'))
MQTTD = os.environ.get('MQTTD', os.path.join(BUILD, 'mqttd'))
MQTTCTL = os.environ.get('MQTTCTL', os.path.join(BUILD, 'mqttctl'))


PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, task):
    if LIBC.ptrace(request, task, None, None):
        raise OSError(ctypes.get_errno(), 'ptrace')


class Failure(Exception):
    """What a test found wrong."""


def free_port():
    """Below the ports that connect() chooses, or a client could connect to itself."""
    while True:
        port = random.randrange(15000, 30000)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
            except OSError:
                continue
            return port


class Broker:
    """mqttd with a store in a directory of its own."""

    def __init__(self, directory=None, options=''):
        self.work = tempfile.mkdtemp(prefix='mqttd-store-')
        self.dir = directory or os.path.join(self.work, 'store')
        os.makedirs(self.dir, exist_ok=True)
        self.port = free_port()
        self.conf = os.path.join(self.work, 'mqttd.conf')
        self.log = os.path.join(self.work, 'log')
        with open(self.conf, 'w', encoding='utf-8') as f:
            f.write('listener %d 127.0.0.1\nallow_anonymous true\ndatapath %s\n'
                    'control_socket %s/control\nmax_queued_messages 0\n'
                    'persistence true\npersistence_location %s\n%s\n'
                    % (self.port, os.environ.get('DATAPATH', 'user'), self.work, self.dir, options))
        self.proc = None
        self.at = 0
        self.held = 0

    def spawn(self):
        with open(self.log, 'ab') as log:
            self.at = log.tell()
            self.proc = subprocess.Popen([MQTTD, '-c', self.conf], stderr=log)

    def logged(self):
        """What it has logged since it was started last."""
        with open(self.log, encoding='utf-8', errors='replace') as log:
            log.seek(self.at)
            return log.read()

    def wait_log(self, what, seconds=30):
        """Wait for a text in the log; False when the broker has ended without."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = self.proc.poll() is not None
            if what in self.logged():
                return True
            if ended:
                return False
            select.select([], [], [], 0.005)
        return False

    def start(self, refused=False):
        """Start; with refused, it must not start, and its log is returned."""
        self.spawn()
        started = self.wait_log(' started, datapath')
        text = self.logged()
        if refused and started:
            raise Failure('started')
        if refused and self.proc.poll() is not None:
            return text
        if not started:
            raise Failure('refused to start: ' + text)
        return ''

    def kill(self, sig=signal.SIGKILL):
        self.proc.send_signal(sig)
        if self.held:
            os.waitpid(self.held, WALL)
            self.held = 0
        return self.proc.wait()

    def hold_disk(self):
        """Stop the thread that waits for the disk: nothing is committed any more."""
        tasks = '/proc/%d/task' % self.proc.pid
        for task in sorted(int(t) for t in os.listdir(tasks)):
            with open('%s/%d/comm' % (tasks, task), encoding='ascii') as f:
                if f.read().strip() == 'mqttd' and task != self.proc.pid:
                    self.held = task
        ptrace(PTRACE_SEIZE, self.held)
        ptrace(PTRACE_INTERRUPT, self.held)
        os.waitpid(self.held, WALL)

    def release_disk(self):
        ptrace(PTRACE_DETACH, self.held)
        self.held = 0

    def status(self):
        done = subprocess.run([MQTTCTL, '-j', '-s', self.work + '/control', 'status'],
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)['daemon']

    def close(self):
        if self.proc and self.proc.poll() is None:
            self.kill()
        shutil.rmtree(self.work)


def length(n):
    out = b''
    while True:
        n, digit = n // 128, n % 128
        out += bytes([digit | (128 if n else 0)])
        if not n:
            return out


def packet(first, body):
    return bytes([first]) + length(len(body)) + body


def text(s):
    s = s.encode()
    return struct.pack('>H', len(s)) + s


class Client:
    """A 3.1.1 client with clean session 0, whose state survives its connections."""

    def __init__(self, broker, name):
        self.broker = broker
        self.name = name
        self.sock = None
        self.buf = b''
        self.connected = False
        self.present = False
        self.mid = 0
        self.outgoing = {}      # mid -> (qos, topic, payload, released)
        self.incoming = set()   # QoS 2 packet identifiers not released
        self.acked = []         # payloads
        self.received = {}      # payload -> times
        self.subacked = 0
        self.answering = True

    def connect(self):
        self.close()
        self.sock = socket.create_connection(('127.0.0.1', self.broker.port), 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf = b''
        self.send(packet(0x10, text('MQTT') + b'\x04\x00\x00\x00' + text(self.name)))

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock = None
        self.connected = False

    def send(self, data):
        try:
            if self.sock:
                self.sock.sendall(data)
        except OSError:
            self.close()

    def subscribe(self, topic, qos):
        self.send(packet(0x82, b'\x00\x01' + text(topic) + bytes([qos])))

    def send_publish(self, mid, dup):
        qos, topic, payload, released = self.outgoing[mid]
        if released:
            self.send(packet(0x62, struct.pack('>H', mid)))
        else:
            self.send(packet(0x30 | dup << 3 | qos << 1, text(topic) + struct.pack('>H', mid) + payload))

    def publish(self, topic, payload, qos):
        while True:
            self.mid = self.mid % 65535 + 1
            if self.mid not in self.outgoing:
                break
        self.outgoing[self.mid] = (qos, topic, payload, False)
        self.send_publish(self.mid, 0)

    def input(self):
        """Read once and handle whole packets. False when the connection has ended."""
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b''
        if not data:
            self.close()
            return False
        self.buf += data
        while len(self.buf) >= 2:
            n, shift, at = 0, 0, 1
            while at < len(self.buf):
                n |= (self.buf[at] & 127) << shift
                shift += 7
                at += 1
                if not self.buf[at - 1] & 128:
                    break
            else:
                break
            if len(self.buf) < at + n:
                break
            first, body = self.buf[0], self.buf[at:at + n]
            self.buf = self.buf[at + n:]
            self.handle(first, body)
        return True

    def handle(self, first, body):
        kind = first & 0xf0
        if kind == 0x20:
            if body[1]:
                raise Failure('CONNACK %d' % body[1])
            self.present = bool(body[0])
            self.connected = True
            for mid in list(self.outgoing):
                self.send_publish(mid, 1)
        elif kind == 0x30:
            self.handle_publish(first, body)
        elif kind in (0x40, 0x70):
            mid, = struct.unpack('>H', body)
            if kind == 0x40 or mid in self.outgoing:
                self.acked.append(self.outgoing.pop(mid)[2])
        elif kind == 0x50:
            mid, = struct.unpack('>H', body)
            if mid in self.outgoing:
                self.outgoing[mid] = self.outgoing[mid][:3] + (True,)
            self.send(packet(0x62, body))
        elif kind == 0x60:
            self.incoming.discard(struct.unpack('>H', body)[0])
            self.send(packet(0x70, body))
        elif kind == 0x90:
            if body[2] == 0x80:
                raise Failure('SUBACK 0x80')
            self.subacked += 1

    def handle_publish(self, first, body):
        qos = first >> 1 & 3
        n, = struct.unpack('>H', body[:2])
        rest = body[2 + n:]
        if qos:
            mid, = struct.unpack('>H', rest[:2])
            rest = rest[2:]
        if qos < 2 or mid not in self.incoming:
            self.received[rest] = self.received.get(rest, 0) + 1
        if qos == 2:
            self.incoming.add(mid)
        if qos and self.answering:
            self.send(packet(0x40 if qos == 1 else 0x50, struct.pack('>H', mid)))


def run(clients, seconds, until=None, idle=None):
    """Serve clients for a time, or until a condition holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if until and until():
            return True
        if idle:
            idle()
        socks = {c.sock: c for c in clients if c.sock}
        wait = min(0.05, max(0, deadline - time.monotonic()))
        for sock in select.select(list(socks), [], [], wait)[0]:
            if socks[sock].sock is sock:
                socks[sock].input()
    return bool(until and until())
