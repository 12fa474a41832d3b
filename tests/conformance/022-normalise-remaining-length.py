#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-3 MQTT-4.8.0-1
"""A padded Remaining Length is refused or forwarded in its shortest form."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('t')
    for width in (2, 3, 4):
        pub = b.client()
        for i in range(3):
            if not pub.send_or_closed(publish('t', 'padded', width=width)):
                break
        pub.send_or_closed(pingreq())
        got = pub._next(time.monotonic() + TIMEOUT)
        if got is None:
            sub.expect_silence()
            continue
        equal(got.type, PINGRESP)
        for i in range(3):
            # the parser of the library refuses longer forms
            sub.expect_publish('t', 'padded')
        pub.disconnect()


run(test)
