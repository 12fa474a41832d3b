#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-9 MQTT-4.4.0-1 MQTT-4.6.0-1
"""A client that comes back and takes less is sent less at a time again."""

from lib.case5 import *


def test(b):
    pub = b.client5()
    sub = b.client5('sub', props=[(SESSION_EXPIRY, 60)])
    sub.subscribe(('t', 2))
    levels = [1 + i % 2 for i in range(8)]
    for i, qos in enumerate(levels):
        pub.publish('t', str(i), qos)
    first = [sub.expect_publish('t', str(i), qos, ack=False)
             for i, qos in enumerate(levels)]
    sub.drop()
    pub.publish('t', 'late', 1)

    sub = b.client5('sub', 1, clean=False,
                    props=[(SESSION_EXPIRY, 60), (RECEIVE_MAXIMUM, 3)])
    again = [sub.expect_publish('t', str(i), levels[i], dup=1, ack=False)
             for i in range(3)]
    sub.expect_silence()
    # PUBREC for one that has not been sent on this connection
    sub.send(pubrec(first[7].pid))
    sub.wait(PUBREL, first[7].pid)
    sub.send(pubcomp(first[7].pid))
    sub.expect_silence()
    for i in range(3, 7):
        sub.ack(again.pop(0))
        again.append(sub.expect_publish('t', str(i), levels[i], dup=1,
                                        ack=False))
        equal(again[-1].pid, first[i].pid)
    sub.ack(again.pop(0))
    again.append(sub.expect_publish('t', 'late', 1, ack=False))
    sub.expect_silence()
    for message in again:
        sub.ack(message)
    sub.expect_silence()


run(test)
