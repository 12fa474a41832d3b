# SPDX-License-Identifier: GPL-2.0
"""A client that sends exactly the bytes it is told and misses nothing.

Nothing here sleeps to find out whether something happens: absence is shown
by a round trip that the broker must answer after it.
"""

import collections
import itertools
import os
import select
import socket
import time

from . import packet as p

SCALE = float(os.environ.get('TEST_TIMEOUT_SCALE') or
              (4 if os.environ.get('KREL') else 1))
TIMEOUT = 10 * SCALE
# Seconds. Of the time that a client has between two packets, half as much again, a case uses
# 0.6 at most: the rest is for a machine that has other things to do.
KEEP_ALIVE = 4


class Failed(AssertionError):
    """An expectation of a case did not hold."""


def check(condition, text):
    if not condition:
        raise Failed(text)


def equal(got, want, text=''):
    if got != want:
        raise Failed('%s got %r, want %r' % (text, got, want))


_unique = itertools.count(1)


def connect_to(address, rcvbuf=0, source=None):
    """A connected socket; an address is a pair, or the path of a Unix socket."""
    family = socket.AF_INET
    if isinstance(address, str):
        family = socket.AF_UNIX
    elif ':' in address[0]:
        family = socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if rcvbuf:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        sock.settimeout(TIMEOUT)
        if source:
            sock.bind((source, 0))
        sock.connect(address)
        if family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        sock.close()
        raise
    return sock


class Client:
    """One TCP connection, and the packets received on it."""

    # The module whose packets it speaks.
    codec = p

    def __init__(self, address, client_id='', rcvbuf=0, source=None):
        self.client_id = client_id
        self.sock = connect_to(address, rcvbuf, source)
        self.buffer = bytearray()
        self.pending = collections.deque()
        self.next_pid = 1
        self.connack = None
        self.closed = False

    # bytes

    def send(self, *packets):
        """Send all packets in one write."""
        self.sock.sendall(b''.join(packets))

    def send_bytewise(self, data):
        """One segment per byte, as far as TCP_NODELAY makes them."""
        for i in range(len(data)):
            self.sock.sendall(data[i:i + 1])

    def send_or_closed(self, data):
        """Send to a peer that may already have closed; True if all went."""
        try:
            self.sock.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _fill(self, deadline):
        """Read more bytes; False at the end of the stream."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise Failed('%s: nothing within the time limit; buffered %r' %
                         (self.client_id, bytes(self.buffer[:40])))
        self.sock.settimeout(left)
        try:
            data = self.sock.recv(1 << 20)
        except socket.timeout:
            return self._fill(deadline)
        except ConnectionResetError:
            data = b''
        finally:
            self.sock.settimeout(TIMEOUT)
        if not data:
            self.closed = True
            return False
        self.buffer += data
        return True

    def _next(self, deadline):
        """Next packet from the wire, None at the end of the stream."""
        while True:
            done = p.parse(self.buffer, self.codec.Packet)
            if done:
                del self.buffer[:done[1]]
                return done[0]
            if not self._fill(deadline):
                check(not self.buffer, 'stream ended inside a packet: %r' %
                      bytes(self.buffer[:40]))
                return None

    # packets

    def read(self, timeout=TIMEOUT):
        """Next packet in order; the end of the stream fails."""
        if self.pending:
            return self.pending.popleft()
        got = self._next(time.monotonic() + timeout)
        check(got is not None, '%s: connection closed' % self.client_id)
        return got

    def wait(self, kind, pid=None, timeout=TIMEOUT):
        """The packet of that type (and identifier); others stay pending."""
        for got in self.pending:
            if got.type == kind and (pid is None or got.pid == pid):
                self.pending.remove(got)
                return got
        deadline = time.monotonic() + timeout
        while True:
            got = self._next(deadline)
            check(got is not None, '%s: closed while waiting for %s' %
                  (self.client_id, p.NAMES[kind]))
            if got.type == kind and (pid is None or got.pid == pid):
                return got
            check(got.type != p.CONNACK, 'a second CONNACK')
            self.pending.append(got)

    def expect(self, kind, pid=None, timeout=TIMEOUT):
        """The very next packet, which must be of that type."""
        got = self.read(timeout)
        check(got.type == kind, 'want %s, got %r' % (p.NAMES[kind], got))
        if pid is not None:
            equal(got.pid, pid, p.NAMES[kind] + ' packet identifier')
        return got

    def expect_close(self, timeout=TIMEOUT, skip=()):
        """End of stream, with no packet before it but those types in skip."""
        for got in self.pending:
            check(got.type in skip, 'want close, got %r' % got)
        self.pending.clear()
        deadline = time.monotonic() + timeout
        while True:
            got = self._next(deadline)
            if got is None:
                return
            check(got.type in skip, 'want close, got %r' % got)

    def expect_eof(self, timeout=TIMEOUT):
        """End of stream; whatever comes first, also part of a packet."""
        self.pending.clear()
        deadline = time.monotonic() + timeout
        while self._fill(deadline):
            self.buffer.clear()

    def readable(self):
        """Whether bytes or an end of stream are there right now."""
        return bool(self.pending or self.buffer or
                    select.select([self.sock], [], [], 0)[0])

    def new_pid(self):
        pid = self.next_pid
        self.next_pid = pid % 65535 + 1
        return pid

    # exchanges

    def connect(self, code=0, session_present=None, **options):
        """CONNECT and its CONNACK with that return code."""
        options.setdefault('client_id', self.client_id)
        self.send(self.codec.connect(**options))
        return self.expect_connack(code, session_present)

    def expect_connack(self, code=0, session_present=None):
        self.connack = self.expect(p.CONNACK)
        equal(self.connack.code, code, 'CONNACK return code')
        if session_present is not None:
            equal(self.connack.session_present, session_present,
                  'Session Present')
        return self.connack

    def subscribe(self, *filters, want=None):
        """SUBSCRIBE, wait for SUBACK; granted codes must be as requested."""
        pid = self.new_pid()
        self.send(self.codec.subscribe(pid, *filters))
        codes = self.wait(p.SUBACK, pid).codes
        if want is None:
            want = [f[1] if isinstance(f, tuple) else 0 for f in filters]
        equal(codes, want, 'SUBACK return codes')
        return codes

    def unsubscribe(self, *filters):
        pid = self.new_pid()
        self.send(self.codec.unsubscribe(pid, *filters))
        self.wait(p.UNSUBACK, pid)

    def publish(self, topic, payload=b'', qos=0, retain=False):
        """PUBLISH and, for QoS 1 and 2, the whole exchange."""
        if qos == 0:
            self.send(self.codec.publish(topic, payload, retain=retain))
            return
        pid = self.new_pid()
        self.send(self.codec.publish(topic, payload, qos, pid, retain))
        if qos == 1:
            self.wait(p.PUBACK, pid)
            return
        self.wait(p.PUBREC, pid)
        self.send(self.codec.pubrel(pid))
        self.wait(p.PUBCOMP, pid)

    def ack(self, message):
        """The receiver's whole side of a PUBLISH from the broker."""
        if message.qos == 1:
            self.send(self.codec.puback(message.pid))
        elif message.qos == 2:
            self.send(self.codec.pubrec(message.pid))
            self.wait(p.PUBREL, message.pid)
            self.send(self.codec.pubcomp(message.pid))

    def expect_publish(self, topic=None, payload=None, qos=0, retain=0,
                       dup=0, ack=True, timeout=TIMEOUT):
        """The very next packet is this PUBLISH; None means any value."""
        got = self.expect(p.PUBLISH, timeout=timeout)
        want = {'topic': topic, 'qos': qos, 'retain': retain, 'dup': dup,
                'payload': None if payload is None else p.raw(payload)}
        for name, value in want.items():
            if value is None:
                continue
            have = getattr(got, name)
            if have != value:
                raise Failed('PUBLISH %s is %r, want %r (%r)' %
                             (name, have[:80] if name == 'payload' else have,
                              value[:80] if name == 'payload' else value,
                              got))
        if ack:
            self.ack(got)
        return got

    def ping(self):
        self.send(self.codec.pingreq())
        self.wait(p.PINGRESP)

    def sync(self):
        """Return when the broker has handled everything sent before.

        UNSUBSCRIBE always goes through the daemon, in order; a PINGREQ may
        be answered by the kernel.
        """
        self.unsubscribe('sync/none')

    def expect_silence(self):
        """Nothing is pending and a round trip brings nothing else."""
        self.sync()
        self.ping()
        check(not self.pending, '%s: unexpected %r' %
              (self.client_id, self.pending[0] if self.pending else ''))

    def expect_nothing_from(self, sender, qos=0):
        """Nothing but a marker that sender publishes now reaches us.

        Messages of one publisher with one QoS keep their order, so whatever
        sender had published before with that QoS must come before it.
        """
        topic = 'marker/%d' % next(_unique)
        self.subscribe((topic, 2))
        sender.publish(topic, b'marker', qos)
        self.expect_publish(topic, b'marker', qos)
        self.unsubscribe(topic)

    def disconnect(self):
        """DISCONNECT and wait until the broker closes."""
        self.send(self.codec.disconnect())
        self.expect_close(skip=(p.PUBLISH, p.PUBREL))
        self.sock.close()

    def half_close(self):
        """No more bytes from us; we still read (TCP half close)."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            # the broker has reset the connection
            pass

    def close(self):
        """Close without DISCONNECT."""
        self.sock.close()

    def drop(self):
        """Close without DISCONNECT, and wait until the broker knows."""
        self.half_close()
        self.expect_eof()
        self.sock.close()

    def reset(self):
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b'\1\0\0\0\0\0\0\0')
        self.sock.close()
