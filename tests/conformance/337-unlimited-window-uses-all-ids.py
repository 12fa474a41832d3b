#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-4 MQTT-4.3.2-1
"""Without a window limit 65,535 messages are in flight and the rest waits."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    total = 66000
    seen = set()
    for start in range(0, total, 500):
        pub.send(*(publish('t', str(n), 1, 1 + n % 500)
                   for n in range(start, start + 500)))
        for n in range(500):
            pub.expect(PUBACK, 1 + n)
        # no more identifiers than there are, none twice, none zero
        while len(seen) < min(start + 500, 65535):
            message = sub.expect_publish('t', str(len(seen)), 1, ack=False)
            check(message.pid not in seen, 'identifier used twice')
            seen.add(message.pid)
    sub.expect_silence()
    sub.send(puback(1), puback(2))
    for n in (65535, 65536):
        check(sub.expect_publish('t', str(n), 1, ack=False).pid in (1, 2),
              'identifier in use')
    sub.expect_silence()


run(test, max_inflight_messages=0, max_queued_messages=0)
