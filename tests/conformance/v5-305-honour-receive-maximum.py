#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-9 MQTT-3.3.4-10 MQTT-4.9.0-1 MQTT-4.9.0-2 MQTT-4.9.0-3 MQTT-2.2.1-4 MQTT-4.3.2-1 MQTT-4.3.2-2 MQTT-4.3.3-1 MQTT-4.3.3-2
"""Never more QoS 1 and 2 messages under way than the client takes."""

from lib.case5 import *


def test(b):
    pub = b.client5()
    for most in (1, 3, 10):
        client = b.client5(props=[(RECEIVE_MAXIMUM, most)])
        client.subscribe(('t', 2))
        for i in range(2 * most + 5):
            pub.publish('t', str(i), 1 + i % 2)
        sent = [client.expect_publish('t', str(i), 1 + i % 2, ack=False)
                for i in range(most)]
        equal(len({m.pid for m in sent}), most)
        client.expect_silence()
        # QoS 0 may go on, and everything else must
        client.subscribe('other')
        # a refused message makes room like an accepted one
        first = sent[0]
        client.send(puback(first.pid, 0x97) if first.qos == 1 else
                    pubrec(first.pid, 0x97))
        sent.append(client.expect_publish('t', str(most), 1 + most % 2,
                                          ack=False))
        client.expect_silence()
        for message in sent[1:]:
            if message.qos == 2:
                # PUBREC alone makes no room, PUBCOMP does
                client.send(pubrec(message.pid))
                client.wait(PUBREL, message.pid)
                client.send(pubcomp(message.pid))
            else:
                client.send(puback(message.pid, 0, []))
        for i in range(most + 1, 2 * most + 5):
            client.expect_publish('t', str(i), 1 + i % 2)
        client.disconnect()


run(test)
