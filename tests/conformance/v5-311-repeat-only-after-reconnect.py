#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.4.0-1 MQTT-4.4.0-2 MQTT-3.3.1-1 MQTT-3.3.1-2 MQTT-4.3.2-3 MQTT-4.3.3-3 MQTT-4.3.3-4 MQTT-4.3.3-5 MQTT-4.3.3-6 MQTT-4.6.0-1 MQTT-4.6.0-4
"""PUBLISH and PUBREL not acknowledged come again, in order, only then."""

from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 60)]


def test(b):
    pub = b.client5()
    client = b.client5('c', props=KEPT)
    client.subscribe(('t', 2))
    for i in range(6):
        pub.publish('t', str(i), 1 + i % 2, props=[(CONTENT_TYPE, str(i))])
    sent = [client.expect_publish('t', str(i), 1 + i % 2, ack=False)
            for i in range(6)]
    client.expect_silence()
    # 0 and 1 are refused, 3 has been received
    client.send(puback(sent[0].pid, 0x80), pubrec(sent[1].pid, 0x97),
                pubrec(sent[3].pid, 0x10))
    client.expect(PUBREL, sent[3].pid)
    client.sync()
    client.close()
    for turn in range(2):
        client = b.client5('c', 1, clean=False, props=KEPT)
        got = [client.read() for _ in range(4)]
        equal([m.pid for m in got if m.type == PUBREL], [sent[3].pid])
        again = [m for m in got if m.type == PUBLISH]
        equal([(m.pid, m.dup, m.payload) for m in again],
              [(sent[i].pid, 1, b'%d' % i) for i in (2, 4, 5)])
        equal([m.props for m in again],
              [{CONTENT_TYPE: str(i)} for i in (2, 4, 5)])
        client.expect_silence()
        client.close()
    client = b.client5('c', 1, clean=False, props=KEPT)
    for _ in range(4):
        message = client.read()
        if message.type == PUBREL:
            client.send(pubcomp(message.pid, 0, []))
        else:
            client.ack(message)
    client.expect_silence()
    client.disconnect()
    b.client5('c', 1, clean=False).expect_silence()


run(test)
