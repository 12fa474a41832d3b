#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-2 MQTT-2.3.1-6 MQTT-3.3.4-1
"""PUBLISH, PUBREC, PUBREL, PUBCOMP; delivered exactly once."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    for pid in (1, 77, 65535, 1):
        pub.send(publish('t', 'p%d' % pid, 2, pid))
        pub.expect(PUBREC, pid)
        pub.send(pubrel(pid))
        pub.expect(PUBCOMP, pid)
        sub.expect_publish('t', 'p%d' % pid, 2)
    sub.expect_silence()


run(test)
