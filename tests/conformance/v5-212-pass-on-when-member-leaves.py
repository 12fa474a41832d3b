#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.8.2-5 MQTT-3.10.4-5
"""What a member that leaves has not acknowledged goes to the others."""

from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 60), (RECEIVE_MAXIMUM, 2)]


def leave(b, how):
    """One member with two messages in flight and three behind them."""
    pub = b.client5()
    one = b.client5('one', props=KEPT)
    one.subscribe(('$share/g/t', 2))
    for i, qos in enumerate((1, 2, 1, 2, 1)):
        pub.publish('t', str(i), qos)
    sent = [one.expect_publish('t', str(i), qos, ack=False)
            for i, qos in enumerate((1, 2))]
    two = b.client5('two')
    two.subscribe(('$share/g/t', 2))
    how(one)
    return pub, one, two, sent


def test(b):
    # the connection breaks: QoS 2 that has begun stays
    pub, one, two, sent = leave(b, lambda one: one.close())
    for i, qos in ((0, 1), (2, 1), (3, 2), (4, 1)):
        two.expect_publish('t', str(i), qos)
    one = b.client5('one', 1, clean=False, props=KEPT)
    got = one.expect_publish('t', '1', 2, dup=1)
    equal(got.pid, sent[1].pid)
    one.expect_silence()
    two.expect_silence()
    one.disconnect(0, props=[(SESSION_EXPIRY, 0)])
    two.disconnect()
    pub.disconnect()

    # the session ends: likewise, and QoS 2 that has begun is lost
    pub, one, two, sent = leave(
        b, lambda one: one.disconnect(0, props=[(SESSION_EXPIRY, 0)]))
    for i, qos in ((0, 1), (2, 1), (3, 2), (4, 1)):
        two.expect_publish('t', str(i), qos)
    two.expect_silence()
    two.disconnect()
    pub.disconnect()

    # it unsubscribes: what has begun is completed
    pub, one, two, sent = leave(
        b, lambda one: one.unsubscribe('$share/g/t', want=[0]))
    for i, qos in ((2, 1), (3, 2), (4, 1)):
        two.expect_publish('t', str(i), qos)
    for message in sent:
        one.ack(message)
    one.expect_silence()
    two.expect_silence()

    # the last one unsubscribes: nobody is to get what waits
    pub = b.client5()
    one = b.client5(props=[(RECEIVE_MAXIMUM, 1)])
    one.subscribe(('$share/last/l', 1))
    for n in range(3):
        pub.publish('l', str(n), 1)
    message = one.expect_publish('l', '0', 1, ack=False)
    one.unsubscribe('$share/last/l', want=[0])
    one.ack(message)
    one.expect_silence()


run(test)
