#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-7 MQTT-3.1.2-8 MQTT-3.1.2-10 MQTT-3.14.4-3 MQTT-3.14.4-2 MQTT-3.1.2-14 MQTT-3.1.2-15
"""DISCONNECT 0 drops the will, any other end publishes it, once."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('w')
    for code in (None, 0):
        b.client5(will=('w', 'never')).disconnect(code)
    for code in (0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96,
                 0x97, 0x98, 0x99):
        b.client5(will=('w', 'b%d' % code)).disconnect(code)
        watcher.expect_publish('w', 'b%d' % code)
    b.client5('x', will=('w', 'c')).close()
    watcher.expect_publish('w', 'c')
    b.client5('x').disconnect()
    client = b.client5(will=('w', 'd'))
    client.send(b'\0\0')
    client.expect_disconnect((0x81, 0x82))
    watcher.expect_publish('w', 'd')
    watcher.expect_silence()
    b.client5(will=('r', 'kept', 1, True)).disconnect(4)
    b.client5(will=('s', 'not kept', 1, False)).disconnect(4)
    late = b.client5()
    late.subscribe(('r', 1), ('s', 1))
    late.expect_publish('r', 'kept', 1, 1)
    late.expect_silence()


run(test)
