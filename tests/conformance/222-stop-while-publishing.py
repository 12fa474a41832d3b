#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-2
"""Unsubscribing in the middle of a stream cuts it once, cleanly."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t', 'end')
    sent = 0
    for _ in range(10):
        pub.send(*(publish('t', 'n%d' % i) for i in range(sent, sent + 100)))
        sent += 100
    sub.send(unsubscribe(77, 't'))
    got = []
    while True:
        message = sub.read()
        if message.type == UNSUBACK:
            break
        got.append(message.payload)
    equal(got, [b'n%d' % i for i in range(len(got))])
    # everything sent before UNSUBACK reached us may have been queued before
    pub.sync()
    pub.publish('t', 'late')
    pub.publish('end', 'end')
    sub.expect_publish('end', 'end')


run(test)
