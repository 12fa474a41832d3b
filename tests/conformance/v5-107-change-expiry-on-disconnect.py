#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.14.2-1 MQTT-3.14.2-2 MQTT-3.1.2-23 MQTT-4.1.0-2
"""DISCONNECT changes the Session Expiry Interval, but not from zero."""

from lib.case5 import *


def test(b):
    client = b.client5('a', props=[(SESSION_EXPIRY, 600)])
    client.disconnect(0, [(SESSION_EXPIRY, 0)])
    client = b.client5('a', 0, clean=False, props=[(SESSION_EXPIRY, 1)])
    client.disconnect(0, [(SESSION_EXPIRY, 600)])
    client = b.client5('a', 1, clean=False, props=[(SESSION_EXPIRY, 600)])
    # what DISCONNECT does not say stays
    client.disconnect(0, [])
    b.client5('a', 1, clean=False).disconnect()
    refused(b, 0x82, disconnect(0, [(SESSION_EXPIRY, 1)]))
    refused(b, 0x82, disconnect(0, [(SESSION_EXPIRY, 0xffffffff)]),
            props=[(SESSION_EXPIRY, 0)])
    client = b.client5('b', props=[(SESSION_EXPIRY, 0)])
    client.disconnect(0, [(SESSION_EXPIRY, 0)])


run(test)
