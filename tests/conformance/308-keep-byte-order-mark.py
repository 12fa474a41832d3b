#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-3
"""EF BB BF is U+FEFF wherever it stands; it is not stripped."""

from lib.case import *


def test(b):
    pub, marked, plain = b.client(), b.client(), b.client()
    marked.subscribe('\ufeffa', 'b/\ufeff/c')
    plain.subscribe('a', 'b//c')
    for _ in range(3):
        pub.publish('\ufeffa', 'bom')
        marked.expect_publish('\ufeffa', 'bom')
        pub.publish('b/\ufeff/c', 'bom')
        marked.expect_publish('b/\ufeff/c', 'bom')
        pub.publish('a', 'none')
        plain.expect_publish('a', 'none')
    plain.expect_nothing_from(pub)
    marked.expect_nothing_from(pub)


run(test)
