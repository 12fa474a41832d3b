#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Started as systemd does it, it says when it is ready, and keeps less than it was given."""

from lib.case import *
from lib.privileges import NET_BIND_SERVICE, NOBODY, as_nobody, check_least, directory

store = directory()


def test(b):
    check_least(b.process.pid, NET_BIND_SERVICE)
    sub = b.client()
    sub.subscribe(('t', 1))
    pub = b.client()
    with Counted(publish_fast=1):
        for _ in range(2):
            pub.publish('t', b'x')
            sub.expect_publish('t', b'x')
    b.terminate()
    equal(b.state(), 'STOPPING=1')


run(test, command=as_nobody(), owner=NOBODY, persistence='true', persistence_location=store)
