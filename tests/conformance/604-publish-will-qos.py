#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-9 MQTT-3.1.2-14
"""The will goes out with its own QoS, limited by each subscription."""

from lib.case import *


def test(b):
    subs = []
    for granted in (0, 1, 2):
        sub = b.client()
        sub.subscribe(('will', granted))
        subs.append((sub, granted))
    for qos in (0, 1, 2):
        client = b.client(will=('will', 'q%d' % qos, qos, False))
        client.close()
        for sub, granted in subs:
            sub.expect_publish('will', 'q%d' % qos, min(qos, granted))
    for sub, _ in subs:
        sub.expect_silence()


run(test)
