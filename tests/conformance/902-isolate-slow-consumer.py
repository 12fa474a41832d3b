#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""A subscriber that stops reading costs the others no message."""

from lib.case import *


def test(b):
    pub, fast = b.client(), b.client()
    slow = b.client(rcvbuf=4096)
    fast.subscribe('t')
    slow.subscribe('t')
    body = bytes(4000)
    # 20 MB: more than any socket buffer
    for start in range(0, 5000, 50):
        pub.send(*(publish('t', b'%06d' % n + body)
                   for n in range(start, start + 50)))
        for n in range(start, start + 50):
            fast.expect_publish('t', b'%06d' % n + body)
    # what the slow one does get is whole packets in order
    last = -1
    pub.sync()
    slow.send(pingreq())
    while True:
        got = slow.read()
        if got.type == PINGRESP:
            break
        number = int(got.payload[:6])
        check(number > last, 'order %d after %d' % (number, last))
        equal(got.payload[6:], body)
        last = number
    check(last >= 0, 'the slow one got nothing at all')


run(test)
