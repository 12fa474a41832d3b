#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.4-1 MQTT-3.1.3-1 MQTT-3.1.3-3 MQTT-3.1.2-9 MQTT-3.1.2-16 MQTT-3.1.2-17 MQTT-3.1.2-18 MQTT-3.1.2-19 MQTT-3.2.2-6 MQTT-3.2.2-7
"""CONNECT cut at every place, with too much, or not as its flags say."""

from lib.case5 import *


def test(b):
    whole = connect('id', will=('w', 'm'), username='u', password='p',
                    props=[(SESSION_EXPIRY, 1)],
                    will_props=[(WILL_DELAY, 1)])[2:]
    # from the properties on it is known to be MQTT 5.0
    refused_connect(b, (0x81, 0x82), *(packet(0x10, whole[:size])
                                       for size in range(10, len(whole))))
    refused_connect(b, (0x81, 0x82), packet(0x10, whole + b'\0'),
                    connect('id', extra=field('u')),
                    connect('id', flags=0x82), connect('id', flags=0x42),
                    connect('id', flags=0xc2, extra=field('u')),
                    connect('id', flags=0x06),
                    connect('id', flags=0x06, extra=b'\0' + field('w')))
    refused_connect(b, None, *(packet(0x10, whole[:size])
                               for size in range(0, 7)))


run(test)
