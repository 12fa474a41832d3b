#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.2-5 MQTT-3.3.2-6 MQTT-4.3.3-13 MQTT-4.3.3-7
"""What waited is sent with what is left of its interval, or not any more."""

from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 600)]


def test(b):
    pub, clock = b.client5(), b.client5()
    clock.subscribe('clock')
    client = b.client5('c', props=KEPT)
    client.subscribe(('t', 2), ('r', 1))
    # connected: at once, in full
    for qos in (0, 1, 2) * 2:
        pub.publish('t', 'now', qos, props=[(MESSAGE_EXPIRY, 100)])
        got = client.expect_publish('t', 'now', qos)
        check(90 <= got.props[MESSAGE_EXPIRY] <= 100, repr(got.props))
    pub.publish('t', 'under way', 2, props=[(MESSAGE_EXPIRY, 1)])
    sent = client.expect_publish('t', 'under way', 2, ack=False)
    client.drop()
    pub.publish('t', 'short', 1, props=[(MESSAGE_EXPIRY, 1)])
    pub.publish('t', 'short', 2, props=[(MESSAGE_EXPIRY, 1)])
    pub.publish('t', 'long', 1, props=[(MESSAGE_EXPIRY, 100)])
    pub.publish('t', 'never', 2)
    pub.publish('gone', 'x', 1, True, props=[(MESSAGE_EXPIRY, 1)])
    pub.publish('r', 'kept', 1, True, props=[(MESSAGE_EXPIRY, 100)])
    # two seconds of the broker's own time
    b.client5(will=('clock', 'x'), will_props=[(WILL_DELAY, 2)],
              props=KEPT).close()
    clock.expect_publish('clock', 'x')
    client = b.client5('c', 1, clean=False)
    # what was sent once is completed
    again = client.expect_publish('t', 'under way', 2, dup=1)
    equal(again.pid, sent.pid)
    for topic, payload, qos in (('t', 'long', 1), ('t', 'never', 2),
                                ('r', 'kept', 1)):
        got = client.expect_publish(topic, payload, qos)
        if payload == 'never':
            equal(got.props, {})
        else:
            check(90 < got.props[MESSAGE_EXPIRY] <= 98, repr(got.props))
    client.expect_silence()
    late = b.client5()
    late.subscribe('gone', 'r')
    got = late.expect_publish('r', 'kept', 0, 1)
    check(90 < got.props[MESSAGE_EXPIRY] <= 98, repr(got.props))
    late.expect_silence()


run(test)
