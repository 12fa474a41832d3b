#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-6 MQTT-3.1.3-7 MQTT-3.2.2-1
"""An empty identifier with clean session is given a unique one."""

from lib.case import *


def test(b):
    clients = [b.client('') for _ in range(5)]
    for client in clients:
        client.subscribe('t')
    clients[0].publish('t', 'x')
    for client in clients:
        client.expect_publish('t', 'x')
        client.expect_silence()


run(test)
