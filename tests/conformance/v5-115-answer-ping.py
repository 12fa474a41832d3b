#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.12.4-1 MQTT-3.1.2-20
"""PINGRESP for each PINGREQ; pings keep a connection."""

from lib.case5 import *


def test(b):
    client = b.client5(keepalive=KEEP_ALIVE)
    client.send(pingreq() * 50)
    for _ in range(50):
        client.expect(PINGRESP)
    watcher = b.client5()
    watcher.subscribe('w')
    began = time.monotonic()
    for i in range(4):
        # a clock of half a keep alive that the broker keeps
        b.client5(will=('w', str(i)), will_props=[(WILL_DELAY, KEEP_ALIVE // 2)],
                  props=[(SESSION_EXPIRY, 60)]).close()
        client.ping()
        watcher.expect_publish('w', str(i))
    check(time.monotonic() - began > 1.5 * KEEP_ALIVE, 'clock')
    client.ping()


run(test)
