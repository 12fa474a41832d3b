#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-6
"""What takes memory is counted and given back; an idle client takes less than 400 bytes,
and 520 in the module."""

import time

from lib.case import *
from lib.client import TIMEOUT
from lib.control import control

CLIENTS, RETAINED = 40, 20


def memory(b):
    return control(b, cmd='status')['memory']


def grown(before, now, kind, count):
    """Bytes that a kind has grown by, with so many more."""
    equal(now[kind]['count'] - before[kind]['count'], count, kind)
    return now[kind]['bytes'] - before[kind]['bytes']


def module():
    """Conns and their bytes, in the module."""
    if not KERNEL:
        return 0, 0
    now = counters()
    return now['conns'], now['conn_bytes'] + now['member_bytes']


def test(b):
    pub = b.client()
    pub.sync()
    before, conns = memory(b), module()
    with Counted(conns=CLIENTS):
        idle = [b.client('idle%d' % i) for i in range(CLIENTS)]
        for client in idle:
            client.subscribe('news')
    now = memory(b)
    each = sum(grown(before, now, kind, CLIENTS)
               for kind in ('connections', 'sessions', 'subscriptions')) / CLIENTS
    grown(before, now, 'filters', 1)
    grown(before, now, 'output', now['output']['count'] - before['output']['count'])
    if KERNEL:
        grew = (module()[1] - conns[1]) / CLIENTS
        check(256 < grew < 520, 'the module: %d bytes for each' % grew)
    check(200 < each < 400, '%d bytes for each idle client' % each)
    for i in range(RETAINED):
        pub.publish('kept/%d' % i, 'x' * 1000, retain=True)
    pub.sync()
    size = grown(before, memory(b), 'retained', RETAINED)
    check(RETAINED * 1000 < size < RETAINED * 1300, '%d bytes retained' % size)
    for i in range(RETAINED):
        pub.publish('kept/%d' % i, retain=True)
    for client in idle:
        client.disconnect()
    deadline = time.monotonic() + TIMEOUT
    now = memory(b)
    # The broker closes the connection when the client has.
    while ((now['connections'], module()) != (before['connections'], conns) and
           time.monotonic() < deadline):
        now = memory(b)
    for kind in ('connections', 'sessions', 'subscriptions', 'filters', 'retained'):
        equal(now[kind], before[kind], kind)
    equal(module(), conns, 'conns of the module')


run(test)
