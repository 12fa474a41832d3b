#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Who subscribes during a stream sees a gapless rest of it."""

from lib.case import *


def test(b):
    pub, first = b.client(), b.client()
    first.subscribe('t')
    joined = []
    for n in range(600):
        pub.publish('t', str(n))
        if n % 20 == 10 and len(joined) < 25:
            sub = b.client()
            sub.send(subscribe(1, 't'))
            joined.append(sub)
    equal(payloads(first, 600, 't'), [b'%d' % n for n in range(600)])
    for sub in joined:
        numbers = []
        while not numbers or numbers[-1] != 599:
            message = sub.read()
            if message.type == PUBLISH:
                numbers.append(int(message.payload))
            elif message.type == SUBACK and not numbers:
                # subscribed after the end of the stream
                pub.sync()
                sub.sync()
                if not sub.pending:
                    break
        equal(numbers, list(range(numbers[0], 600)) if numbers else [])


run(test)
