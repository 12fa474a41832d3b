#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.3-4
"""Names differing in case, spaces or slashes are different topics."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('Accounts payable')
    for topic in ('accounts payable', 'Accounts  payable', 'Accounts payable ',
                  ' Accounts payable', '/Accounts payable',
                  'Accounts payable/', 'ACCOUNTS PAYABLE'):
        pub.publish(topic, 'no')
    for _ in range(3):
        pub.publish('Accounts payable', 'yes')
        sub.expect_publish('Accounts payable', 'yes')
    sub.expect_nothing_from(pub)


run(test)
