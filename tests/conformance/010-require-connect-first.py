#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.0-1 MQTT-4.8.0-1
"""Any packet before CONNECT closes the connection unanswered."""

from lib.case import *


def test(b):
    refused_connect(b, pingreq(), disconnect(), publish('a', 'x'),
                    publish('a', 'x', 1, 1), subscribe(1, 'a'),
                    unsubscribe(1, 'a'), puback(1), pubrec(1), pubrel(1),
                    pubcomp(1))


run(test)
