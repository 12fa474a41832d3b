#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-5
"""While a password is verified, others are served; what follows its CONNECT waits."""

from lib.case import *
from lib.threads import Stopped
from lib.users import Users, pbkdf2

users = Users(slow=pbkdf2('x'))


def test(b):
    other = b.client()
    sub = b.client()
    sub.subscribe(('t', 0))
    slow = b.raw('slow')
    gone = b.raw('gone')
    # as if the thread that verifies them took its time
    with Stopped(b.process.pid) as stopped:
        check(stopped.count, 'no threads')
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
