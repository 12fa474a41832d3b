#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.4-3 MQTT-3.1.4-4 MQTT-3.1.2-5 MQTT-4.1.0-1
"""The older connection of a client identifier is told 0x8E, with any mix."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('w')
    old = b.client5('same', will=('w', 'gone'), props=[(SESSION_EXPIRY, 60)])
    old.subscribe(('t', 1))
    new = b.client5('same', 1, clean=False, props=[(SESSION_EXPIRY, 60)])
    old.expect_disconnect(0x8e)
    watcher.expect_publish('w', 'gone')
    new.publish('t', 'x', 1)
    new.expect_publish('t', 'x', 1)
    clean = b.client5('same', 0)
    new.expect_disconnect(0x8e)
    clean.subscribe('u')
    older = b.client('same', clean=True)
    clean.expect_disconnect(0x8e)
    b.client5('same', 0)
    older.expect_close()


run(test)
