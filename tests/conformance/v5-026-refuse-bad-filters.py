#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.8.3-1 MQTT-3.8.3-5 MQTT-3.10.3-1 MQTT-4.7.1-1 MQTT-4.7.1-2 MQTT-4.7.3-1 MQTT-4.7.3-2 MQTT-4.8.2-1 MQTT-4.8.2-2 MQTT-3.8.4-7
"""Filters that are none: not UTF-8, misplaced wildcards, bad share names."""

from lib.bad5 import BAD_STRINGS
from lib.case5 import *


def rejected(b, name):
    """A filter with valid text: SUBACK 0x8F, or the end of the connection."""
    client = b.client5()
    client.send(subscribe(1, ('ok', 1), name))
    got = client.expect(SUBACK, 1) if SUBACK == client_type(client) else None
    if got:
        equal(got.codes, [1, 0x8f], name)
        client.disconnect()
    else:
        client.expect_disconnect((0x81, 0x82, 0x8f))


def client_type(client):
    """Type of the next packet, which stays where it is."""
    got = client.read()
    client.pending.appendleft(got)
    return got.type


def test(b):
    for bad in BAD_STRINGS:
        refused(b, (0x81, 0x8f), subscribe(1, bad), unsubscribe(1, bad))
    for bad in ('', 'a#', '#/a', 'a/#/b', '+a', 'a/b+', 'a/+b/c', '##',
                '$share//t', '$share/a+/t', '$share/#/t', '$share/g/',
                '$share/g', '$share/g/a#'):
        rejected(b, bad)
    for bits in (0x40, 0x80, 0xc0):
        refused(b, 0x81, subscribe(1, ('t', bits)))
    # QoS 3, Retain Handling 3
    refused(b, (0x81, 0x82), subscribe(1, ('t', 3)), subscribe(1, ('t', 0x30)))


run(test)
