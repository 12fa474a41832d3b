#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""A stopped subscriber can be taken over and its session goes on."""

from lib.case import *


def test(b):
    pub = b.client()
    slow = b.client('slow', clean=False, rcvbuf=4096)
    slow.subscribe(('t', 1))
    body = bytes(20000)
    for n in range(100):
        pub.publish('t', body, n % 2)
    new = b.client('slow', clean=False, session_present=1)
    slow.expect_eof()
    new.sync()
    while new.pending:
        new.ack(new.read())
        if not new.pending:
            new.sync()
    pub.publish('t', 'fresh')
    new.expect_publish('t', 'fresh')


run(test)
