#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-8 MQTT-3.1.3-9 MQTT-3.2.2-4 MQTT-3.2.2-5
"""An empty identifier without clean session: CONNACK 2, then close."""

from lib.case import *


def test(b):
    client = b.raw('')
    client.connect(2, 0, clean=False)
    client.expect_close()


run(test)
