#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-8 MQTT-3.1.3-9
"""The will waits for its delay; a new connection in time takes it back."""

from lib.case5 import *

KEPT = [(SESSION_EXPIRY, 600)]


def test(b):
    watcher = b.client5()
    watcher.subscribe('w')
    back = b.client5('back', will=('w', 'never'), props=KEPT,
                     will_props=[(WILL_DELAY, 5)])
    back.close()
    b.client5('back', 1, clean=False, props=KEPT).disconnect()
    delayed = b.client5('delayed', will=('w', 'late'), props=KEPT,
                        will_props=[(WILL_DELAY, 6)])
    began = time.monotonic()
    delayed.close()
    b.client5('now', will=('w', 'now'), props=KEPT,
              will_props=[(WILL_DELAY, 0)]).close()
    watcher.expect_publish('w', 'now')
    watcher.expect_publish('w', 'late')
    check(time.monotonic() - began > 5.9, 'early')
    watcher.expect_silence()
    # Clean Start ends the session, and with it the delay
    b.client5('clean', will=('w', 'ended'), props=KEPT,
              will_props=[(WILL_DELAY, 600)]).close()
    b.client5('clean', 0)
    watcher.expect_publish('w', 'ended')


run(test)
