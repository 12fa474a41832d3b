#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""More than max_packet_size closes the publisher; exactly that passes."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe(('t', 1))
    for qos in (0, 1):
        head = 3 + 3 + 2 * qos
        for _ in range(3):
            pub = b.client()
            pub.publish('t', bytes(2000 - head), qos)
            sub.expect_publish('t', bytes(2000 - head), qos)
            pub.send_or_closed(publish('t', bytes(2001 - head), qos,
                                       9 if qos else None))
            pub.expect_close()
    # the announced length is enough, no need to wait for the bytes
    client = b.client()
    client.send(b'\x30\xff\xff\xff\x7f')
    client.expect_close()
    sub.expect_nothing_from(b.client(), 1)


run(test, max_packet_size=2000)
