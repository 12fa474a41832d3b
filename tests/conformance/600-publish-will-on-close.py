#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8
"""The will is published when the connection ends without DISCONNECT."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for end in (Client.close, Client.reset, Client.half_close):
        client = b.client(will=('will', 'gone'))
        end(client)
        watcher.expect_publish('will', 'gone')
        watcher.expect_silence()


run(test)
