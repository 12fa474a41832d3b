#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.3-4
"""Composed and decomposed characters are different."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('caf\u00e9', 'x/\u212b')
    pub.publish('cafe\u0301', 'no')
    pub.publish('x/\u00c5', 'no')
    pub.publish('x/A\u030a', 'no')
    pub.publish('caf\u00e9', 'yes')
    sub.expect_publish('caf\u00e9', 'yes')
    pub.publish('x/\u212b', 'yes')
    sub.expect_publish('x/\u212b', 'yes')
    sub.expect_nothing_from(pub)


run(test)
