#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24 MQTT-3.12.4-1
"""PINGREQ within the keep alive time keeps the connection."""

from lib.case import *


def test(b):
    client = b.client(keepalive=KEEP_ALIVE)
    # pacing, not waiting: the client is silent for less than its keep alive
    for _ in range(4):
        time.sleep(0.6 * KEEP_ALIVE)
        client.ping()


run(test)
