#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-4 MQTT-3.2.2-2 MQTT-4.1.0-1
"""A session without clean flag survives an abrupt end too."""

from lib.case import *


def test(b):
    for end in (Client.disconnect, Client.close, Client.reset):
        client = b.client('s', clean=False)
        client.subscribe(('t', 1))
        end(client)
        b.client('s', clean=False, session_present=1).disconnect()


run(test)
