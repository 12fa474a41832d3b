#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-1.5.5-1 MQTT-1.5.7-1 MQTT-4.13.1-1
"""Every wrong property of SUBSCRIBE and UNSUBSCRIBE."""

from lib.bad5 import bad_properties
from lib.case5 import *


def test(b):
    watcher = b.client5()
    for codes, props in bad_properties(SUBSCRIBE):
        refused(b, codes, subscribe(1, 't', props=props))
    for codes, props in bad_properties(UNSUBSCRIBE):
        refused(b, codes, unsubscribe(1, 't', props=props))
    watcher.expect_silence()


run(test)
