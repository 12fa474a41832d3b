#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.4-1 MQTT-1.5.4-2 MQTT-3.3.2-1 MQTT-3.3.2-2 MQTT-4.7.0-1 MQTT-4.7.3-1 MQTT-4.7.3-2 MQTT-3.1.3-4 MQTT-3.1.3-11 MQTT-3.1.3-12
"""Bad UTF-8, U+0000, wildcards and nothing as a topic name or identifier."""

from lib.bad5 import BAD_STRINGS
from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('#')
    for bad in BAD_STRINGS:
        refused(b, (0x81, 0x90), publish(bad, 'x'), publish(b'a/' + bad, 'x', 1, 1))
        refused_connect(b, (0x81, 0x85), connect(bad))
        refused_connect(b, (0x81, 0x90), connect('c', will=(bad, 'm')))
        refused_connect(b, (0x81, 0x86), connect('c', username=bad))
    for bad in ('a/+', '#', 'a/#', '+', 'a+b', 'a/b#'):
        refused(b, (0x81, 0x82, 0x90), publish(bad, 'x'), publish(bad, 'x', 2, 1))
        refused_connect(b, (0x81, 0x82, 0x90), connect('c', will=(bad, 'm')))
    # an empty name without an alias
    refused(b, (0x81, 0x82, 0x90), publish('', 'x'), publish('', 'x', 1, 1))
    refused_connect(b, (0x81, 0x82, 0x90), connect('c', will=('', 'm')))
    watcher.expect_nothing_from(b.client5())


run(test)
