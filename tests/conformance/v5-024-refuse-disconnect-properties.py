#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-1.5.5-1 MQTT-1.5.7-1 MQTT-4.13.1-1
"""Every wrong property of DISCONNECT and AUTH; the will is published."""

from lib.bad5 import bad_properties
from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('w')
    for codes, props in bad_properties(DISCONNECT):
        refused(b, codes, disconnect(0, props), will=('w', 'm'),
                props=[(SESSION_EXPIRY, 5)])
        watcher.expect_publish('w', 'm')
    for codes, props in bad_properties(AUTH):
        refused(b, (0x81, 0x82), auth(0x19, props))
    watcher.expect_silence()


run(test)
