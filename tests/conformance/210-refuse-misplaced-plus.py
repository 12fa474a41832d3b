#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.1-3
"""`+` must be alone in its level."""

from lib.case import *


def test(b):
    refused(b, *(subscribe(1, name) for name in (
        'a+', '+a', 'a/b+', 'a/+b', '++', 'a/++/b', '+#', 'a/+#')))


run(test)
