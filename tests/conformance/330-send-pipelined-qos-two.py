#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-2
"""Many QoS 2 exchanges interleaved in one stream all complete once."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    pids = range(1, 101)
    pub.send(*(publish('t', 'n%d' % pid, 2, pid) for pid in pids),
             *(pubrel(pid) for pid in reversed(pids)))
    recs, comps = [], []
    while len(comps) < 100:
        got = pub.read()
        (recs if got.type == PUBREC else comps).append(got.pid)
    equal(recs, list(pids))
    equal(comps, list(reversed(pids)))
    bodies = sorted(payloads(sub, 100, 't'))
    equal(bodies, sorted(b'n%d' % pid for pid in pids))
    sub.expect_silence()


run(test)
