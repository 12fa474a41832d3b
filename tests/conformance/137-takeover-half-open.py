#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2
"""A peer that vanished without a word is replaced at once."""

from lib.case import *


def test(b):
    pub = b.client()
    dead = b.client('same', clean=False)
    dead.subscribe(('t', 1))
    for n in range(5):
        pub.publish('t', 'n%d' % n, 1)
    new = b.client('same', clean=False, session_present=1)
    for n in range(5):
        new.expect_publish('t', 'n%d' % n, 1, dup=None)
    dead.expect_close(skip=(PUBLISH,))


run(test)
