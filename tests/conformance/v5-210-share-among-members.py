#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.8.2-1 MQTT-4.8.2-2 MQTT-4.8.2-3 MQTT-3.3.1-9
"""Each message goes to one member of each group; 3.1.1 clients may join."""

from lib.case5 import *


def drain(client):
    """What is there, after a round trip."""
    client.sync()
    client.ping()
    found = list(client.pending)
    client.pending.clear()
    for message in found:
        equal(message.type, PUBLISH)
        client.ack(message)
    return found


def test(b):
    pub, plain = b.client5(), b.client5()
    plain.subscribe(('t', 2))
    group = [b.client5(), b.client5(), b.client()]
    for qos, member in enumerate(group):
        member.subscribe(('$share/g/t', qos))
    for member in group[:2]:
        member.subscribe('$share/h/+')
    want = [b'%d' % i for i in range(60)]
    for i, payload in enumerate(want):
        pub.publish('t', payload, i % 3)
        plain.expect_publish('t', payload, i % 3)
    pub.sync()
    got = [drain(member) for member in group]
    # both groups; the order among members is free
    every = sorted(m.payload for messages in got for m in messages)
    equal(every, sorted(want * 2))
    third = [m.payload for m in got[2]]
    check(0 < len(third) < 60, 'member 3 got %d of 60' % len(third))
    check(all(m.qos <= 0 for m in got[0]), 'QoS above what was granted')
    check(all(m.qos <= 1 for m in got[1]), 'QoS above what was granted')
    # retained messages are not for groups
    pub.publish('t', 'kept', 1, True)
    for member in group:
        drain(member)
    late = b.client5()
    late.subscribe(('$share/new/t', 1))
    late.expect_silence()
    # whoever is left gets all
    group[0].unsubscribe('$share/g/t', '$share/h/+')
    group[2].disconnect()
    for i in range(9):
        pub.publish('t', 'left%d' % i, i % 3)
    pub.sync()
    equal(sorted(m.payload for m in drain(group[1])),
          sorted([b'left%d' % i for i in range(9)] * 2))
    equal(drain(group[0]), [])


run(test)
