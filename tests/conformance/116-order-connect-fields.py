#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-1 MQTT-3.1.3-3
"""Payload fields are read as id, will topic, will message, user, password."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('topic')
    client = b.client('id', will=('topic', 'message'), username='user',
                      password='password')
    client.close()
    watcher.expect_publish('topic', 'message')


run(test)
