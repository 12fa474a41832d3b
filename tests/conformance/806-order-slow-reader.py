#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Small socket buffers: partial writes never mix packets."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client(rcvbuf=4096)
    sub.subscribe(('t', 1))
    total, pid = 400, 0
    for start in range(0, total, 10):
        batch = []
        for n in range(start, start + 10):
            pid += 1
            qos = n % 2
            batch.append(publish('t', b'%04d' % n + bytes([n & 0xff]) * 700,
                                 qos, pid if qos else None))
        pub.send(*batch)
        sub.send(pingreq())
        seen = {0: [], 1: []}
        pings = 0
        while len(seen[0]) + len(seen[1]) < 10 or not pings:
            got = sub.read()
            if got.type == PINGRESP:
                pings += 1
                continue
            n = int(got.payload[:4])
            equal(got.payload[4:], bytes([n & 0xff]) * 700)
            seen[got.qos].append(n)
            sub.ack(got)
        equal(seen[0], list(range(start, start + 10, 2)))
        equal(seen[1], list(range(start + 1, start + 10, 2)))


run(test)
