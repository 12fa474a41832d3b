#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-6
"""Several filters, one UNSUBACK, all gone."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    names = ['u/%d' % i for i in range(50)]
    sub.subscribe(*names)
    sub.send(unsubscribe(8, *names[:49]))
    sub.expect(UNSUBACK, 8)
    for name in names:
        pub.publish(name, name)
    sub.expect_publish('u/49', 'u/49')
    sub.expect_nothing_from(pub)


run(test)
