#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.2.2-1 MQTT-3.2.2-2 MQTT-3.2.2-3 MQTT-3.1.4-3
"""Session Present tells exactly whether a session was kept."""

from lib.case import *


def test(b):
    steps = ((True, 0), (False, 0), (False, 1), (False, 1), (True, 0),
             (True, 0), (False, 0), (True, 0))
    for clean, present in steps:
        client = b.client('s', clean=clean, session_present=present)
        client.disconnect()


run(test)
