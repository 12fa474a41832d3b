#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-9 MQTT-3.1.3-10
"""Will message of 65,535 arbitrary bytes and an empty one."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe(('will', 1))
    for body in (random.Random(6).randbytes(65535), b'', b'\0\xff'):
        client = b.client(will=('will', body, 1, False))
        client.close()
        watcher.expect_publish('will', body, 1)


run(test)
