#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-3.1.4-5
"""A rejected CONNECT leaves no will behind."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    client = b.raw()
    client.connect(1, 0, level=2, will=('will', 'bad'))
    client.expect_close()
    client = b.raw('')
    client.connect(2, 0, client_id='', clean=False, will=('will', 'bad'))
    client.expect_close()
    watcher.expect_nothing_from(b.client())


run(test)
