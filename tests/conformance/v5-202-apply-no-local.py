#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.8.3-3 MQTT-3.8.3-4
"""No Local keeps a client's own messages away, by its identifier."""

from lib.case5 import *


def test(b):
    client, other = b.client5('me'), b.client5()
    client.subscribe(('t', options(2, no_local=True)))
    other.subscribe(('t', options(2)))
    for turn in range(2):
        for qos in (0, 1, 2) * 3:
            client.publish('t', 'mine', qos)
            other.publish('t', 'other', qos)
            client.expect_publish('t', 'other', qos)
            equal(sorted(payloads(other, 2, 't', qos)), [b'mine', b'other'])
        client.expect_silence()
        # options of a subscription are part of the session
        if not turn:
            client.subscribe(('t', options(2, no_local=False)))
            client.publish('t', 'x')
            client.expect_publish('t', 'x')
            other.expect_publish('t', 'x')
            client.subscribe(('t', options(2, no_local=True)))
    # our other subscription still brings our own
    client.subscribe(('#', options(0)))
    client.publish('t', 'y')
    client.expect_publish('t', 'y')
    client.expect_silence()
    refused(b, 0x82, subscribe(1, ('$share/g/t', options(1, no_local=True))))
    # also across connections of the same session
    gone = b.client5('gone', props=[(SESSION_EXPIRY, 60)])
    gone.subscribe(('t2', options(1, no_local=True)))
    gone.publish('t2', 'own', 1)
    gone.drop()
    other.publish('t2', 'theirs', 1)
    gone = b.client5('gone', 1, clean=False)
    gone.expect_publish('t2', 'theirs', 1)
    gone.expect_silence()


run(test)
