#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-24 MQTT-3.1.2-25 MQTT-3.2.2-19 MQTT-3.2.2-20 MQTT-3.4.2-2 MQTT-3.4.2-3 MQTT-3.5.2-2 MQTT-3.5.2-3 MQTT-3.6.2-2 MQTT-3.6.2-3 MQTT-3.7.2-2 MQTT-3.7.2-3 MQTT-3.9.2-1 MQTT-3.9.2-2 MQTT-3.11.2-1 MQTT-3.11.2-2 MQTT-3.14.2-3 MQTT-3.14.2-4
"""No packet above the client's maximum; the message counts as delivered."""

from lib.case5 import *

SIZE = 60


def small(client, kind, pid):
    """The next packet, which fits."""
    got = client.expect(kind, pid)
    check(got.size <= SIZE, repr(got))
    return got


def test(b):
    pub, big = b.client5(), b.client5()
    client = b.client5(props=[(MAXIMUM_PACKET_SIZE, SIZE),
                              (RECEIVE_MAXIMUM, 1)])
    check(client.connack.size <= SIZE, 'CONNACK')
    client.subscribe(('t', 2))
    big.subscribe(('t', 2))
    # type, length, topic and properties take 6 bytes, an identifier 2
    for turn in range(2):
        for qos in (0, 1, 2):
            fits = SIZE - 6 - (2 if qos else 0)
            for size in (fits, fits + 1, 1000, 1):
                pub.publish('t', b'x' * size, qos)
                big.expect_publish('t', b'x' * size, qos)
                if size <= fits:
                    client.expect_publish('t', b'x' * size, qos)
            pub.publish('t', b'x' * (fits - 8), qos,
                        props=[(USER_PROPERTY, ('aa', 'bb'))])
            big.expect_publish('t', b'x' * (fits - 8), qos)
    client.expect_silence()
    # acknowledgements with errors, none of them with too long a text
    client.send(pubrel(99))
    equal(small(client, PUBCOMP, 99).code, 0x92)
    client.send(pubrec(98))
    equal(small(client, PUBREL, 98).code, 0x92)
    client.send(publish('nobody', 'x', 1, 97))
    small(client, PUBACK, 97)
    client.send(publish('nobody', 'x', 2, 96))
    small(client, PUBREC, 96)
    client.send(subscribe(95, 'a'))
    small(client, SUBACK, 95)
    client.send(unsubscribe(94, 'none'))
    small(client, UNSUBACK, 94)
    client.send(connect('again'))
    check(client.expect_disconnect(0x82).size <= SIZE, 'DISCONNECT')
    # an answer that cannot be given: nobody is left waiting, nothing is done
    watch = b.client5(props=[(SESSION_EXPIRY, 60)])
    for data in (subscribe(93, *['f/%d' % n for n in range(SIZE)]),
                 unsubscribe(92, *['f/%d' % n for n in range(SIZE)])):
        client = b.client5('many', props=[(MAXIMUM_PACKET_SIZE, SIZE),
                                          (SESSION_EXPIRY, 60)])
        client.send(data)
        check(client.expect_disconnect(0x95).size <= SIZE, 'DISCONNECT')
    client = b.client5('many', 1, clean=False)
    watch.publish('f/1', 'x', 1)
    client.expect_silence()
    # the longest that fits
    client = b.client5(props=[(MAXIMUM_PACKET_SIZE, SIZE)])
    client.subscribe(*['f/%d' % n for n in range(SIZE - 5)])
    client.unsubscribe(*['f/%d' % n for n in range(SIZE - 5)])
    # what was kept for a session is dropped in the same way
    kept = [(SESSION_EXPIRY, 60)]
    client = b.client5('s', props=kept)
    client.subscribe(('t', 1))
    client.disconnect()
    for payload in ('a', 'x' * 100, 'b'):
        pub.publish('t', payload, 1)
    client = b.client5('s', 1, clean=False,
                       props=kept + [(MAXIMUM_PACKET_SIZE, SIZE)])
    equal(payloads(client, 2, 't', 1), [b'a', b'b'])
    client.disconnect()
    client = b.client5('s', 1, clean=False, props=kept)
    client.expect_silence()


run(test)
