#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-1 MQTT-3.1.2-2
"""MQTT 3.1 (MQIsdp, level 3) is served, without its reserved byte."""

from lib.case import *


def test(b):
    old = b.raw()
    old.connect(0, 0, client_id='old', clean=False, name='MQIsdp', level=3)
    old.subscribe(('t', 1))
    old.close()
    b.client().publish('t', 'x', 1)
    # 3.1 has no session present flag, but sessions
    old = b.raw()
    old.connect(0, 0, client_id='old', clean=False, name='MQIsdp', level=3)
    old.expect_publish('t', 'x', 1)
    old.disconnect()
    # a user name that is announced but not sent
    old = b.raw()
    old.connect(0, 0, client_id='flags', flags=0xc2, name='MQIsdp', level=3)
    old.disconnect()
    old = b.raw()
    old.connect(2, 0, client_id='', name='MQIsdp', level=3)
    old.expect_close()
    for level in (0, 2, 4, 5):
        old = b.raw()
        old.connect(1, 0, client_id='x', name='MQIsdp', level=level)
        old.expect_close()


run(test)
