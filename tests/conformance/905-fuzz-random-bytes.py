#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Random bytes in place of CONNECT, and after it, disturb nobody."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for seed, connect in (905, b.raw), (906, b.client):
        rng = random.Random(seed)
        for n in range(200):
            client = connect()
            client.send_or_closed(rng.randbytes(rng.randrange(1, 300)))
            client.half_close()
            client.expect_eof()
            client.close()
            if n % 10 == 0:
                pub.publish('t', str(n), n // 10 % 2)
                sub.expect_publish('t', str(n), n // 10 % 2)
    sub.expect_silence()


run(test)
