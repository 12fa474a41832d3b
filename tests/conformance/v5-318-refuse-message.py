#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.3.3-9 MQTT-3.5.2-1 MQTT-3.4.2-1 MQTT-4.7.2-1
"""Refused with a reason: the identifier of a PUBLISH is free again at once."""

from lib.case5 import *


def test(b):
    client, sub = b.client5(), b.client5()
    sub.subscribe(('t', 2), ('$SYS/mine', 2))
    client.send(publish('$SYS/mine', 'x', 1, 5))
    equal(client.expect(PUBACK, 5).code, 0x87)
    for turn in range(40):
        # more often than the receive maximum allows without PUBREL
        client.send(publish('$SYS/mine', 'x', 2, 5, dup=bool(turn)))
        equal(client.expect(PUBREC, 5).code, 0x87)
    client.send(publish('t', 'new', 2, 5))
    equal(client.expect(PUBREC, 5).code, 0)
    sub.expect_publish('t', 'new', 2)
    sub.expect_silence()
    # the other way: no PUBREL, and the next one may come
    slow = b.client5(props=[(RECEIVE_MAXIMUM, 1)])
    slow.subscribe(('r', 2))
    for n in range(3):
        client.publish('r', str(n), 2)
    for n in range(2):
        got = slow.expect_publish('r', str(n), 2, ack=False)
        slow.send(pubrec(got.pid, 0x83))
    slow.expect_publish('r', '2', 2)
    slow.expect_silence()


run(test)
