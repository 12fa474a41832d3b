#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Two hundred connections of random bytes disturb nobody."""

from lib.case import *


def test(b):
    rng = random.Random(905)
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for n in range(200):
        client = b.raw()
        client.send_or_closed(rng.randbytes(rng.randrange(1, 300)))
        client.half_close()
        client.expect_eof()
        client.close()
        if n % 10 == 0:
            pub.publish('t', str(n), n // 10 % 2)
            sub.expect_publish('t', str(n), n // 10 % 2)
    sub.expect_silence()


run(test)
