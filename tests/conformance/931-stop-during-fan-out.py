#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A message to many that has begun to be sent reaches them all before the broker stops."""

from lib.case import *

MANY = 900


def test(b):
    many = [b.client() for _ in range(MANY)]
    for client in many:
        client.subscribe(('many', 1))
    first = many[0]
    first.send(publish('many', 'the last', 1, 1))
    # when the first few have it
    first.expect_publish('many', 'the last', 1, ack=False)
    b.process.terminate()
    b.terminated = True
    for client in many[1:]:
        client.expect_publish('many', 'the last', 1, ack=False)
        client.expect_eof()


run(test)
