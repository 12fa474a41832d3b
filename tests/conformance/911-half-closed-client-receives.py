#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8
"""A client that closed its sending side is treated as gone."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('t')
    sub.half_close()
    sub.expect_close()
    other = b.client()
    other.subscribe('t')
    other.publish('t', 'x')
    other.expect_publish('t', 'x')


run(test)
