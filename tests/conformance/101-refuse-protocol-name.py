#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-1 MQTT-3.2.2-6
"""A wrong protocol name closes the connection."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', name='MQTx'), connect('x', name='mqtt'),
                    connect('x', name=''), connect('x', name='MQT'),
                    connect('x', name='MQTTT'), connect('x', name='HTTP'),
                    b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')


run(test)
