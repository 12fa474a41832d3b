#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-9 MQTT-3.1.4-1
"""With the will flag, topic and message must be there."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0x06),
                    connect('x', flags=0x06, extra=field('w')),
                    connect('x', flags=0x06, extra=field('w') + b'\0'),
                    connect('x', flags=0x06, extra=field('w') + b'\0\5ab'))


run(test)
