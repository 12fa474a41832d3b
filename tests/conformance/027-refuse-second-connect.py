#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.0-2
"""A second CONNECT is a protocol violation."""

from lib.case import *


def test(b):
    client = b.client('one')
    client.send(connect('one'))
    client.expect_close()
    # another client identifier makes no difference
    client = b.client('one')
    client.send(connect('two'))
    client.expect_close()


run(test)
