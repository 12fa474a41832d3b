#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-10 MQTT-4.7.1-1 MQTT-4.7.3-1
"""A will topic with wildcards or of length zero is refused."""

from lib.case import *


def test(b):
    refused_connect(b, *(connect('x', will=(topic, 'm'))
                         for topic in ('a/#', '+', '#', 'a/+/b', '')))


run(test)
