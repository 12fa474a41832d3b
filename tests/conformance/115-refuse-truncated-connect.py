#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-1 MQTT-4.8.0-1
"""A CONNECT whose body is cut anywhere closes without CONNACK."""

from lib.case import *


def test(b):
    whole = connect('client', will=('w', 'msg', 1, True), username='user',
                    password='pass')[2:]
    for cut in range(len(whole)):
        refused_connect(b, packet(0x10, whole[:cut]))


run(test)
