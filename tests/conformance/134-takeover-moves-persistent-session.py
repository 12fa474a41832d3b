#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2 MQTT-3.1.2-4 MQTT-3.2.2-2
"""Takeover of a persistent session keeps its subscriptions and messages."""

from lib.case import *


def test(b):
    pub = b.client()
    old = b.client('same', clean=False)
    old.subscribe(('t', 1))
    pub.publish('t', 'unacked', 1)
    first = old.expect_publish('t', 'unacked', 1, ack=False)
    new = b.client('same', clean=False, session_present=1)
    old.expect_close()
    again = new.expect_publish('t', 'unacked', 1, dup=1)
    equal(again.pid, first.pid)
    pub.publish('t', 'after', 1)
    new.expect_publish('t', 'after', 1)


run(test)
