#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-19 MQTT-3.1.2-21 MQTT-3.1.3-11
"""User name and password are parsed; the password is any bytes."""

from lib.case import *


def test(b):
    for options in ({'username': 'u'}, {'username': ''},
                    {'username': 'u', 'password': 'p'},
                    {'username': 'ü', 'password': b'\0\xff\xfe'},
                    {'username': 'u', 'password': b''}):
        client = b.client(**options)
        client.expect_silence()
        client.disconnect()


run(test)
