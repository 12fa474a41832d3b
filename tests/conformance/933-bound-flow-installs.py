#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Where every message has another topic not each gets a flow, and all arrive in order."""

import time

from lib.broker import KERNEL
from lib.case import *
from lib.control import control

TOPICS, BURST, EACH_SECOND = 9000, 4096, 1000


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('many/#')
    begin = time.monotonic()
    for first in range(0, TOPICS, 100):
        pub.send(b''.join(pub.codec.publish('many/%d' % n, b'') for n in range(first, first + 100)))
        for n in range(first, first + 100):
            equal(sub.read().topic, 'many/%d' % n)
    most = BURST + EACH_SECOND * (time.monotonic() - begin + 1)
    if KERNEL:
        flows = control(b, cmd='status')['kernel']['flows']
        check(1 <= flows <= most, '%d flows, at most %d expected' % (flows, most))


run(test)
