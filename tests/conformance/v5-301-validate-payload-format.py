#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.14.2-1 MQTT-3.3.2-4 MQTT-4.13.2-1
"""Text that is said to be UTF-8 and is not ends in 0x99."""

from lib.case5 import *

TEXT = [(PAYLOAD_FORMAT, 1)]


def test(b):
    watcher, pub = b.client5(), b.client5()
    watcher.subscribe(('t', 2))
    for n, good in enumerate((b'', b'abc', 'é\u4e2d\U0001f600'.encode(), b'\0')):
        pub.publish('t', good, n % 3, props=TEXT)
        watcher.expect_publish('t', good, n % 3, props={PAYLOAD_FORMAT: 1})
    for bad in (b'\xff', b'a\xc3', b'\xed\xa0\x80'):
        for qos in (0, 1, 2):
            refused(b, 0x99, publish('t', bad, qos, 1 if qos else None,
                                     props=TEXT))
        # said to be bytes
        pub.publish('t', bad, 1, props=[(PAYLOAD_FORMAT, 0)])
        watcher.expect_publish('t', bad, 1, props={PAYLOAD_FORMAT: 0})
    watcher.expect_silence()
    pub.expect_silence()


run(test)
