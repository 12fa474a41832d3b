#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-4.6.0-6
"""The will comes after everything its client published before."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('t')
    for turn in range(10):
        client = b.client(will=('t', 'will'))
        client.send(*(publish('t', 'n%d' % n) for n in range(50)))
        client.half_close()
        for n in range(50):
            sub.expect_publish('t', 'n%d' % n)
        sub.expect_publish('t', 'will')
    sub.expect_silence()


run(test)
