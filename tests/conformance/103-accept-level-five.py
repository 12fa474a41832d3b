#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-2
"""A version 5.0 CONNECT is accepted beside those of version 3.1.1."""

import socket

from lib.case import *


def test(b):
    client = b.raw()
    # property length 0 after the keep alive
    body = field('MQTT') + b'\5\2' + u16(60) + b'\0' + field('five')
    client.send(packet(0x10, body))
    head = client.sock.recv(2, socket.MSG_WAITALL)
    equal(head[0], 0x20)
    equal(client.sock.recv(head[1], socket.MSG_WAITALL)[:2], b'\0\0')
    client.send(pingreq())
    equal(client.sock.recv(2, socket.MSG_WAITALL), b'\xd0\0')
    b.client().ping()


run(test)
