#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.2.2-9 MQTT-3.2.2-10 MQTT-3.2.2-12 MQTT-3.2.2-13
"""max_qos, retain_available false and max_topic_alias: told, and enforced."""

from lib.case import *


def connect5(client_id, bits=2, tail=b''):
    body = (field('MQTT') + bytes((5, bits, 0, 60, 0)) + field(client_id) +
            tail)
    return bytes((0x10, len(body))) + body


def answer(b, *data):
    """All that the broker says until it closes."""
    raw_client = b.raw()
    raw_client.send(*data)
    got = b''
    while True:
        more = raw_client.sock.recv(4096)
        if not more:
            return got
        got += more


def will(flags):
    return connect5('w', 0x02 | 0x04 | flags,
                    b'\x00' + field('w/t') + field('gone'))


def test(b):
    # CONNACK: Maximum QoS 1, Retain Available 0, Topic Alias Maximum 3
    leave = b'\xe0\x00'
    connack = answer(b, connect5('a'), leave)
    equal(connack[:4], bytes((0x20, len(connack) - 2, 0, 0)))
    for prop in (b'\x24\x01', b'\x25\x00', b'\x22\x00\x03'):
        check(prop in connack[5:], 'no %r in CONNACK %r' % (prop, connack))

    def ends(reason, *data):
        got = answer(b, connect5('a'), *data)
        check(got.startswith(connack), 'CONNACK first: %r' % got)
        rest = got[len(connack):]
        equal((rest[0], rest[2]), (0xe0, reason), 'DISCONNECT of %r' % rest)

    ends(0x9b, b'\x34\x07\x00\x01t\x00\x01\x00x')       # QoS 2
    ends(0x9a, b'\x31\x05\x00\x01t\x00x')               # RETAIN
    ends(0x94, b'\x30\x08\x00\x01t\x03\x23\x00\x04x')   # alias 4
    equal(answer(b, connect5('a'), b'\x30\x08\x00\x01t\x03\x23\x00\x03x',
                 leave), connack)
    for flags, reason in ((0x10, 0x9b), (0x20, 0x9a)):
        got = answer(b, will(flags))
        equal((got[0], got[3]), (0x20, reason), 'will %#x' % flags)
    # 3.1.1: a subscription is granted less, and a publish closes
    sub, pub, other = b.client(), b.client(), b.client()
    sub.subscribe(('t', 2), ('u', 1), want=[1, 1])
    pub.publish('t', 'one', 1)
    sub.expect_publish('t', 'one', 1)
    pub.send(publish('t', 'two', 2, 7))
    pub.expect_close()
    other.send(publish('t', 'kept', retain=True))
    other.expect_close()
    sub.expect_silence()


run(test, max_qos=1, retain_available='false', max_topic_alias=3)
