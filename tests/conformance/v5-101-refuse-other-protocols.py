#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-1 MQTT-3.1.2-2 MQTT-3.2.2-8
"""Names and levels that are no MQTT: at most CONNACK 0x84, then the end."""

from lib.case5 import *


def test(b):
    for name, level in (('MQTT', 6), ('MQTT', 255), ('MQTT', 0), ('MQTX', 5),
                        ('mqtt', 5), ('', 5), ('MQIsdp', 5)):
        client = b.raw()
        client.send(connect('id', name=name, level=level))
        got = b''
        while client._fill(time.monotonic() + TIMEOUT):
            got = bytes(client.buffer)
        # CONNACK in the form of 3.1.1 or of 5.0
        check(got[:1] + got[2:4] in (b'', b'\x20\0\1', b'\x20\0\x84'),
              repr(got))


run(test)
