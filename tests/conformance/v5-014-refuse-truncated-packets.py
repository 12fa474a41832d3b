#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.13.1-1 MQTT-3.8.3-2 MQTT-3.10.3-2 MQTT-2.2.2-1
"""A packet that ends inside a field, at every place, and one byte too long."""

from lib.case5 import *


def cuts(whole, keep=0):
    """The packet cut everywhere after its fixed header."""
    body = whole[2:]
    for size in range(keep, len(body)):
        yield packet(whole[0], body[:size])


def test(b):
    watcher = b.client5()
    watcher.subscribe('#')
    user = [(USER_PROPERTY, ('k', 'v'))]
    both = 0x81, 0x82
    refused(b, both, *cuts(publish('ab', b'', 1, 1, props=user)),
            *cuts(publish('ab', props=user)),
            *cuts(subscribe(1, ('ab', 1), props=user)),
            *cuts(unsubscribe(1, 'ab', props=user)))
    for build in (puback, pubrec, pubrel, pubcomp):
        # a packet identifier alone, and with a reason code, is whole
        whole = build(1, 0, user)
        refused(b, both, *(packet(whole[0], whole[2:2 + n])
                           for n in (0, 1, *range(4, len(whole) - 2))))
        refused(b, both, build(0), packet(whole[0], whole[2:] + b'\0'))
    refused(b, both, *cuts(disconnect(0, user), 2))
    refused(b, both, packet(0xe0, b'\0\0\0'), packet(0xc0, b'\0'),
            subscribe(0, 't'), unsubscribe(0, 't'), subscribe(1),
            unsubscribe(1), publish('t', 'x', 1, 0), publish('t', 'x', 2, 0))
    watcher.expect_nothing_from(b.client5())


run(test)
