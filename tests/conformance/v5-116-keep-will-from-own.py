#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.8.3-3
"""A will is its client's own message: No Local keeps it away from it."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe(('w/#', 1))
    kept = [(SESSION_EXPIRY, 60)]
    for name, delay in ('at-once', []), ('later', [(WILL_DELAY, 1)]):
        topic = 'w/' + name
        client = b.client5(name, props=kept, will=(topic, 'gone', 1),
                           will_props=delay)
        client.subscribe(('w/#', options(1, no_local=True)))
        client.close()
        watcher.expect_publish(topic, 'gone', 1)
        watcher.publish(topic, 'of another', 1)
        watcher.expect_publish(topic, 'of another', 1)
        client = b.client5(name, 1, clean=False, props=kept)
        client.expect_publish(topic, 'of another', 1)
        client.expect_silence()
        # and with it by a subscription without No Local
        client.subscribe(('w/#', options(1)))
        client.disconnect(4)
        client = b.client5(name, 1, clean=False, props=kept,
                           will=(topic, 'again', 1))
        client.close()
        watcher.expect_publish(topic, 'again', 1)
        client = b.client5(name, 1, clean=False, props=kept)
        client.expect_publish(topic, 'again', 1)
        client.disconnect(0, [(SESSION_EXPIRY, 0)])


run(test)
