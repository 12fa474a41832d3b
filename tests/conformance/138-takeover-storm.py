#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2
"""Many connections with one identifier at once: exactly one survives."""

from lib.case import *


def test(b):
    clients = [b.raw('same') for _ in range(30)]
    for client in clients:
        client.send(connect('same'))
    alive = []
    for client in clients:
        client.expect_connack(0)
    for client in clients:
        # a round trip tells the survivor from the rest
        client.send_or_closed(pingreq())
        got = client._next(time.monotonic() + TIMEOUT)
        if got is None:
            continue
        equal(got.type, PINGRESP)
        alive.append(client)
    # one that answered may have been closed later in the storm
    alive = [c for c in alive if not c.readable()]
    equal(len(alive), 1, 'survivors')
    alive[0].expect_silence()


run(test)
