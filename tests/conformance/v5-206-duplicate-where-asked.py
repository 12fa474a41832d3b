#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-5 MQTT-3.3.4-2
"""allow_duplicate_messages: one copy for each subscription, with its own."""

from lib.case5 import *


def test(b):
    pub, client = b.client5(), b.client5()
    client.subscribe(('a/b', 2), props=[(SUBSCRIPTION_ID, 1)])
    client.subscribe(('a/+', 2), props=[(SUBSCRIPTION_ID, 2)])
    client.subscribe(('#', 2))
    for qos in (0, 1, 2):
        pub.publish('a/b', 'x', qos)
        got = [client.expect_publish('a/b', 'x', qos).props for _ in range(3)]
        equal(sorted(p.get(SUBSCRIPTION_ID, []) for p in got), [[], [1], [2]])
    client.expect_silence()


run(test, allow_duplicate_messages='true')
