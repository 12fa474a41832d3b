#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-4.8.0-1
"""A connection closed by the broker for an error publishes its will."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for bad in (b'\x00\x00', publish('a#', 'x'), publish('a', 'x', dup=True),
                packet(0x82), b'\x36\x05\0\1a\0\1', connect('again'),
                publish(b'\xff', 'x')):
        client = b.client(will=('will', 'error'))
        client.send(bad)
        client.expect_close()
        watcher.expect_publish('will', 'error')
    watcher.expect_silence()


run(test)
