#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""QoS 0 fan-out over TLS 1.3: after each topic's first message the kernel does it."""

import ssl

from lib.case import *
from lib.tls import Authority, SERVED, kind, shown

ca = Authority()
COUNT = 200


def test(b):
    tls = kind(ca, version=ssl.TLSVersion.TLSv1_3)
    pubs = [b.client(kind=tls) for _ in range(2)]
    subs = [b.client(kind=tls) for _ in range(4)]
    for client in pubs + subs:
        equal(shown(b, client), 'tls 1.3 ' + SERVED)
    for sub in subs:
        sub.subscribe('k/#')
    for n, pub in enumerate(pubs):
        pub.publish('k/%d' % n, 'first')
        for sub in subs:
            sub.expect_publish('k/%d' % n, 'first')
        pub.sync()
    fast = SERVED == 'ktls'
    with Counted(publish_fast=fast * 2 * COUNT, deliver_fast=fast * 8 * COUNT, divert_miss=0):
        for n in range(COUNT):
            for topic, pub in enumerate(pubs):
                pub.publish('k/%d' % topic, 'x' * n + '%04d' % n)
        for sub in subs:
            got = [[], []]
            for _ in range(2 * COUNT):
                message = sub.expect_publish()
                got[int(message.topic[-1])].append(message.payload)
            for payloads_of in got:
                equal(payloads_of, [b'x' * n + b'%04d' % n for n in range(COUNT)])
    # others, without TLS, are in the same groups
    plain = b.client(address=('127.0.0.1', 1884))
    plain.subscribe('k/#')
    pubs[0].publish('k/0', 'both')
    for sub in subs + [plain]:
        sub.expect_publish('k/0', 'both')
    plain.publish('k/1', 'back')
    for sub in subs:
        sub.expect_publish('k/1', 'back')


run(test, **ca.server(), then=['listener 1884 127.0.0.1'])
