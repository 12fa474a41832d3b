#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-2 MQTT-3.3.4-3 MQTT-3.3.4-4 MQTT-3.8.4-3
"""One copy, with the identifiers of all matching subscriptions."""

from lib.case5 import *


def expect(client, payload, qos, *ids, topic='a/b'):
    got = client.expect_publish(topic, payload, qos)
    equal(sorted(got.props.get(SUBSCRIPTION_ID, [])), sorted(ids), payload)


def test(b):
    pub, client = b.client5(), b.client5()
    client.subscribe(('a/b', 0), props=[(SUBSCRIPTION_ID, 1)])
    for n in range(3):
        pub.publish('a/b', 'one%d' % n)
        expect(client, 'one%d' % n, 0, 1)
    client.subscribe(('a/+', 2), props=[(SUBSCRIPTION_ID, 268435455)])
    client.subscribe(('#', 1), props=[(SUBSCRIPTION_ID, 128)])
    client.subscribe(('+/b', 0))
    for n in range(3):
        for qos in (0, 1, 2):
            pub.publish('a/b', 'many%d' % qos, qos)
            expect(client, 'many%d' % qos, qos, 1, 128, 268435455)
    # replaced by one without, and by another
    client.subscribe(('a/b', 0))
    client.subscribe(('#', 1), props=[(SUBSCRIPTION_ID, 7)])
    pub.publish('a/b', 'new', 2)
    expect(client, 'new', 2, 7, 268435455)
    pub.publish('z', 'x', 2)
    expect(client, 'x', 1, 7, topic='z')
    client.unsubscribe('a/+', '#')
    pub.publish('a/b', 'none', 2)
    expect(client, 'none', 0)
    # two subscriptions may use the same one, and share with retained messages
    other = b.client5()
    pub.publish('r', 'kept', 1, True)
    other.subscribe(('r', 1), props=[(SUBSCRIPTION_ID, 3)])
    got = other.expect_publish('r', 'kept', 1, 1)
    equal(got.props, {SUBSCRIPTION_ID: [3]})
    client.expect_silence()
    other.expect_silence()


run(test)
