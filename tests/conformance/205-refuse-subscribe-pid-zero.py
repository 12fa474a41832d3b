#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-1
"""SUBSCRIBE and UNSUBSCRIBE need a non-zero identifier."""

from lib.case import *


def test(b):
    refused(b, subscribe(0, 'a'), unsubscribe(0, 'a'))


run(test)
