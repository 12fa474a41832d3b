#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-1 MQTT-4.6.0-5
"""Both data paths put the same bytes on every connection."""

from lib import broker as brokers
from lib.case5 import *


class Recorded(Client5):
    """A client that keeps everything it has received."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.record = bytearray()

    def _fill(self, deadline):
        before = len(self.buffer)
        more = super()._fill(deadline)
        self.record += self.buffer[before:]
        return more


class RecordedOld(Recorded):
    """The same with 3.1.1."""

    codec = v4
    connect = Client.connect
    subscribe = Client.subscribe
    expect_publish = Client.expect_publish


SENT = ([], [(USER_PROPERTY, ('b', '1')), (USER_PROPERTY, ('a', '2'))],
        [(TOPIC_ALIAS, 1)], [(MESSAGE_EXPIRY, 100), (CONTENT_TYPE, 'c')],
        [(CORRELATION_DATA, b'\0\xff'), (PAYLOAD_FORMAT, 1),
         (RESPONSE_TOPIC, 'r')])
# With aliases that are set, used and changed.
ALIASED = ([], [(MESSAGE_EXPIRY, 4000)],
           [(CONTENT_TYPE, 'c'), (MESSAGE_EXPIRY, 4000), (USER_PROPERTY, ('a', '2'))],
           [(USER_PROPERTY, ('b', '1')), (USER_PROPERTY, ('a', '2'))])


def aliased(pub, receivers):
    for turn in range(24):
        props = ALIASED[turn % 4]
        alias = [(TOPIC_ALIAS, turn % 3 + 3)]
        for n in range(5):
            text = 'alias %d message %d' % (turn, n)
            pub.publish('' if n else 't/a' if turn & 4 else 't/b', text,
                        (0, 0, 1, 0)[turn // 4 % 4],
                        props=props[:1] + alias + props[1:])
        for client in receivers:
            for n in range(5):
                client.expect_publish(
                    None, 'alias %d message %d' % (turn, n), None)


def script(b):
    """What each connection received."""
    pub = b.client('pub', kind=Recorded)
    plain = b.client('plain', kind=Recorded)
    named = b.client('named', kind=Recorded)
    small = b.client('small', kind=Recorded, props=[(MAXIMUM_PACKET_SIZE, 60)])
    old = b.client('old', kind=RecordedOld)
    plain.subscribe(('t/#', 1))
    named.subscribe(('t/+', 2), props=[(SUBSCRIPTION_ID, 300)])
    named.subscribe(('t/a', 0), props=[(SUBSCRIPTION_ID, 2)])
    small.subscribe(('t/a', 0))
    old.subscribe(('#', 1))
    pub.subscribe(('t/a', options(0, no_local=True)))
    for turn in range(40):
        qos = (0, 0, 0, 1, 2)[turn % 5]
        props = SENT[turn // 2 % 5]
        for n in range(5):
            text = 'turn %d message %d' % (turn, n)
            pub.publish('t/a' if turn % 3 else 't/b', text, qos, props=props)
        # the order of one QoS and another is not said
        for client in plain, named, old:
            for n in range(5):
                client.expect_publish(None, 'turn %d message %d' % (turn, n),
                                      None)
    aliased(pub, (plain, named, old))
    for client in pub, plain, named, small, old:
        client.send(client.codec.disconnect())
        client.expect_eof()
    return [bytes(client.record) for client in (pub, plain, named, small, old)]


def test(b):
    kernel = script(b)
    b.terminate()
    brokers.DATAPATH = 'user'
    other = Broker()
    try:
        for name, one, two in zip(('pub', 'plain', 'named', 'small', 'old'),
                                  kernel, script(other)):
            same = next((i for i, (x, y) in enumerate(zip(one, two))
                         if x != y), min(len(one), len(two)))
            check(one == two, '%s differs at byte %d of %d and %d: %s | %s' % (
                name, same, len(one), len(two),
                one[max(0, same - 20):same + 20].hex(' '),
                two[max(0, same - 20):same + 20].hex(' ')))
    finally:
        other.stop()


run(test, kernel_only=True)
