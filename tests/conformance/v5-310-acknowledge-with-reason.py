#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.4.2-1 MQTT-3.5.2-1 MQTT-3.6.2-1 MQTT-3.7.2-1 MQTT-2.2.1-5 MQTT-3.3.4-1 MQTT-4.3.2-4 MQTT-4.3.3-8 MQTT-4.3.3-11 MQTT-4.6.0-2 MQTT-4.6.0-3
"""0 or 0x10 for a message with and without subscribers, in order."""

from lib.case5 import *


def test(b):
    pub, sub = b.client5(), b.client5()
    sub.subscribe(('t', 2))
    for qos in (1, 2):
        pub.publish('t', 'x', qos, code=0)
        sub.expect_publish('t', 'x', qos)
        pub.publish('nobody', 'x', qos, code=0x10)
    pids = [1, 65535, 7, 300]
    pub.send(*(publish('t', 'x', 1 + pid % 2, pid) for pid in pids))
    for pid in pids:
        pub.expect(PUBACK if pid % 2 == 0 else PUBREC, pid)
    for pid in pids:
        if pid % 2:
            pub.send(pubrel(pid, 0, [(REASON_STRING, 'go on')]))
    for pid in pids:
        if pid % 2:
            equal(pub.expect(PUBCOMP, pid).code, 0)
    # identifiers that are not in use
    pub.send(pubrel(9), pubrec(9), puback(9), pubcomp(9))
    equal(pub.expect(PUBCOMP, 9).code, 0x92)
    equal(pub.expect(PUBREL, 9).code, 0x92)
    # codes that do not belong there
    refused(b, (0x81, 0x82), puback(1, 0x11), pubrec(1, 0x92),
            pubrel(1, 0x10), pubcomp(1, 0x80), puback(1, 0x7f))


run(test)
