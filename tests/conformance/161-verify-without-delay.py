#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-5
"""While a password is verified, others are served; what follows its CONNECT waits."""

from lib.case import *
from lib.users import Users, pbkdf2

# Seconds of work.
users = Users(slow=pbkdf2('x', 600000), fast=pbkdf2('y'))


def test(b):
    other = b.client()
    sub = b.client()
    sub.subscribe(('t', 0))
    slow = b.raw('slow')
    gone = b.raw('gone')
    gone.send(connect('gone', username='slow', password='x'))
    gone.reset()
    slow.send(connect('slow', username='slow', password='x'), publish('t', 'late'))
    for i in range(20):
        other.publish('t', str(i))
        sub.expect_publish('t', str(i))
    check(not slow.readable(), 'CONNACK came before the password was verified')
    slow.expect_connack()
    sub.expect_publish('t', 'late')
    slow.ping()


run(test, password_file=users.path)
