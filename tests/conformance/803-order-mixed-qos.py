#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-4.6.0-2
"""QoS 0, 1 and 2 mixed on one topic: order within each QoS."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('m', 2))
    rng = random.Random(803)
    plan = [rng.choice((0, 0, 0, 1, 2)) for _ in range(1000)]
    pid = 0
    for start in range(0, 1000, 15):
        batch, exchanges = [], []
        for n in range(start, min(start + 15, 1000)):
            if plan[n]:
                pid += 1
                exchanges.append((plan[n], pid))
            batch.append(publish('m', str(n), plan[n],
                                 pid if plan[n] else None))
        pub.send(*batch)
        for qos, used in exchanges:
            pub.wait(PUBACK if qos == 1 else PUBREC, used)
            if qos == 2:
                pub.send(pubrel(used))
                pub.wait(PUBCOMP, used)
        while len(batch):
            message = sub.expect(PUBLISH)
            sub.ack(message)
            batch.pop()
            want = plan.index(message.qos)
            equal(int(message.payload), want, 'QoS %d' % message.qos)
            plan[want] = None
    equal(set(plan), {None})
    sub.expect_silence()


run(test)
