#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-2 MQTT-4.7.3-2
"""U+0000 in a topic name closes; nobody receives it."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('#')
    refused(b, *(publish(t, 'x') for t in ('\0', 'a\0', '\0a', 'a/\0/b')))
    refused(b, publish('a\0b', 'x', 1, 1), publish('a\0b', 'x', 2, 1))
    watcher.expect_nothing_from(b.client())


run(test)
