#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Large messages, which take another path, do not lose their place."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    rng = random.Random(805)
    sizes = [rng.choice((0, 10, 100, 1000, 60000, 65000, 65530, 65536, 70000,
                         200000)) for _ in range(150)]
    for start in range(0, 150, 15):
        pub.send(*(publish('t', b'%06d' % n + b'.' * sizes[n])
                   for n in range(start, start + 15)))
        for n in range(start, start + 15):
            sub.expect_publish('t', b'%06d' % n + b'.' * sizes[n])
    sub.expect_silence()


run(test)
