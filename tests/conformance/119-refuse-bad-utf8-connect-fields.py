#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1 MQTT-3.1.3-10 MQTT-3.1.3-11
"""Will topic and user name must be well-formed UTF-8."""

from lib.case import *


def test(b):
    for bad in (b'\xff', b'a\xed\xbf\xbf', b'\xc1\xbf', b'\xe0\x80\x80'):
        refused_connect(b, connect('a', will=(bad, 'm')),
                        connect('a', username=bad))


run(test)
