#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""QoS 0 on a hot topic between QoS 1, retained, pings and unsubscribes."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('hot')
    rng = random.Random(804)
    number, pid = 0, 0
    for _ in range(20):
        batch = []
        for _ in range(100):
            pick = rng.random()
            if pick < 0.6:
                batch.append(publish('hot', str(number)))
                number += 1
            elif pick < 0.7:
                batch.append(publish('hot', str(number), retain=True))
                number += 1
            elif pick < 0.8:
                batch.append(pingreq())
            elif pick < 0.9:
                pid = pid % 60000 + 1
                batch.append(publish('nobody', 'x', 1, pid))
            else:
                pid = pid % 60000 + 1
                batch.append(unsubscribe(pid, 'none'))
        pub.send(*batch)
    for n in range(number):
        sub.expect_publish('hot', str(n))
    sub.expect_silence()


run(test)
