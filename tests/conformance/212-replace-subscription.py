#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-3
"""The same filter again replaces the QoS; there is still one copy."""

from lib.case import *


def test(b):
    client = b.client()
    for qos in (0, 1, 2, 1, 0, 2):
        client.subscribe(('t', qos))
        for sent in (0, 1, 2):
            client.publish('t', 'q%d' % sent, sent)
            client.expect_publish('t', 'q%d' % sent, min(sent, qos))
    client.expect_silence()


run(test)
