#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""Half a packet and then silence: the keep alive still ends the connection."""

from lib.case import *


def test(b):
    halves = (publish('t', bytes(200))[:100], b'\x30', b'\xc0', b'\x30\x80',
              subscribe(1, 'filter')[:5], publish('t', bytes(100000))[:70000])
    start = time.monotonic()
    clients = [b.client(keepalive=KEEP_ALIVE) for _ in halves]
    for client, data in zip(clients, halves):
        client.send(data)
    late = time.monotonic()
    for client in clients:
        client.expect_close()
        check(time.monotonic() - start >= 1.5 * KEEP_ALIVE - 0.1, 'closed too early')
        check(time.monotonic() - late <= (1.5 + 3 * SCALE) * KEEP_ALIVE, 'closed too late')


run(test)
