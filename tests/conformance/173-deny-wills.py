#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""acl_file: a will is published if its client may when it is due."""

from lib.case import *
from lib.acl import Acl, denied
from lib.users import reload
from lib import packet5

LINES = ['topic read #', 'user u', 'topic write good/#']
acl = Acl(*LINES)


def test(b):
    reader = b.client()
    reader.subscribe('#')

    def dies(topic, client=b.client, **options):
        gone = client(username='u', will=(topic, 'will', 0, False), **options)
        gone.drop()
        return gone

    dies('good/a')
    reader.expect_publish('good/a', 'will')
    dies('bad/a')
    dies('good/b')
    reader.expect_publish('good/b', 'will')
    equal(denied(b), 1, 'denied')

    # the session is there when it ends, and when the will is due
    dies('bad/a', clean=False)
    dies('good/c', clean=False)
    reader.expect_publish('good/c', 'will')
    equal(denied(b), 2, 'denied')

    # by the rules of now, not of CONNECT
    late = b.client(username='u', will=('good/x', 'will', 0, False))
    soon = b.client(username='u', will=('bad/x', 'will', 0, False))
    acl.write('topic read #', 'user u', 'topic write bad/#')
    equal(reload(b), (0, ''))
    late.drop()
    soon.drop()
    reader.expect_publish('bad/x', 'will')
    reader.expect_silence()
    equal(denied(b), 3, 'denied')


run(test, acl_file=acl.path, allow_anonymous='true')
