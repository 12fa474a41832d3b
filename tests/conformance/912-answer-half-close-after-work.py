#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-1 MQTT-4.3.2-2
"""Requests sent just before a half close are still carried out."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe(('t', 1))
    for n in range(10):
        client = b.raw()
        client.send(connect(client.client_id), publish('t', 'n%d' % n, 1, 7),
                    publish('t', 'z%d' % n))
        client.half_close()
        got = {}
        for _ in range(2):
            message = sub.expect(PUBLISH)
            sub.ack(message)
            got[message.qos] = message.payload
        equal(got, {0: b'z%d' % n, 1: b'n%d' % n})
        client.expect_eof()
    sub.expect_silence()


run(test)
