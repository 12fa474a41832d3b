#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-5 MQTT-3.1.3-3
"""Identifiers of 1 to 23 letters and digits are accepted."""

from lib.case import *


def test(b):
    letters = ('0123456789abcdefghijklmnopqrstuvwxyz'
               'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    for name in ('0', letters[:23], letters[23:46], letters[39:]):
        client = b.client(name)
        client.expect_silence()
        client.disconnect()


run(test)
