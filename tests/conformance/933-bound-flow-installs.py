#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Where every message has another topic not each gets a flow, and all arrive in order."""

import time

from lib.broker import KERNEL
from lib.case import *
from lib.control import control

TOPICS, AT_ONCE = 20000, 500
BURST, EACH_SECOND = 4096, 1000


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('many/#')
    begin = time.monotonic()
    for first in range(0, TOPICS, AT_ONCE):
        packets = b''.join(pub.codec.publish('many/%d' % n, b'')
                           for n in range(first, first + AT_ONCE))
        pub.send(packets)
        # in bulk: the more topics in a second, the more the bound is needed
        got = b''
        while len(got) < len(packets):
            data = sub.sock.recv(len(packets) - len(got))
            check(data, 'connection closed')
            got += data
        check(got == packets, 'messages %d to %d arrive as sent' % (first, first + AT_ONCE))
    most = BURST + EACH_SECOND * (time.monotonic() - begin + 1)
    if KERNEL:
        flows = control(b, cmd='status')['kernel']['flows']
        check(1 <= flows <= most, '%d flows, at most %d expected' % (flows, most))


run(test)
