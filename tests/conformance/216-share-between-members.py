#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-5
"""$share works for 3.1.1 too: one member gets each message, in turns."""

from lib.case import *


def test(b):
    pub = b.client()
    plain = b.client()
    plain.subscribe(('t', 1))
    members = [b.client() for _ in range(3)]
    for member in members:
        member.subscribe(('$share/g/+', 1))
    other = b.client()
    other.subscribe(('$share/h/t', 0))
    for qos in (0, 1, 0, 1):
        for i in range(3):
            pub.publish('t', 'q%d-%d' % (qos, i), qos)
        got = []
        for member in members:
            got += payloads(member, 1, 't', qos)
        equal(sorted(got), [b'q%d-%d' % (qos, i) for i in range(3)])
        equal(payloads(plain, 3, 't', qos),
              [b'q%d-%d' % (qos, i) for i in range(3)])
        equal(payloads(other, 3, 't', 0),
              [b'q%d-%d' % (qos, i) for i in range(3)])

    # sent in one piece
    pub.send(*[publish('t', 'run%d' % i) for i in range(9)])
    got = sorted(sum((payloads(m, 3, 't') for m in members), []))
    equal(got, [b'run%d' % i for i in range(9)])
    payloads(plain, 9, 't')
    payloads(other, 9, 't')

    # what has no name, or no filter, is no shared subscription
    for wrong in ('$share//t', '$share/g', '$share/g/', '$share/+/t'):
        plain.send(subscribe(99, (wrong, 0), ('u', 2)))
        equal(plain.expect(SUBACK, 99).codes, [0x80, 2])

    # retained messages are not for shared subscriptions
    pub.publish('t', 'kept', retain=True)
    pub.ping()
    payloads(plain, 1, 't')
    payloads(other, 1, 't')
    for member in members:
        member.sync()
    taker = [member for member in members if member.readable()]
    equal(len(taker), 1, 'takers')
    taker[0].expect_publish('t', 'kept')
    other.subscribe(('$share/h/t', 0))
    other.expect_silence()

    # with one member gone the others get it all
    members[0].unsubscribe('$share/g/+')
    for i in range(4):
        pub.publish('t', 'rest', 1)
    for member in members[1:]:
        payloads(member, 2, 't', 1)
    members[0].expect_silence()


run(test)
