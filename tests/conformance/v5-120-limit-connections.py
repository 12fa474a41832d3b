#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.4-2 MQTT-3.2.2-7
"""One connection too many is told so with CONNACK 0x97, and takes nothing over."""

from lib.case5 import *


def test(b):
    clients = [b.client5('a%d' % n) for n in range(2)]
    for text in (), [(REQUEST_PROBLEM_INFO, 0)]:
        for name in 'a0', 'other':
            extra = b.raw5()
            extra.send(connect(name, props=list(text)))
            got = extra.expect(CONNACK)
            equal(got.code, 0x97)
            equal(REASON_STRING in got.props, not text)
            extra.expect_close()
    # a malformed packet is still one
    refused_connect(b, 0x81, connect('x', flags=1))
    for client in clients:
        client.expect_silence()
    clients.pop().disconnect()
    b.client5().expect_silence()


run(test, max_connections=2)
