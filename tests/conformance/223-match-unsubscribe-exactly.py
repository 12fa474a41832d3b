#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-1
"""Filters are compared character by character, wildcards included."""

from lib.case import *


def test(b):
    client = b.client()
    client.subscribe('a/b', 'c/+')
    client.unsubscribe('a/+', 'a/#', '#', '+/b', 'A/b', 'a/b/', 'a/', 'c/d',
                       'c/#')
    client.publish('a/b', 'x')
    client.expect_publish('a/b', 'x')
    client.publish('c/d', 'y')
    client.expect_publish('c/d', 'y')
    client.unsubscribe('a/b', 'c/+')
    client.publish('a/b', 'x')
    client.publish('c/d', 'x')
    client.expect_nothing_from(client)


run(test)
