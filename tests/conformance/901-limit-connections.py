#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2 MQTT-3.2.2-5
"""Past max_connections a connection is refused; a free place is usable."""

from lib.case import *


def test(b):
    clients = [b.client() for _ in range(3)]
    for _ in range(5):
        extra = b.raw()
        extra.send(connect('extra'))
        equal(extra.expect(CONNACK).code, 3)
        extra.expect_close()
    # those who say nothing are not waited for without a bound
    silent = [b.raw() for _ in range(64)]
    last = b.raw()
    last.expect_close()
    silent.pop().drop()
    extra = b.raw()
    extra.send(connect('extra'))
    equal(extra.expect(CONNACK).code, 3)
    extra.expect_close()
    for client in clients:
        client.expect_silence()
    clients.pop().disconnect()
    again = b.client()
    again.expect_silence()


run(test, max_connections=3, connect_timeout=1000)
