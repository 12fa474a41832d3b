#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""acl_file: patterns with %u and %c, and how few groups and classes they make."""

from lib.case import *
from lib.acl import Acl, ask, denied

acl = Acl('pattern read +/status',
          'pattern read cmd/%u/#',
          'pattern write from/%u/%c',
          'pattern deny from/%u/root',
          'user admin',
          'topic read #',
          'topic write #')
USERS = 8


def groups(b, name):
    return sum(group['filter'] == name for group in ask(b, 'group'))


def test(b):
    admin = b.client(username='admin')
    admin.subscribe('from/#')
    clients = [b.client('id%d' % i, username='u%d' % i) for i in range(USERS)]

    # who may publish where
    for i, client in enumerate(clients):
        client.publish('from/u%d/id%d' % (i, i), 'mine')
        admin.expect_publish('from/u%d/id%d' % (i, i), 'mine')
        client.publish('from/u%d/id%d' % (i, (i + 1) % USERS), 'no', 1)
        client.publish('from/u%d/id%d' % ((i + 1) % USERS, i), 'no', 2)
    admin.expect_silence()
    equal(denied(b), 2 * USERS, 'denied')
    b.client('root', username='u1').publish('from/u1/root', 'no', 1)
    equal(denied(b), 2 * USERS + 1, 'denied')

    # who may read what
    for client in clients:
        client.subscribe('cmd/#', '+/status')
    for _ in range(3):
        for i, client in enumerate(clients):
            admin.publish('cmd/u%d/x' % i, 'for %d' % i)
            client.expect_publish('cmd/u%d/x' % i, 'for %d' % i)
    for _ in range(3):
        admin.publish('gate/status', 'for all')
        for client in clients:
            client.expect_publish('gate/status', 'for all')
    admin.publish('cmd/u0', 'parent')
    clients[0].expect_publish('cmd/u0', 'parent')
    for client in clients:
        client.expect_silence()
    if KERNEL:
        equal(groups(b, '+/status'), 1, 'groups of +/status')
        equal(groups(b, 'cmd/#'), USERS, 'groups of cmd/#')

    # patterns are not for names that are filters; without a name none with %u
    for name in '+', 'u1/#', '#':
        wild = b.client('wild', username=name)
        wild.subscribe('cmd/u1/x', '+/status', want=[0x80, 0x80])
        wild.close()
    nobody = b.client('id1')
    nobody.subscribe('cmd/u1/x', 'a/status', want=[0x80, 0])
    nobody.publish('from//id1', 'no', 1)
    admin.expect_silence()


run(test, acl_file=acl.path, allow_anonymous='true')
