#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-21 MQTT-3.1.4-1
"""With the password flag, a password must be there."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0xc2, extra=field('u')),
                    connect('x', flags=0xc2, extra=field('u') + b'\0'),
                    connect('x', flags=0xc2, extra=field('u') + b'\0\3ab'))


run(test)
