#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-2 MQTT-3.2.2-4 MQTT-3.2.2-5
"""Unsupported levels get CONNACK 1, or 0x84 of 5.0 if later, then close."""

import socket

from lib.case import *


def test(b):
    for level in (0, 1, 2, 3, 0x84, 255):
        client = b.raw()
        client.connect(1, 0, level=level)
        client.expect_close()
    for level in (6, 7, 127):
        client = b.raw()
        client.send(connect('x', level=level))
        equal(client.sock.recv(5, socket.MSG_WAITALL)[2:4], b'\0\x84')
        client.expect_eof()


run(test)
