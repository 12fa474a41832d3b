#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-14 MQTT-3.1.4-1
"""Will QoS 3 closes without CONNACK."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', will=('w', 'm', 3, False)),
                    connect('x', will=('w', 'm', 3, True)))


run(test)
