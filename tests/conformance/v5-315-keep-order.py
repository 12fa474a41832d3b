#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.6.0-5 MQTT-4.6.0-6 MQTT-2.2.1-2 MQTT-3.1.4-6 MQTT-3.10.4-3
"""Order of each QoS with hits, misses, aliases and properties mixed."""

from lib.case5 import *


def test(b):
    sub, old = b.client5(), b.client()
    sub.subscribe(('t/#', 2))
    old.subscribe(('t/#', 2))
    pub = b.raw5()
    data = [connect('early', props=[(SESSION_EXPIRY, 5)])]
    for n in range(300):
        qos = (0, 0, 0, 1, 2)[n % 5]
        props = ([], [(TOPIC_ALIAS, 1 + n % 7)], [(USER_PROPERTY, ('n', 'x'))],
                 [(MESSAGE_EXPIRY, 1000)])[n % 4]
        data.append(publish('t/%d' % (n % 3), str(n), qos,
                            n + 1 if qos else None, props=props))
        if qos == 2:
            data.append(pubrel(n + 1))
    pub.send(*data)
    pub.expect_connack()
    for client in sub, old:
        got = {}
        for _ in range(300):
            message = client.wait(PUBLISH)
            client.ack(message)
            got.setdefault(message.qos, []).append(int(message.payload))
        equal({q: len(v) for q, v in got.items()}, {0: 180, 1: 60, 2: 60})
        for qos, numbers in got.items():
            equal(numbers, sorted(numbers), 'QoS %d' % qos)
    # what was under way before UNSUBSCRIBE is completed
    pub.publish('t/last', 'x', 2)
    message = sub.expect_publish('t/last', 'x', 2, ack=False)
    sub.unsubscribe('t/#')
    sub.ack(message)
    sub.expect_silence()


run(test, max_inflight_messages=1000)
