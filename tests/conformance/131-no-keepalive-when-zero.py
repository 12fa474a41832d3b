#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""Keep alive 0 switches the timer off."""

from lib.case import *


def test(b):
    idle, limit = b.client(keepalive=0), b.client(keepalive=2)
    limit.expect_close(timeout=TIMEOUT)
    idle.expect_silence()


run(test)
