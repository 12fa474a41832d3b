#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1 MQTT-3.3.2-1
"""Ill-formed UTF-8 in a topic name closes; nobody receives it."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('#')
    for bad in (b'\xff', b'\x80', b'a\xc3', b'\xc0\x80', b'\xc1\xbf',
                b'\xe0\x80\x80', b'\xe0\x9f\xbf', b'\xed\xa0\x80',
                b'\xed\xaf\xbf', b'\xed\xb0\x80', b'\xed\xbf\xbf',
                b'\xed\xa0\xbd\xed\xb8\x80', b'\xf0\x80\x80\x80',
                b'\xf0\x8f\xbf\xbf', b'\xf4\x90\x80\x80', b'\xf5\x80\x80\x80',
                b'\xf8\x88\x80\x80\x80', b'\xfc\x84\x80\x80\x80\x80',
                b'\xfe', b'\xe2\x82', b'\xf0\x9f\x98', b'\xe2\x28\xa1'):
        refused(b, publish(bad, 'x'), publish(b'ok/' + bad, 'x', 1, 1))
    watcher.expect_nothing_from(b.client())


run(test)
