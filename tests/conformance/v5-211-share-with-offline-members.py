#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.8.2-4 MQTT-4.8.2-5 MQTT-4.8.2-6 MQTT-4.5.0-1
"""Sessions keep what they were sent; a refused message goes to nobody else."""

from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 60)]


def test(b):
    pub = b.client5()
    one = b.client5('one', props=KEPT)
    one.subscribe(('$share/g/t', 2))
    # nobody is connected: kept for the member that will come back
    one.drop()
    pub.publish('t', 'kept', 1)
    one = b.client5('one', 1, clean=False, props=KEPT)
    one.expect_publish('t', 'kept', 1)
    # in the middle of QoS 2
    pub.publish('t', 'half', 2)
    first = one.expect_publish('t', 'half', 2, ack=False)
    two = b.client5('two', props=KEPT)
    two.subscribe(('$share/g/t', 2))
    one.drop()
    one = b.client5('one', 1, clean=False, props=KEPT)
    again = one.expect_publish('t', 'half', 2, dup=1)
    equal(again.pid, first.pid)
    two.expect_silence()
    # refused by the member it was sent to
    two.unsubscribe('$share/g/t')
    for qos, refuse in ((1, puback), (2, pubrec)):
        pub.publish('t', 'refused', qos)
        got = one.expect_publish('t', 'refused', qos, ack=False)
        two.subscribe(('$share/g/t', 2))
        one.send(refuse(got.pid, 0x80))
        one.expect_silence()
        two.expect_silence()
        two.unsubscribe('$share/g/t')
    # the session ends while a QoS 2 message is under way
    pub.publish('t', 'lost', 2)
    one.expect_publish('t', 'lost', 2, ack=False)
    two.subscribe(('$share/g/t', 2))
    one.drop()
    b.client5('one', 0).disconnect()
    two.expect_silence()


run(test)
