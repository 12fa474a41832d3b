#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-2.1.3-1 MQTT-3.3.1-4 MQTT-3.6.1-1 MQTT-3.8.1-1 MQTT-3.10.1-1 MQTT-3.14.1-1 MQTT-3.15.1-1 MQTT-4.13.1-1
"""Wrong flags in the fixed header and reserved types are malformed."""

from lib.case5 import *

BODIES = {PUBACK: u16(1), PUBREC: u16(1), PUBREL: u16(1), PUBCOMP: u16(1),
          SUBSCRIBE: u16(1) + b'\0' + field('t') + b'\0',
          UNSUBSCRIBE: u16(1) + b'\0' + field('t'), PINGREQ: b'',
          DISCONNECT: b'', AUTH: b''}


def test(b):
    watcher = b.client5()
    watcher.subscribe('#')
    for kind, body in BODIES.items():
        right = 2 if kind in (PUBREL, SUBSCRIBE, UNSUBSCRIBE) else 0
        for flags in (0, 1, 2, 3, 4, 8, 15):
            if flags != right:
                refused(b, 0x81, packet(kind << 4 | flags, body))
    refused(b, 0x81, packet(0x36, field('t') + u16(1) + b'\0x'),
            packet(0x3e, field('t') + u16(1) + b'\0x'))
    # DUP with QoS 0
    refused(b, (0x81, 0x82), packet(0x38, field('t') + b'\0x'))
    refused(b, (0x81, 0x82), b'\0\0', b'\x0f\0', watch=watcher)


run(test)
