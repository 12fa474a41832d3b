# SPDX-License-Identifier: GPL-2.0
"""MQTT 5.0 control packets: built and parsed by hand, byte by byte.

Like packet.py, whose names these are: the builders make whatever they are
told, the parser takes nothing that the specification forbids.

Properties are given as a list of (identifier, value) pairs, which is encoded
with its length, or as bytes, which are put there as they are.
"""

from .packet import *  # pylint: disable=wildcard-import,unused-wildcard-import
from .packet import Malformed, NAMES, field, packet, raw, u16, varint

AUTH = 15

PAYLOAD_FORMAT, MESSAGE_EXPIRY, CONTENT_TYPE = 0x01, 0x02, 0x03
RESPONSE_TOPIC, CORRELATION_DATA, SUBSCRIPTION_ID = 0x08, 0x09, 0x0b
SESSION_EXPIRY, ASSIGNED_CLIENT_ID, SERVER_KEEP_ALIVE = 0x11, 0x12, 0x13
AUTH_METHOD, AUTH_DATA, REQUEST_PROBLEM_INFO = 0x15, 0x16, 0x17
WILL_DELAY, REQUEST_RESPONSE_INFO, RESPONSE_INFO = 0x18, 0x19, 0x1a
SERVER_REFERENCE, REASON_STRING, RECEIVE_MAXIMUM = 0x1c, 0x1f, 0x21
TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS, MAXIMUM_QOS = 0x22, 0x23, 0x24
RETAIN_AVAILABLE, USER_PROPERTY, MAXIMUM_PACKET_SIZE = 0x25, 0x26, 0x27
WILDCARD_AVAILABLE, SUBSCRIPTION_ID_AVAILABLE = 0x28, 0x29
SHARED_AVAILABLE = 0x2a

# 2.2.2.2: identifier -> type and the packets it may appear in; 0 is a will.
_PUB = (PUBLISH, 0)
_ACKS = (CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK,
         DISCONNECT, AUTH)
PROPERTIES = {
    PAYLOAD_FORMAT: ('byte', _PUB), MESSAGE_EXPIRY: ('u32', _PUB),
    CONTENT_TYPE: ('string', _PUB), RESPONSE_TOPIC: ('string', _PUB),
    CORRELATION_DATA: ('binary', _PUB),
    SUBSCRIPTION_ID: ('varint', (PUBLISH, SUBSCRIBE)),
    SESSION_EXPIRY: ('u32', (CONNECT, CONNACK, DISCONNECT)),
    ASSIGNED_CLIENT_ID: ('string', (CONNACK,)),
    SERVER_KEEP_ALIVE: ('u16', (CONNACK,)),
    AUTH_METHOD: ('string', (CONNECT, CONNACK, AUTH)),
    AUTH_DATA: ('binary', (CONNECT, CONNACK, AUTH)),
    REQUEST_PROBLEM_INFO: ('byte', (CONNECT,)),
    WILL_DELAY: ('u32', (0,)),
    REQUEST_RESPONSE_INFO: ('byte', (CONNECT,)),
    RESPONSE_INFO: ('string', (CONNACK,)),
    SERVER_REFERENCE: ('string', (CONNACK, DISCONNECT)),
    REASON_STRING: ('string', _ACKS),
    RECEIVE_MAXIMUM: ('u16', (CONNECT, CONNACK)),
    TOPIC_ALIAS_MAXIMUM: ('u16', (CONNECT, CONNACK)),
    TOPIC_ALIAS: ('u16', (PUBLISH,)),
    MAXIMUM_QOS: ('byte', (CONNACK,)),
    RETAIN_AVAILABLE: ('byte', (CONNACK,)),
    USER_PROPERTY: ('pair', (CONNECT, PUBLISH, 0, SUBSCRIBE, UNSUBSCRIBE) +
                    _ACKS),
    MAXIMUM_PACKET_SIZE: ('u32', (CONNECT, CONNACK)),
    WILDCARD_AVAILABLE: ('byte', (CONNACK,)),
    SUBSCRIPTION_ID_AVAILABLE: ('byte', (CONNACK,)),
    SHARED_AVAILABLE: ('byte', (CONNACK,)),
}

# Reason codes that a server may send, by packet (table 2-6).
CODES = {
    CONNACK: {0, *range(0x80, 0x8b), 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b,
              0x9c, 0x9d, 0x9f},
    PUBACK: {0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99},
    PUBREL: {0, 0x92},
    SUBACK: {0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2},
    UNSUBACK: {0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91},
    DISCONNECT: {0, *range(0x80, 0x84), 0x87, 0x89, 0x8b, *range(0x8d, 0x91),
                 *range(0x93, 0x9e), 0x9e, 0x9f, 0xa0, 0xa1, 0xa2},
    AUTH: {0, 0x18},
}
CODES[PUBREC] = CODES[PUBACK]
CODES[PUBCOMP] = CODES[PUBREL]


def u32(value):
    return u16(value >> 16) + u16(value)


def prop(identifier, value):
    """One property; bytes are a value that is encoded already."""
    kind = PROPERTIES[identifier][0]
    if kind == 'pair':
        data = field(value[0]) + field(value[1])
    elif kind in ('string', 'binary'):
        data = field(value)
    elif isinstance(value, bytes):
        data = value
    else:
        data = {'byte': lambda v: bytes((v,)), 'u16': u16, 'u32': u32,
                'varint': varint}[kind](value)
    return varint(identifier) + data


def properties(props=()):
    """The Properties of a packet with their length."""
    if isinstance(props, bytes):
        return props
    data = b''.join(prop(*item) for item in props)
    return varint(len(data)) + data


def connect(client_id='', clean=True, keepalive=DEFAULT_KEEP_ALIVE, will=None, username=None,
            password=None, name='MQTT', level=5, flags=None, first=0x10,
            extra=b'', props=(), will_props=()):
    """CONNECT; will is (topic, payload, qos, retain)."""
    bits = 0x02 if clean else 0
    payload = field(client_id)
    if will:
        topic, message, qos, retain = (tuple(will) + (0, False))[:4]
        bits |= 0x04 | qos << 3 | (0x20 if retain else 0)
        payload += properties(will_props) + field(topic) + field(message)
    if username is not None:
        bits |= 0x80
        payload += field(username)
    if password is not None:
        bits |= 0x40
        payload += field(password)
    if flags is not None:
        bits = flags
    return packet(first, field(name) + bytes((level, bits)) + u16(keepalive) +
                  properties(props) + payload + extra)


def publish(topic, payload=b'', qos=0, pid=None, retain=False, dup=False,
            width=0, props=()):
    body = field(topic)
    if pid is not None:
        body += u16(pid)
    first = PUBLISH << 4 | (8 if dup else 0) | qos << 1 | (1 if retain else 0)
    return packet(first, body + properties(props) + raw(payload), width=width)


def _ack(first, pid, code, props):
    body = u16(pid)
    if code is not None:
        body += bytes((code,))
    if props is not None:
        body += properties(props)
    return packet(first, body)


def puback(pid, code=None, props=None):
    return _ack(0x40, pid, code, props)


def pubrec(pid, code=None, props=None):
    return _ack(0x50, pid, code, props)


def pubrel(pid, code=None, props=None):
    return _ack(0x62, pid, code, props)


def pubcomp(pid, code=None, props=None):
    return _ack(0x70, pid, code, props)


def options(qos=0, no_local=False, rap=False, handling=0):
    """The Subscription Options byte."""
    return qos | no_local << 2 | rap << 3 | handling << 4


def subscribe(pid, *filters, props=()):
    """SUBSCRIBE; each filter is a name or a (name, options byte) pair."""
    body = u16(pid) + properties(props)
    for item in filters:
        name, bits = item if isinstance(item, tuple) else (item, 0)
        body += field(name) + bytes((bits,))
    return packet(0x82, body)


def unsubscribe(pid, *filters, props=()):
    return packet(0xa2, u16(pid) + properties(props) +
                  b''.join(field(f) for f in filters))


def disconnect(code=None, props=None):
    body = b'' if code is None else bytes((code,))
    if props is not None:
        body += properties(props)
    return packet(0xe0, body)


def auth(code=None, props=None):
    body = b'' if code is None else bytes((code,))
    if props is not None:
        body += properties(props)
    return packet(0xf0, body)


class _Reader:
    """Takes a body apart; whatever does not fit is malformed."""

    def __init__(self, body):
        self.body = body
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.body):
            raise Malformed('ends early')
        self.at += count
        return self.body[self.at - count:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), 'big')

    def binary(self):
        return self.take(self.number(2))

    def string(self):
        text = self.binary().decode('utf-8')
        if '\0' in text:
            raise Malformed('U+0000 in a string')
        return text

    def varint(self):
        value = 0
        for i in range(4):
            byte = self.take(1)[0]
            value |= (byte & 0x7f) << 7 * i
            if not byte & 0x80:
                if i and not byte:
                    raise Malformed('a variable byte integer is too long')
                return value
        raise Malformed('a variable byte integer of five bytes')

    def left(self):
        return len(self.body) - self.at

    def value(self, kind):
        if kind == 'pair':
            return self.string(), self.string()
        return {'byte': lambda: self.number(1), 'u16': lambda: self.number(2),
                'u32': lambda: self.number(4), 'varint': self.varint,
                'string': self.string, 'binary': self.binary}[kind]()

    def properties(self, packet_type):
        """identifier -> value; of what may be repeated, a list of values."""
        many = {USER_PROPERTY}
        if packet_type == PUBLISH:
            many.add(SUBSCRIPTION_ID)
        found = {}
        size = self.varint()
        end = self.at + size
        while self.at < end:
            identifier = self.varint()
            if packet_type not in PROPERTIES.get(identifier, (0, ()))[1]:
                raise Malformed('property 0x%02x' % identifier)
            value = self.value(PROPERTIES[identifier][0])
            if identifier in many:
                found.setdefault(identifier, []).append(value)
            elif identifier in found:
                raise Malformed('property 0x%02x twice' % identifier)
            else:
                found[identifier] = value
        if self.at != end:
            raise Malformed('properties overrun their length')
        _check_values(found)
        return found


def _check_values(found):
    """Values that no server may send."""
    for identifier in (PAYLOAD_FORMAT, MAXIMUM_QOS, RETAIN_AVAILABLE,
                       WILDCARD_AVAILABLE, SUBSCRIPTION_ID_AVAILABLE,
                       SHARED_AVAILABLE):
        if found.get(identifier, 0) > 1:
            raise Malformed('property 0x%02x above 1' % identifier)
    for identifier in (RECEIVE_MAXIMUM, TOPIC_ALIAS, MAXIMUM_PACKET_SIZE):
        if found.get(identifier) == 0:
            raise Malformed('property 0x%02x is 0' % identifier)
    if 0 in found.get(SUBSCRIPTION_ID, []):
        raise Malformed('Subscription Identifier 0')
    if any(c in found.get(RESPONSE_TOPIC, '') for c in '+#'):
        raise Malformed('wildcard in the Response Topic')


class Packet:
    """One control packet from the broker, checked and taken apart."""

    def __init__(self, first, body):
        self.type = first >> 4
        self.flags = first & 0x0f
        self.body = bytes(body)
        self.size = 1 + len(varint(len(body))) + len(body)
        self.pid = None
        self.code = 0
        self.props = {}
        try:
            self._parse(_Reader(self.body))
        except (Malformed, UnicodeDecodeError) as error:
            raise Malformed('%s: %r' % (error, self)) from None

    def _need(self, condition, text='malformed'):
        if not condition:
            raise Malformed(text)

    def _parse(self, reader):
        if self.type != PUBLISH:
            self._need(self.flags == (2 if self.type == PUBREL else 0),
                       'flags')
        if self.type == PUBLISH:
            self._parse_publish(reader)
            return
        if self.type == CONNACK:
            self.session_present, self.code = reader.take(2)
            self._need(self.session_present <= 1)
            self._need(not (self.code and self.session_present))
            self.props = reader.properties(CONNACK)
        elif self.type in (SUBACK, UNSUBACK):
            self._take_pid(reader)
            self.props = reader.properties(self.type)
            self.codes = list(reader.take(reader.left()))
            self._need(self.codes, 'no reason code')
            self._need(CODES[self.type].issuperset(self.codes), 'code')
            return
        elif self.type in (PUBACK, PUBREC, PUBREL, PUBCOMP):
            self._take_pid(reader)
            self._parse_code(reader)
        elif self.type in (DISCONNECT, AUTH):
            self._parse_code(reader)
            self._need(SESSION_EXPIRY not in self.props,
                       'Session Expiry Interval from a server')
        elif self.type != PINGRESP:
            raise Malformed('a broker never sends this')
        self._need(not reader.left(), 'trailing bytes')
        if self.type in CODES:
            self._need(self.code in CODES[self.type], 'reason code')

    def _parse_code(self, reader):
        """A reason code and properties, either of which may be left out."""
        if reader.left():
            self.code = reader.number(1)
        if reader.left():
            self.props = reader.properties(self.type)

    def _take_pid(self, reader):
        self.pid = reader.number(2)
        self._need(self.pid, 'packet identifier 0')

    def _parse_publish(self, reader):
        self.dup = self.flags >> 3
        self.qos = self.flags >> 1 & 3
        self.retain = self.flags & 1
        self._need(self.qos < 3 and not (self.dup and not self.qos), 'flags')
        self.topic = reader.string()
        self._need(not any(c in self.topic for c in '+#'), 'wildcard')
        if self.qos:
            self._take_pid(reader)
        self.props = reader.properties(PUBLISH)
        self._need(self.topic or TOPIC_ALIAS in self.props, 'no topic')
        self.payload = reader.take(reader.left())

    def __repr__(self):
        shown = self.body[:80].hex(' ')
        more = '...' if len(self.body) > 80 else ''
        return '%s flags=%x code=0x%02x length=%d [%s%s]' % (
            NAMES[self.type] if self.type < 15 else 'AUTH', self.flags,
            self.code, len(self.body), shown, more)
