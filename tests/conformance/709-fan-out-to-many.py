#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.5.0-1
"""Two hundred subscribers each get every message once, in order."""

from lib.case import *


def test(b):
    pub = b.client()
    subs = [b.client() for _ in range(200)]
    for n, sub in enumerate(subs):
        sub.subscribe(('fan/#', 'fan/out', 'fan/+')[n % 3])
    for qos in (0, 1):
        for n in range(20):
            pub.publish('fan/out', 'n%d' % n, qos)
        for sub in subs:
            equal(payloads(sub, 20, 'fan/out'),
                  [b'n%d' % n for n in range(20)])
    for sub in subs[::50]:
        sub.expect_silence()


run(test)
