#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.2-1
"""Retained $-topics are not replayed to # or +."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('#', '+/#', '+/+', '+/broker/version')
    sub.sync()
    bad = [m.topic for m in sub.pending if m.topic.startswith('$')]
    equal(bad, [])


run(test)
