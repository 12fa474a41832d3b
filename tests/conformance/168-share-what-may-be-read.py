#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""acl_file: of a shared subscription a message goes to a member that may read it."""

from lib.case import *
from lib.acl import Acl
from lib.users import reload

LINES = ['topic write #', 'user some', 'topic read a/+', 'user all', 'topic read #']
acl = Acl(*LINES)


def shared(source, members, topic, turns):
    """How many each of them got; nobody else gets any, and none is lost."""
    got = [0] * len(members)
    for turn in range(turns):
        source.publish(topic, str(turn), turn % 2)
        source.ping()
        for client in members:
            client.ping()
        for i, client in enumerate(members):
            while client.pending:
                message = client.expect_publish(topic, str(turn), None)
                check(message.qos == turn % 2, repr(message))
                got[i] += 1
        equal(sum(got), turn + 1, 'messages on %s' % topic)
    return got


def test(b):
    source = b.client()
    some, every = b.client(username='some'), b.client(username='all')
    for client in some, every:
        client.subscribe(('$share/g/#', 1))
    for _ in range(2):
        equal(shared(source, (some, every), 'a/1', 8), [4, 4])
        equal(shared(source, (some, every), 'b/1', 8), [0, 8])

    # who may read everything now is served by the module again
    acl.write(*LINES, 'user some', 'topic read #')
    equal(reload(b), (0, ''))
    equal(shared(source, (some, every), 'b/1', 8), [4, 4])
    equal(shared(source, (some, every), 'a/1', 8), [4, 4])
    acl.write(*LINES)
    equal(reload(b), (0, ''))
    equal(shared(source, (some, every), 'b/1', 8), [0, 8])

    # nobody may: nobody gets it
    every.unsubscribe('$share/g/#')
    source.publish('b/1', 'nobody')
    source.publish('b/1', 'nobody', 1)
    some.expect_silence()
    source.publish('a/1', 'one')
    some.expect_publish('a/1', 'one')


run(test, acl_file=acl.path, allow_anonymous='true')
