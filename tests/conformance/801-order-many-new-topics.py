#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Interleaved new and known topics: order per topic, nothing lost."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('o/#')
    rng = random.Random(801)
    sent = {}
    for _ in range(10):
        batch = []
        for _ in range(400):
            topic = 'o/%d' % int(rng.paretovariate(0.7) % 500)
            sent[topic] = sent.get(topic, 0) + 1
            batch.append(publish(topic, str(sent[topic])))
        pub.send(*batch)
    seen = {}
    for _ in range(4000):
        message = sub.expect_publish()
        seen[message.topic] = seen.get(message.topic, 0) + 1
        equal(int(message.payload), seen[message.topic], message.topic)
    equal(seen, sent)


run(test)
