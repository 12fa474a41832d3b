#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-3 MQTT-3.1.2-11 MQTT-3.1.2-12 MQTT-3.1.2-13 MQTT-3.1.4-1
"""CONNECT with the reserved flag, Will QoS 3, or a will's flags without it."""

from lib.case5 import *


def test(b):
    will = b'\0' + field('w') + field('m')
    refused_connect(b, (0x81, 0x82), connect('id', flags=0x03),
                    connect('id', flags=0x1e, extra=will),
                    connect('id', flags=0x0a), connect('id', flags=0x12),
                    connect('id', flags=0x22))
    for qos in (0, 1, 2):
        b.client5(will=('w', 'm', qos)).disconnect()


run(test)
