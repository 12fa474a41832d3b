#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-3.8.4-3
"""SUBSCRIBE amid one's own publishes takes effect exactly there."""

from lib.case import *


def test(b):
    # a publish sent before the SUBSCRIBE must not be delivered because of it
    for turn in range(30):
        client = b.client()
        topic = 's/%d' % (turn % 3)
        client.send(*(publish(topic, 'before') for _ in range(turn)),
                    subscribe(1, topic),
                    *(publish(topic, 'n%d' % n) for n in range(20)),
                    unsubscribe(2, topic),
                    *(publish(topic, 'after') for _ in range(turn)),
                    pingreq(), unsubscribe(3, topic))
        client.wait(SUBACK, 1)
        client.wait(UNSUBACK, 2)
        client.wait(UNSUBACK, 3)
        client.wait(PINGRESP)
        equal([m.payload for m in client.pending],
              [b'n%d' % n for n in range(20)])
        client.pending.clear()
        client.disconnect()


run(test)
