#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-1.5.5-1 MQTT-1.5.7-1 MQTT-4.13.1-1
"""Every wrong property of PUBACK, PUBREC, PUBREL, PUBCOMP."""

from lib.bad5 import bad_properties
from lib.case5 import *


def test(b):
    watcher = b.client5()
    for kind, build in ((PUBACK, puback), (PUBREC, pubrec), (PUBREL, pubrel),
                        (PUBCOMP, pubcomp)):
        for codes, props in bad_properties(kind):
            refused(b, codes, build(1, 0, props))
    watcher.expect_silence()


run(test)
