#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-1.5.5-1 MQTT-1.5.7-1 MQTT-3.3.2-8 MQTT-3.3.2-13 MQTT-3.3.2-14 MQTT-3.3.2-19 MQTT-3.3.4-6 MQTT-4.13.1-1
"""Every wrong property of PUBLISH at each QoS; nobody gets the message."""

from lib.bad5 import bad_properties
from lib.case5 import *


def test(b):
    watcher, pub = b.client5(), b.client5()
    watcher.subscribe(('#', 2))
    # the topic is hot: the bytes meet the fast path
    pub.publish('t', 'x')
    watcher.expect_publish('t', 'x')
    for codes, props in bad_properties(PUBLISH):
        refused(b, codes, publish('t', 'x' * 200, props=props),
                publish('t', 'x' * 200, 1, 1, props=props))
    for codes, props in bad_properties(PUBLISH):
        refused(b, codes, publish('t', 'x' * 200, 2, 1, True, props=props))
    watcher.expect_nothing_from(pub)


run(test)
