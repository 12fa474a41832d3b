#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2 MQTT-3.1.3-2
"""A second connection with the same identifier ends the first."""

from lib.case import *


def test(b):
    old = b.client('same')
    for _ in range(5):
        new = b.client('same')
        old.expect_close()
        new.expect_silence()
        old = new


run(test)
