#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6 MQTT-3.3.1-9
"""A subscriber in a stream of retained updates sees no gap and no step back."""

from lib.case import *


def test(b):
    pub = b.client()
    for turn in range(20):
        topic = 'turn/%d' % turn
        sub = b.client()
        base = [publish(topic, 'n%d' % n, retain=True) for n in range(60)]
        pub.send(*base[:20])
        sub.send(subscribe(1, topic))
        pub.send(*base[20:])
        sub.wait(SUBACK, 1)
        pub.sync()
        sub.sync()
        numbers = [int(m.payload[1:]) for m in sub.pending]
        replayed = sum(m.retain for m in sub.pending)
        sub.pending.clear()
        first = numbers[0]
        # a replay, then every live message after it, up to the last
        equal(numbers, list(range(first, 60)), 'turn %d' % turn)
        check(replayed <= 1, 'replayed %d' % replayed)
        sub.expect_silence()
        sub.disconnect()


run(test)
