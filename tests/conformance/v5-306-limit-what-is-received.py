#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-7 MQTT-3.3.4-8 MQTT-4.9.0-1
"""More QoS 2 messages at once than CONNACK allows end in 0x93."""

from lib.case5 import *


def test(b):
    client = b.client5()
    most = client.connack.props.get(RECEIVE_MAXIMUM, 65535)
    check(most < 65535, 'no Receive Maximum')
    client.send(*(publish('t', 'x', 2, i + 1) for i in range(most)))
    for i in range(most):
        client.expect(PUBREC, i + 1)
    # repeated ones are not more
    client.send(publish('t', 'x', 2, 1, dup=True))
    client.expect(PUBREC, 1)
    client.send(pubrel(1))
    client.expect(PUBCOMP, 1)
    client.send(publish('t', 'x', 2, most + 1))
    client.expect(PUBREC, most + 1)
    client.send(publish('t', 'x', 2, most + 2))
    client.expect_disconnect(0x93)


run(test, max_inflight_messages=10)
