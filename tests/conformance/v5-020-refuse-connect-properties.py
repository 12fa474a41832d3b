#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-1.5.5-1 MQTT-1.5.7-1 MQTT-3.1.4-1 MQTT-4.13.1-1 MQTT-3.3.2-13 MQTT-3.3.2-14
"""Every wrong property of CONNECT and of a will, and who else is connected."""

from lib.bad5 import bad_properties
from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('#')
    for codes, props in bad_properties(CONNECT):
        if props[1] not in (AUTH_METHOD, AUTH_DATA):
            refused_connect(b, codes, connect('id', props=props))
        elif codes != (0x82,):
            # a method that is wrong in itself
            refused_connect(b, codes + (0x8c, 0x82), connect('id', props=props))
    for codes, props in bad_properties(0):
        refused_connect(b, codes, connect('id', will=('w', 'm'),
                                          will_props=props))
    watcher.expect_nothing_from(b.client5())


run(test)
