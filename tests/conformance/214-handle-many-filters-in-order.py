#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-4
"""Several filters in one packet act as several packets in order."""

from lib.case import *


def test(b):
    client = b.client()
    client.publish('r', 'kept', 1, retain=True)
    # the same filter twice: the second replaces the first
    client.send(subscribe(5, ('r', 0), ('r', 1)))
    equal(client.wait(SUBACK, 5).codes, [0, 1])
    client.sync()
    replayed = list(client.pending)
    client.pending.clear()
    check(1 <= len(replayed) <= 2, 'replayed %d' % len(replayed))
    equal(replayed[-1].qos, 1)
    for message in replayed:
        equal((message.retain, message.payload), (1, b'kept'))
        client.ack(message)
    client.publish('r', 'x', 2)
    client.expect_publish('r', 'x', 1)
    client.expect_silence()


run(test)
