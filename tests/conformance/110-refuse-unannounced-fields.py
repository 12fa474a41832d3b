#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-11 MQTT-3.1.2-18 MQTT-3.1.2-20 MQTT-3.1.4-1
"""Fields that no flag announces are trailing garbage."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', extra=field('w') + field('m')),
                    connect('x', extra=field('user')),
                    connect('x', extra=b'\0'),
                    connect('x', username='u', extra=field('pw')),
                    connect('x', username='u', password='p', extra=b'z'))


run(test)
