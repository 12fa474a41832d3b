#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.0-2
"""A second CONNECT in the same segment also closes."""

from lib.case import *


def test(b):
    client = b.raw('one')
    client.send(connect('one'), connect('one'))
    client.expect_connack(0)
    client.expect_close()


run(test)
