#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-2
"""PUBREL for an unknown identifier is still answered by PUBCOMP."""

from lib.case import *


def test(b):
    client = b.client()
    for pid in (1, 1, 500):
        client.send(pubrel(pid))
        client.expect(PUBCOMP, pid)


run(test)
