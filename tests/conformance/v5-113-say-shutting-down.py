#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.14.2-1 MQTT-3.14.2-2
"""When the broker stops, its 5.0 clients are told 0x8B."""

from lib.case5 import *


def test(b):
    client, old = b.client5(), b.client()
    client.subscribe('t')
    b.terminate()
    client.expect_disconnect(0x8b)
    old.expect_close()


run(test)
