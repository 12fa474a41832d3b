#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-2 MQTT-4.7.3-4
"""Identifiers that differ in one bit are different clients."""

from lib.case import *


def test(b):
    clients = [b.client(name) for name in
               ('a', 'A', 'a ', ' a', 'aa', 'á', 'a\u0301', '\ufeffa')]
    for client in clients:
        client.expect_silence()


run(test)
