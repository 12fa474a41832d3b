#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.2-2 MQTT-4.7.1-1
"""Wildcards in a topic name close the connection."""

from lib.case import *


def test(b):
    for topic in ('+', '#', 'a/+', 'a/#', '+/a', 'a+', 'a#b', 'a/b/#/c'):
        refused(b, publish(topic, 'x'), publish(topic, 'x', 1, 1))


run(test)
