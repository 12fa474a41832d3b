#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.2-5 MQTT-3.3.2-6
"""What waited because the client does not read is no exception: it expires, too."""

import socket

from lib import case
from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 600)]
# more than TCP takes on the loopback device
CLOG = 300
LARGE = bytes(30000)


KINDS = [b'end', b'large', b'long', b'never', b'one']


def kinds(messages):
    return sorted(b'large' if m.payload == LARGE else m.payload[:9] for m in messages)


def drain(client, publish):
    """All but what clogs; QoS 0 and 1 have each their own order."""
    got = []
    last = {b'end', b'one'}
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    while last:
        message = client.wait(publish)
        client.ack(message)
        last.discard(message.payload)
        if message.topic != 'clog':
            got.append(message)
    return got


def test(b):
    pub, clock = b.client5(), b.client5()
    clock.subscribe('clock')
    slow, named, old = b.client5(rcvbuf=4096), b.client5(rcvbuf=4096), b.client(rcvbuf=4096)
    named.subscribe(('t', 0), props=[(SUBSCRIPTION_ID, 7)])
    for client in slow, named, old:
        client.subscribe(('clog', 1), ('q', 1))
    for client in slow, old:
        client.subscribe('t')
    for n in range(CLOG):
        pub.publish('clog', b'%d' % n + bytes(20000), 1)
    pub.publish('t', 'first', props=[(MESSAGE_EXPIRY, 1)])
    for n in range(40):
        pub.publish('t', 'short', props=[(MESSAGE_EXPIRY, 1 + n % 2)])
    pub.publish('t', 'long', props=[(MESSAGE_EXPIRY, 100), (CONTENT_TYPE, 'c')])
    pub.publish('t', 'short', props=[(MESSAGE_EXPIRY, 2)])
    pub.publish('t', 'never')
    pub.publish('t', LARGE, props=[(CONTENT_TYPE, 'c'), (MESSAGE_EXPIRY, 100)])
    pub.publish('t', LARGE, props=[(MESSAGE_EXPIRY, 1)])
    pub.publish('q', 'one', 1, props=[(MESSAGE_EXPIRY, 100)])
    pub.publish('t', 'end', props=[(MESSAGE_EXPIRY, 100)])
    pub.sync()
    # three seconds of the broker's own time
    b.client5(will=('clock', 'x'), will_props=[(WILL_DELAY, 3)],
              props=KEPT).close()
    clock.expect_publish('clock', 'x')
    for client in slow, named:
        got = drain(client, PUBLISH)
        equal(kinds(got), KINDS)
        for message in got:
            left = message.props.pop(MESSAGE_EXPIRY, None)
            if message.payload == b'never':
                equal(left, None)
            else:
                check(80 < left <= 97, '%r: %r' % (message.payload[:5], left))
            want = {CONTENT_TYPE: 'c'} if message.payload in (b'long', LARGE) else {}
            if client is named and message.topic == 't':
                want[SUBSCRIPTION_ID] = [7]
            equal(message.props, want)
        client.expect_silence()
    got = drain(old, case.PUBLISH)
    equal(kinds(got), KINDS)
    old.expect_silence()


run(test, max_inflight_messages=500)
