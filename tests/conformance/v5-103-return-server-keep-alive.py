#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-21 MQTT-3.2.2-21 MQTT-3.2.2-22 MQTT-3.1.2-22
"""Server Keep Alive where ours is too long; it is the one that counts."""

from lib.case5 import *


def test(b):
    for asked, given in ((0, 10), (1, None), (10, None), (11, 10), (65535, 10)):
        client = b.client5(keepalive=asked)
        equal(client.connack.props.get(SERVER_KEEP_ALIVE), given, str(asked))
        client.disconnect()
    began = time.monotonic()
    client = b.client5(keepalive=2, props=[(SESSION_EXPIRY, 60)])
    client.expect_disconnect(0x8d)
    check(time.monotonic() - began > 2.5, 'closed early')


run(test, max_keepalive=10)
