#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.6.0-5 MQTT-4.6.0-6 MQTT-3.3.1-12 MQTT-3.3.1-13 MQTT-3.3.4-3
"""What the broker itself sends a client that reads late keeps its place.

A message for it that is to be retained, or that comes by filters that overlap,
and the retained messages for a new subscription are not overtaken by messages
that were published later, whoever carries these.
"""

import socket

from lib.case5 import *

TOPICS, COUNT, CLOG = 6, 60, 300


def clog(pub):
    """Leave the broker in the midst of sending to who reads late."""
    # more than TCP takes on the loopback device
    for n in range(CLOG):
        pub.publish('clog', b'%d' % n + bytes(20000), 1)


def numbers(messages, key):
    """Numbers of the messages with that topic and those identifiers."""
    return [int(m.payload) for m in messages
            if (m.topic, tuple(m.props.get(SUBSCRIPTION_ID, ()))) == key]


def drain(client, count):
    got = []
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    for _ in range(count):
        message = client.wait(PUBLISH)
        client.ack(message)
        if message.topic != 'clog':
            got.append(message)
    return got


def published(pub):
    """Each topic's first message misses, some are retained, most are hits."""
    for n in range(COUNT):
        for topic in range(TOPICS):
            pub.publish('t/%d' % topic, b'%d' % n, retain=n % 7 == topic)
    for n in range(COUNT):
        pub.publish('n/1', b'%d' % n, retain=n % 7 == 3)


def test(b):
    pub = b.client5()
    slow = b.client5(rcvbuf=4096)
    own = b.client5(rcvbuf=4096)
    slow.subscribe(('clog', 1))
    slow.subscribe(('t/#', options(0, rap=True)), props=[(SUBSCRIPTION_ID, 1)])
    slow.subscribe(('t/+', 1), props=[(SUBSCRIPTION_ID, 300)])
    slow.subscribe(('$share/s/t/#', options(0, rap=True)),
                   props=[(SUBSCRIPTION_ID, 3)])
    own.subscribe(('n/#', options(1, no_local=True)),
                  props=[(SUBSCRIPTION_ID, 4)])
    own.subscribe(('n/+', 0), props=[(SUBSCRIPTION_ID, 5)])
    pub.subscribe('seen')
    pub.publish('r/1', b'0', retain=True)
    pub.publish('r/2', b'0', 1, retain=True)
    clog(pub)
    # a subscription while the broker is in the midst of sending
    slow.send(subscribe(900, ('r/#', 0)), publish('seen'))
    pub.expect_publish('seen')
    for n in range(1, COUNT):
        pub.publish('r/1', b'%d' % n)
        pub.publish('r/2', b'%d' % n)
    published(pub)
    for n in range(COUNT):
        own.send(publish('n/1', b'%d' % (1000 + n), retain=n % 5 == 0))
    own.send(publish('seen'))
    pub.expect_publish('seen')
    pub.sync()
    slow_got = drain(slow, CLOG + 2 * COUNT + 2 * TOPICS * COUNT)
    order = list(range(COUNT))
    for topic in range(TOPICS):
        name = 't/%d' % topic
        equal(numbers(slow_got, (name, (1, 300))), order, name)
        equal(numbers(slow_got, (name, (3,))), order, name + ' shared')
        for message in slow_got:
            if message.topic == name:
                equal(message.retain, int(message.payload) % 7 == topic)
    for name in 'r/1', 'r/2':
        equal(numbers(slow_got, (name, ())), order, name)
    own_got = drain(own, 2 * COUNT)
    equal(numbers(own_got, ('n/1', (4, 5))), order, 'of another')
    equal(numbers(own_got, ('n/1', (5,))), [1000 + n for n in order], 'its own')
    slow.wait(SUBACK, 900)
    for client in slow, own:
        client.expect_silence()


run(test, max_inflight_messages=500)
