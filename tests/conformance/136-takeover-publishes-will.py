#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-3.1.4-2
"""The will of the connection that was taken over is published."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    b.client('same', will=('will', 'first'))
    b.client('same', will=('will', 'second'))
    watcher.expect_publish('will', 'first')
    watcher.expect_silence()


run(test)
