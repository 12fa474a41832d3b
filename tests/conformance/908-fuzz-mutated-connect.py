#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1 MQTT-3.1.4-1
"""Mutated CONNECT packets are refused or accepted, never fatal."""

from lib.case import *


def test(b):
    rng = random.Random(908)
    guard = b.client()
    whole = connect('fuzz', will=('w', 'msg', 1, True), username='user',
                    password='pass')
    for n in range(400):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        client = b.raw()
        client.send_or_closed(bytes(data))
        client.half_close()
        client.expect_eof()
        client.close()
        if n % 50 == 0:
            guard.expect_silence()
    guard.expect_silence()


run(test)
