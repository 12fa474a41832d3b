#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-1 MQTT-3.3.2-3 MQTT-4.5.0-1
"""3.1.1 and 5.0 clients, publishers and subscribers, see the same messages."""

from lib.case5 import *


def test(b):
    new = [b.client5() for _ in range(4)]
    old = [b.client() for _ in range(4)]
    for n, client in enumerate(new + old):
        client.subscribe(('t/#', n % 3))
    new[0].subscribe(('t/+', 0), props=[(SUBSCRIPTION_ID, 9)])
    for n in range(20):
        sender = (new + old)[n % 8]
        qos = n % 3
        sender.publish('t/%d' % (n % 2), 'm%d' % n, qos)
        for i, client in enumerate(new + old):
            got = client.wait(PUBLISH)
            equal((got.topic, got.payload, got.qos),
                  ('t/%d' % (n % 2), b'm%d' % n, min(qos, i % 3)))
            client.ack(got)
            if client in new:
                equal(got.props, {SUBSCRIPTION_ID: [9]} if i == 0 else {})
    for client in new + old:
        client.expect_silence()


run(test)
