#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""What comes behind a message to many does not wait until all of them have it.

There are so many of them that the daemon takes several turns of its loop to find them all, and
what the same client publishes next waits for that.
"""

import os
import socket
import struct
import time

from lib.case import *
from lib.client import TIMEOUT

MANY = 1100
SO_TIMESTAMPNS = 35


def arrival(client, topic):
    """When the kernel received the next message, in ns of its clock; None if it did not look."""
    data, control, _, _ = client.sock.recvmsg(4096, socket.CMSG_SPACE(16))
    equal(data, publish(topic, topic * 16))
    for level, kind, value in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, ns = struct.unpack('qq', value)
            return seconds * 10 ** 9 + ns
    return None


def wait_for_clock(pub, client):
    """The kernel begins to look at the clock some time after it is asked to."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        pub.publish('other', 'other' * 16)
        if arrival(client, 'other'):
            return
    raise Failed('no time of arrival')


def test(b):
    pub, other = b.client(), b.client()
    many = [b.client() for _ in range(MANY)]
    for client in many:
        client.subscribe('many')
    other.subscribe('other')
    for topic, clients in (('many', many), ('other', [other])):
        pub.publish(topic, 'known from now on')
        for client in clients:
            client.expect_publish(topic, 'known from now on')
    for client in many + [other]:
        client.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    wait_for_clock(pub, other)
    for _ in range(3):
        pub.send(publish('many', 'many' * 16), publish('other', 'other' * 16))
        when = arrival(other, 'other')
        after = sum(arrival(client, 'many') > when for client in many)
        check(after > MANY // 2, 'only %d of %d receivers were served after it' % (after, MANY))
    # in order, with an answer, and what came before the end is for all
    pub.send(publish('many', 'first'), publish('many', 'second', 1, 7), publish('many', 'third'))
    pub.wait(PUBACK, 7)
    pub.send(publish('many', 'fourth'), publish('many', 'fifth'), disconnect())
    pub.expect_close()
    for client in many:
        for word in ('first', 'second', 'third', 'fourth', 'fifth'):
            client.expect_publish('many', word)


# All on one CPU: another one could have sent to most before this one comes to the second message.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
run(test)
