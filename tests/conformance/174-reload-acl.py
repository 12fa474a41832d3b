#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""mqttctl reload and SIGHUP: all of the new rules for all who are there, or none."""

import signal

from lib.case import *
from lib.acl import Acl, ask, denied
from lib.users import Users, pbkdf2, reload

BAD = [(['# x', '', 'user'], 3, 'user: value missing'),
       (['topic red a'], 1, '"red" is none of read, write, readwrite, deny'),
       (['user a', 'topic read a/#/b'], 2, 'invalid topic filter "a/#/b"'),
       (['topic a', 'topic read a+'], 2, 'invalid topic filter "a+"'),
       (['grant a'], 1, '"grant" is none of user, topic, pattern'),
       (['topic read \udcff'], 1, 'not UTF-8')]
OLD = ['topic readwrite a/#', 'topic read b/#']
NEW = ['topic readwrite b/#', 'topic read a/#', 'topic deny a/2']
alice = pbkdf2('a')
acl = Acl(*OLD)
users = Users(alice=alice)


class Bytes(Acl):
    """A file that need not be UTF-8."""

    def write(self, *lines):
        with open(self.path, 'wb') as file:
            file.write(''.join(line + '\n' for line in lines).encode('utf-8', 'surrogateescape'))


def by_old(source, readers):
    """Everybody has both, and a/1, a/2 and not b/1 can be published."""
    for topic in 'a/1', 'a/2', 'a/1', 'a/2':
        source.publish(topic, 'old')
        for reader in readers:
            reader.expect_publish(topic, 'old')
    source.publish('b/1', 'old')
    source.publish('b/1', 'old', 1)
    for reader in readers:
        reader.expect_silence()


def by_new(source, readers):
    """b/1 can be published and read."""
    for _ in range(2):
        source.publish('a/1', 'new')
        source.publish('b/1', 'new', 1)
        source.publish('a/2', 'new')
        source.publish('b/1', 'new')
        for reader in readers:
            reader.expect_publish('b/1', 'new')
            reader.expect_publish('b/1', 'new')
    for reader in readers:
        reader.expect_silence()


def test(b):
    bad = Bytes.__new__(Bytes)
    bad.path = acl.path
    source, one, two, named = b.client(), b.client(), b.client(), \
        b.client(username='alice', password='a')
    one.subscribe('#')
    two.subscribe('a/#', '+/1', 'b/#')
    named.subscribe('b/1', want=[0x80])
    readers = one, two
    by_old(source, readers)

    for lines, number, text in BAD:
        bad.write(*lines)
        status, said = reload(b)
        equal(status, 1)
        where = 'mqttctl: reload: %s:%d: ' % (acl.path, number)
        check(said.startswith(where + (text or '')), said)
        check(said.endswith('; not applied either: password_file'), said)
    by_old(source, readers)

    # one wrong file keeps the other from being applied
    acl.write(*NEW)
    users.text('alice\n')
    status, said = reload(b)
    equal((status, said), (1, 'mqttctl: reload: %s:1: not USER:HASH'
                              '; not applied either: acl_file' % users.path))
    by_old(source, readers)

    users.write(alice=alice)
    for _ in range(3):
        acl.write(*NEW)
        equal(reload(b), (0, ''))
        by_new(source, readers)
        acl.write(*OLD)
        equal(reload(b), (0, ''))
        by_old(source, readers)

    # what a name may do; and nobody misses anything of what stays
    acl.write(*OLD, 'user alice', 'topic read b/1', 'topic write b/1')
    equal(reload(b), (0, ''))
    named.subscribe('b/1')
    by_old(source, readers)
    named.publish('b/1', 'named')
    for client in one, two, named:
        client.expect_publish('b/1', 'named')

    before = denied(b)
    acl.write(*NEW)
    b.process.send_signal(signal.SIGHUP)
    while ask(b, 'status')['daemon']['acl_rules'] != len(NEW):
        pass
    by_new(source, readers)
    equal(denied(b) - before, 4, 'denied')

    os.unlink(acl.path)
    status, said = reload(b)
    equal(status, 1)
    check(said.startswith('mqttctl: reload: %s: ' % acl.path), said)
    by_new(source, readers)


run(test, acl_file=acl.path, password_file=users.path, allow_anonymous='true')
