#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.2-7 MQTT-3.3.2-8 MQTT-3.3.2-9 MQTT-3.3.2-12 MQTT-3.2.2-17 MQTT-3.2.2-18
"""Aliases up to what CONNACK says: set, used, changed, gone with the connection."""

from lib.case5 import *


def alias(number):
    return [(TOPIC_ALIAS, number)]


def test(b):
    watcher, old = b.client5(), b.client()
    watcher.subscribe(('#', 2))
    old.subscribe('#')

    def arrives(topic, payload, qos=0):
        watcher.expect_publish(topic, payload, qos, props={})
        old.expect_publish(topic, payload)

    client = b.client5('c', props=[(SESSION_EXPIRY, 60)])
    most = client.connack.props[TOPIC_ALIAS_MAXIMUM]
    for number in sorted({1, 2, most // 2, most}):
        for qos in (0, 1, 2):
            client.publish('t%d/%d' % (number, qos), 'set', qos,
                           props=alias(number))
            arrives('t%d/%d' % (number, qos), 'set', qos)
            for n in range(4):
                client.publish('', 'used%d' % n, (n + qos) % 3,
                               props=alias(number))
                arrives('t%d/%d' % (number, qos), 'used%d' % n, (n + qos) % 3)
    # one does not disturb the other; a name without an alias changes none
    client.publish('', 'x', props=alias(1))
    arrives('t1/2', 'x')
    client.publish('plain', 'x')
    arrives('plain', 'x')
    client.publish('', 'x', props=alias(1) + [])
    arrives('t1/2', 'x')
    # pipelined: the message after the one that changes an alias
    client.send(*(data for n in range(20) for data in
                  (publish('p%d' % n, 'a', props=alias(2)),
                   publish('', 'b', props=alias(2)),
                   publish('', 'c', props=alias(2)))))
    for n in range(20):
        for payload in 'abc':
            arrives('p%d' % n, payload)
    client.send(*(publish('p%d' % n if n % 2 else '', 'd', 1, n + 100,
                          props=alias(2)) for n in range(20)))
    for n in range(20):
        arrives('p%d' % (n if n % 2 else max(n - 1, 0)) if n else 'p19', 'd', 1)
        client.expect(PUBACK, n + 100)
    client.close()
    client = b.client5('c', 1, clean=False)
    client.send(publish('', 'x', props=alias(1)))
    client.expect_disconnect((0x82, 0x94))
    refused(b, 0x94, publish('t', 'x', 1, 1, props=alias(most + 1)),
            *([publish('t', 'x', props=alias(65535))] if most < 65535 else []))
    refused(b, (0x82, 0x94), publish('t', 'x', props=alias(0)),
            publish('', 'x', 2, 1, props=alias(most)))
    watcher.expect_silence()


run(test)
