#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.1-9 MQTT-3.3.1-10 MQTT-3.3.1-11 MQTT-3.8.4-3 MQTT-3.8.4-4
"""Retain Handling 0 always sends, 1 sends for new subscriptions, 2 never."""

from lib.case5 import *


def test(b):
    pub = b.client5()
    pub.publish('r/a', 'kept', 1, True)
    client = b.client5('c', props=[(SESSION_EXPIRY, 60)])
    for turn, (handling, sent) in enumerate(
            ((0, 1), (0, 1), (1, 0), (2, 0), (0, 1))):
        client.subscribe(('r/+', options(1, handling=handling)))
        if sent:
            client.expect_publish('r/a', 'kept', 1, 1)
        client.expect_silence()
    for handling, sent in ((1, 1), (2, 0), (0, 1)):
        client.unsubscribe('r/+')
        client.subscribe(('r/+', options(1, handling=handling)))
        if sent:
            client.expect_publish('r/a', 'kept', 1, 1)
        client.expect_silence()
    client.disconnect()
    client = b.client5('c', 1, clean=False)
    client.subscribe(('r/+', options(1, handling=1)))
    client.expect_silence()
    # the last option is what counts within one packet
    client.subscribe(('r/a', options(1, handling=2)),
                     ('r/b', options(0, handling=0)))
    client.expect_silence()
    # replacing loses nothing
    pub.publish('r/a', 'live', 1)
    client.expect_publish('r/a', 'live', 1)


run(test)
