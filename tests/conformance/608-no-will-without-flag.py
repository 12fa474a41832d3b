#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-12
"""Without the will flag nothing is published at the end."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('#')
    for end in (Client.close, Client.reset):
        end(b.client('x'))
        b.client('x').disconnect()
    watcher.expect_silence()


run(test)
