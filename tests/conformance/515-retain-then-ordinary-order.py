#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-3.3.1-9
"""Retained and ordinary messages of one topic keep their common order."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    total = 3000
    rng = random.Random(515)
    for start in range(0, total, 500):
        pub.send(*(publish('t', str(n), retain=rng.random() < 0.3)
                   for n in range(start, start + 500)))
        for n in range(start, start + 500):
            sub.expect_publish('t', str(n), 0, 0)
    sub.expect_silence()


run(test)
