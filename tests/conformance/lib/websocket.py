# SPDX-License-Identifier: GPL-2.0
"""Clients over WebSocket, and frames of any kind, RFC 6455."""

import base64
import hashlib
import os
import struct

from .client import Client, Failed, check, equal
from .client5 import Client5
from .tls import TlsClient

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
FIELDS = {'Host': 'broker.example', 'Upgrade': 'websocket', 'Connection': 'Upgrade',
          'Sec-WebSocket-Key': KEY, 'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Protocol': 'mqtt'}


def request(line='GET /mqtt HTTP/1.1', **fields):
    """A request; a field is left out with None, and _ stands for -."""
    every = dict(FIELDS)
    for name, value in fields.items():
        every[name.replace('_', '-')] = value
    lines = [line] + ['%s: %s' % item for item in every.items() if item[1] is not None]
    return ('\r\n'.join(lines) + '\r\n\r\n').encode()


def accept_of(key):
    digest = hashlib.sha1((key + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


def frame(payload=b'', opcode=BINARY, fin=True, mask=True, rsv=0):
    head = bytes([fin << 7 | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += struct.pack('>BH', bit | 126, len(payload))
    else:
        head += struct.pack('>BQ', bit | 127, len(payload))
    if not mask:
        return head + payload
    key = os.urandom(4)
    pad = (key * (len(payload) // 4 + 1))[:len(payload)]
    return head + key + (int.from_bytes(payload, 'big') ^
                         int.from_bytes(pad, 'big')).to_bytes(len(payload), 'big')


class Socket:
    """What Client sees of a connection: the payloads of binary frames."""

    def __init__(self, sock, **fields):
        self.sock = sock
        self.buffer = b''
        self.pongs = []
        self.close_code = None
        sock.sendall(request(**fields))
        self.status, self.fields = read_answer(self)

    def __getattr__(self, name):
        return getattr(self.sock, name)

    def sendall(self, data):
        self.sock.sendall(frame(data))

    def more(self):
        data = self.sock.recv(1 << 20)
        self.buffer += data
        return data

    def _need(self, count):
        while len(self.buffer) < count:
            if not self.more():
                return False
        return True

    def frame(self):
        """The next frame: opcode and payload, None at the end."""
        if not self._need(2):
            check(not self.buffer, 'stream ended inside a frame')
            return None
        first, size = self.buffer[:2]
        equal(first & 0xf0, 0x80, 'first byte of a frame')
        check(not size & 0x80, 'a server may not mask')
        at = 2
        if size > 125:
            at = 4 if size == 126 else 10
            check(self._need(at), 'stream ended inside a frame')
            size = int.from_bytes(self.buffer[2:at], 'big')
        check(self._need(at + size), 'stream ended inside a frame')
        payload = self.buffer[at:at + size]
        self.buffer = self.buffer[at + size:]
        return first & 15, payload

    def recv(self, _size):
        while True:
            got = self.frame()
            if got is None:
                return b''
            opcode, payload = got
            if opcode == BINARY:
                return payload
            if opcode == PONG:
                self.pongs.append(payload)
            elif opcode == CLOSE:
                self.close_code = struct.unpack('>H', payload[:2])[0] if payload else None
            else:
                raise Failed('frame with opcode %d' % opcode)


def read_answer(sock):
    """Status and fields of an HTTP answer; what follows stays in sock.buffer."""
    while b'\r\n\r\n' not in sock.buffer:
        check(sock.more(), 'no answer to the request')
    head, sock.buffer = sock.buffer.split(b'\r\n\r\n', 1)
    lines = head.decode('ascii').split('\r\n')
    version, status = lines[0].split(' ')[:2]
    equal(version, 'HTTP/1.1')
    return int(status), dict(line.split(': ', 1) for line in lines[1:])


class Upgraded:
    """What clients over WebSocket have in common."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.sock = Socket(self.sock)
        equal(self.sock.status, 101)

    def send_raw(self, *data):
        """Bytes as they are."""
        try:
            self.sock.sock.sendall(b''.join(data))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def expect_close_code(self, code):
        self.expect_close()
        equal(self.sock.close_code, code, 'code of the Close frame')


class WsClient(Upgraded, Client):
    """As Client, over WebSocket."""


class WsClient5(Upgraded, Client5):
    """As Client5, over WebSocket."""


class WssClient(Upgraded, TlsClient):
    """As TlsClient, over WebSocket."""
