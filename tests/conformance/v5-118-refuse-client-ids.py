#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.3-8 MQTT-3.2.2-7
"""Identifiers that the configuration does not allow: CONNACK with an error."""

from lib.case5 import *


def test(b):
    refused_connect(b, (0x85, 0x87), connect('other'), connect('ga'),
                    connect('gates-1'))
    refused_connect(b, 0x85, connect(''), connect('', clean=False))
    b.client5('gate-1').disconnect()


run(test, clientid_prefixes='gate-', allow_zero_length_clientid='false')
