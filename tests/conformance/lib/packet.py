# SPDX-License-Identifier: GPL-2.0
"""MQTT 3.1.1 control packets: built and parsed by hand, byte by byte.

The builders make whatever they are told, also what the specification
forbids. The parser is strict: whatever a broker sends that section 2 or 3
forbids raises Malformed, so every case checks every byte it receives.
"""

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = range(8, 12)
PINGREQ, PINGRESP, DISCONNECT = range(12, 15)

NAMES = ('0', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL',
         'PUBCOMP', 'SUBSCRIBE', 'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK',
         'PINGREQ', 'PINGRESP', 'DISCONNECT', '15')

# Longer than any case takes on a slow machine: only what is about keep alive is ended by it.
DEFAULT_KEEP_ALIVE = 600


class Malformed(Exception):
    """The broker sent something the specification forbids."""


def raw(text):
    """Bytes of a str or of anything bytes() accepts."""
    return text.encode('utf-8') if isinstance(text, str) else bytes(text)


def u16(value):
    return bytes((value >> 8 & 0xff, value & 0xff))


def field(data):
    """A string or binary field with its two byte length."""
    data = raw(data)
    return u16(len(data)) + data


def varint(value, width=0):
    """Remaining Length; width > 0 pads to that many bytes (not minimal)."""
    out = bytearray()
    while True:
        byte = value & 0x7f
        value >>= 7
        more = value > 0 or len(out) + 1 < width
        out.append(byte | (0x80 if more else 0))
        if not more:
            return bytes(out)


def packet(first, body=b'', length=None, width=0):
    """A whole packet; length overrides the true Remaining Length."""
    body = bytes(body)
    size = len(body) if length is None else length
    return bytes((first,)) + varint(size, width) + body


def connect(client_id='', clean=True, keepalive=DEFAULT_KEEP_ALIVE, will=None, username=None,
            password=None, name='MQTT', level=4, flags=None, first=0x10,
            extra=b''):
    """CONNECT; will is (topic, payload, qos, retain)."""
    bits = 0x02 if clean else 0
    payload = field(client_id)
    if will:
        topic, message, qos, retain = (tuple(will) + (0, False))[:4]
        bits |= 0x04 | qos << 3 | (0x20 if retain else 0)
        payload += field(topic) + field(message)
    if username is not None:
        bits |= 0x80
        payload += field(username)
    if password is not None:
        bits |= 0x40
        payload += field(password)
    if flags is not None:
        bits = flags
    return packet(first, field(name) + bytes((level, bits)) +
                  u16(keepalive) + payload + extra)


def publish(topic, payload=b'', qos=0, pid=None, retain=False, dup=False,
            width=0):
    body = field(topic)
    if pid is not None:
        body += u16(pid)
    first = PUBLISH << 4 | (8 if dup else 0) | qos << 1 | (1 if retain else 0)
    return packet(first, body + raw(payload), width=width)


def puback(pid):
    return packet(0x40, u16(pid))


def pubrec(pid):
    return packet(0x50, u16(pid))


def pubrel(pid):
    return packet(0x62, u16(pid))


def pubcomp(pid):
    return packet(0x70, u16(pid))


def subscribe(pid, *filters):
    """SUBSCRIBE; each filter is a name (QoS 0) or a (name, QoS byte) pair."""
    body = u16(pid)
    for item in filters:
        name, qos = item if isinstance(item, tuple) else (item, 0)
        body += field(name) + bytes((qos,))
    return packet(0x82, body)


def unsubscribe(pid, *filters):
    return packet(0xa2, u16(pid) + b''.join(field(f) for f in filters))


def pingreq():
    return b'\xc0\x00'


def disconnect():
    return b'\xe0\x00'


class Packet:
    """One control packet from the broker, checked and taken apart."""

    def __init__(self, first, body):
        self.type = first >> 4
        self.flags = first & 0x0f
        self.body = bytes(body)
        self.pid = None
        if self.type == PUBLISH:
            self._parse_publish()
        elif self.type == CONNACK:
            self._need(len(body) == 2 and self.flags == 0)
            self.session_present, self.code = body[0], body[1]
            self._need(self.session_present <= 1 and self.code <= 5)
            self._need(not (self.code and self.session_present))
        elif self.type == SUBACK:
            self._need(self.flags == 0 and len(body) >= 3)
            self._take_pid()
            self.codes = list(body[2:])
            self._need(all(c in (0, 1, 2, 0x80) for c in self.codes))
        elif self.type == PINGRESP:
            self._need(self.flags == 0 and not body)
        elif self.type in (PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK):
            self._need(self.flags == (2 if self.type == PUBREL else 0))
            self._need(len(body) == 2)
            self._take_pid()
        else:
            raise Malformed('a broker never sends %s' % NAMES[self.type])

    def _need(self, condition):
        if not condition:
            raise Malformed(repr(self))

    def _take_pid(self):
        self.pid = self.body[0] << 8 | self.body[1]
        self._need(self.pid != 0)

    def _parse_publish(self):
        self.dup = self.flags >> 3
        self.qos = self.flags >> 1 & 3
        self.retain = self.flags & 1
        body = self.body
        self._need(self.qos < 3 and not (self.dup and not self.qos))
        self._need(len(body) >= 2)
        end = 2 + (body[0] << 8 | body[1])
        self._need(end > 2 and len(body) >= end)
        try:
            self.topic = body[2:end].decode('utf-8')
        except UnicodeDecodeError:
            raise Malformed('topic is not UTF-8: %r' % body[2:end]) from None
        self._need(not any(c in self.topic for c in '\0+#'))
        if self.qos:
            self._need(len(body) >= end + 2)
            self.pid = body[end] << 8 | body[end + 1]
            self._need(self.pid != 0)
            end += 2
        self.payload = body[end:]

    def __repr__(self):
        shown = self.body[:60].hex(' ')
        more = '...' if len(self.body) > 60 else ''
        return '%s flags=%x length=%d [%s%s]' % (
            NAMES[self.type], self.flags, len(self.body), shown, more)


def parse(buffer, kind=Packet):
    """First packet of a bytearray as (kind, size), or None if incomplete."""
    if len(buffer) < 2:
        return None
    size, shift, used = 0, 0, 1
    while True:
        if used >= len(buffer):
            return None
        byte = buffer[used]
        size |= (byte & 0x7f) << shift
        shift += 7
        used += 1
        if not byte & 0x80:
            break
        if used == 5:
            raise Malformed('Remaining Length has more than four bytes')
    if used > 2 and buffer[used - 1] == 0:
        raise Malformed('Remaining Length is not in its shortest form')
    if len(buffer) < used + size:
        return None
    return kind(buffer[0], buffer[used:used + size]), used + size
