# SPDX-License-Identifier: GPL-2.0
"""A connection of MQTT 5.0, for tests/store."""

import select
import socket
import struct
import time

import broker as lib

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90


def need(what, condition):
    if not condition:
        raise lib.Failure(what)


def u32(ident, value):
    return struct.pack('>BI', ident, value)


def string(ident, value):
    return bytes([ident]) + lib.text(value)


def props(*each):
    body = b''.join(each)
    return lib.length(len(body)) + body


class Client5:
    """One connection of MQTT 5.0."""

    def __init__(self, broker, name, clean=False, expiry=3600, will=b'', will_flags=0, answer=True,
                 keep=0):
        self.sock = socket.create_connection(('127.0.0.1', broker.port), 10)
        flags = (2 if clean else 0) | (4 | will_flags if will else 0)
        self.buf = b''
        connect = lib.packet(0x10, lib.text('MQTT') + bytes([5, flags, 0, 0]) +
                             props(u32(0x11, expiry)) + lib.text(name) + will)
        # so many bytes of it are left to the caller
        self.rest = connect[len(connect) - keep:]
        self.send(connect[:len(connect) - keep])
        self.present = None
        if answer:
            self.connack()

    def connack(self):
        answer = self.read(CONNACK)[1]
        need('CONNACK 0x%02x' % answer[1], not answer[1])
        self.present = answer[0]

    def send(self, data):
        self.sock.sendall(data)

    def packet(self, timeout):
        deadline = time.monotonic() + timeout
        while True:
            if len(self.buf) >= 2:
                need('long packet', not self.buf[1] & 128)
                end = 2 + self.buf[1]
                if len(self.buf) >= end:
                    first, body = self.buf[0], self.buf[2:end]
                    self.buf = self.buf[end:]
                    return first, body
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                return None, b''
            data = self.sock.recv(4096)
            need('connection closed', data)
            self.buf += data

    def read(self, kind, timeout=10):
        first, body = self.packet(timeout)
        need('no packet of type 0x%02x but %s' % (kind, first), first is not None and first & 0xf0 == kind)
        return first, body

    def subscribe(self, topic, options, ident=0):
        body = props(b'\x0b' + lib.length(ident)) if ident else props()
        self.send(lib.packet(0x82, b'\x00\x01' + body + lib.text(topic) + bytes([options])))
        _, answer = self.read(SUBACK)
        need('SUBACK 0x%02x' % answer[3], answer[3] < 0x80)

    def publish(self, topic, payload, *properties, retain=0):
        self.send(lib.packet(0x32 | retain, lib.text(topic) + b'\x00\x05' + props(*properties) + payload))
        answer = self.read(PUBACK)[1]
        return answer[2] if len(answer) > 2 else 0

    def delivery(self, timeout=10):
        """The next PUBLISH: first byte, topic, properties, payload."""
        return self.take(*self.read(PUBLISH, timeout))

    def drain(self):
        """All that there is for it, with the answers on the broker's disk."""
        got = []
        for _ in range(2):
            self.send(lib.packet(0x82, b'\x00\x01' + props() + lib.text('disk') + b'\x00'))
            first, body = self.packet(10)
            while first != SUBACK:
                need('no PUBLISH but %s' % first, first is not None and first & 0xf0 == PUBLISH)
                got.append(self.take(first, body))
                first, body = self.packet(10)
        return got

    def take(self, first, body):
        n, = struct.unpack('>H', body[:2])
        topic, rest = body[2:2 + n].decode(), body[2 + n:]
        if first & 6:
            self.send(lib.packet(0x40, rest[:2]))
            rest = rest[2:]
        end = 1 + rest[0]
        return first, topic, rest[1:end], rest[end:]

    def ping(self):
        """When the answer is there, so is all that the broker sent before."""
        self.send(b'\xc0\x00')
        self.read(0xd0)

    def quiet(self):
        """Nothing has come: True also when the connection is open."""
        return not self.buf and not select.select([self.sock], [], [], 0)[0]

    def ended(self, timeout=10):
        """Wait for the broker to close the connection."""
        return bool(select.select([self.sock], [], [], timeout)[0]) and not self.sock.recv(4096)

    def silent(self, seconds):
        return self.packet(seconds)[0] is None

    def close(self):
        self.sock.close()
