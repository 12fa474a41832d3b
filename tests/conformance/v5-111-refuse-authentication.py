#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.12.0-1 MQTT-4.12.0-4 MQTT-4.12.0-7 MQTT-3.15.2-1 MQTT-4.13.2-1 MQTT-3.1.4-6
"""No method is configured: 0x8C in CONNACK; AUTH later is a Protocol Error."""

from lib.case5 import *


def test(b):
    method = [(AUTH_METHOD, 'SCRAM-SHA-1')]
    for props in (method, method + [(AUTH_DATA, b'\0\1')], [(AUTH_METHOD, '')]):
        refused_connect(b, 0x8c, connect('id', props=props))
    # data without a method
    refused_connect(b, 0x82, connect('id', props=[(AUTH_DATA, b'x')]))
    refused(b, (0x81, 0x82), auth(), auth(0x18), auth(0x19), auth(0x18, method),
            auth(0x19, method), auth(0, method), auth(0x77, method),
            auth(0x19, [(AUTH_DATA, b'x')]))
    # nothing after the refused CONNECT counts
    watcher = b.client5()
    watcher.subscribe('t')
    client = b.raw5()
    client.send(connect('x', props=method), publish('t', 'never'))
    client.expect_connack(0x8c)
    client.expect_close()
    watcher.expect_silence()


run(test)
