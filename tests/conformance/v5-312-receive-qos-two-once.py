#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.3.3-10 MQTT-4.3.3-12 MQTT-4.3.2-5
"""The same identifier again: a duplicate until PUBREL, then a new message."""

from lib.case5 import *


def test(b):
    sub = b.client5()
    sub.subscribe(('t', 2))
    client = b.client5('c', props=[(SESSION_EXPIRY, 60)])
    client.send(publish('t', 'one', 2, 5))
    equal(client.expect(PUBREC, 5).code, 0)
    sub.expect_publish('t', 'one', 2)
    client.send(publish('t', 'one', 2, 5, dup=True))
    got = client.expect(PUBREC, 5)
    check(got.code < 0x80, repr(got))
    client.close()
    client = b.client5('c', 1, clean=False)
    client.send(publish('t', 'one', 2, 5, dup=True))
    check(client.expect(PUBREC, 5).code < 0x80, 'refused')
    sub.expect_silence()
    client.send(pubrel(5))
    equal(client.expect(PUBCOMP, 5).code, 0)
    client.send(publish('t', 'two', 2, 5, dup=True))
    client.expect(PUBREC, 5)
    sub.expect_publish('t', 'two', 2)
    client.send(pubrel(5))
    client.expect(PUBCOMP, 5)
    # QoS 1: each is new
    for dup in (False, True):
        client.send(publish('t', 'q1', 1, 5, dup=dup))
        client.expect(PUBACK, 5)
        sub.expect_publish('t', 'q1', 1)
    sub.expect_silence()


run(test)
