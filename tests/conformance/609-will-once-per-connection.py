#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-10
"""A published will is not published again for the same session."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    client = b.client('s', clean=False, will=('will', 'first'))
    client.close()
    watcher.expect_publish('will', 'first')
    client = b.client('s', clean=False, session_present=1)
    client.close()
    client = b.client('s', clean=False, session_present=1)
    client.disconnect()
    watcher.expect_silence()


run(test)
