#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.1.0-2 MQTT-4.1.0-1 MQTT-3.1.2-8 MQTT-3.1.3-9
"""A session ends when its interval has passed; that also ends a will's delay."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('w/#')
    for name, last in (('short', 1), ('none', 0)):
        client = b.client5(name, will=('w/' + name, 'gone'),
                           will_props=[(WILL_DELAY, 600)],
                           props=[(SESSION_EXPIRY, last)])
        client.subscribe(('t', 1))
        began = time.monotonic()
        client.close()
        watcher.expect_publish('w/' + name, 'gone')
        took = time.monotonic() - began
        check(last - 0.05 <= took < 60, 'after %.2f s' % took)
        b.client5(name, 0, clean=False).disconnect()
    # while it is connected nothing expires
    client = b.client5('held', props=[(SESSION_EXPIRY, 5)])
    client.subscribe(('t', 1))
    other = b.client5(will=('w/clock', 'x'), will_props=[(WILL_DELAY, 6)],
                      props=[(SESSION_EXPIRY, 60)])
    other.close()
    watcher.expect_publish('w/clock', 'x')
    client.close()
    client = b.client5('held', 1, clean=False)
    client.publish('t', 'x', 1)
    client.expect_publish('t', 'x', 1)


run(test)
