#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Rules change for one of two who had the same: its rights, and nothing for the other one."""

from lib.case import *
from lib.acl import Acl, Kernel, denied
from lib.users import reload

COUNT = 5


def rules(topic):
    return ['topic read #', 'user stays', 'topic write c/#', 'user goes', 'topic write ' + topic]


acl = Acl(*rules('c/#'))


def test(b):
    reader = b.client()
    reader.subscribe('#')
    stays, goes = b.client(username='stays'), b.client(username='goes')

    def delivered(source, topic, first):
        """By the kernel, but for the first if there is no flow yet."""
        with Kernel(b, publish_fast=COUNT - first, divert_miss=first, drop_acl=0):
            for n in range(COUNT):
                source.publish(topic, b'%d' % n)
                reader.expect_publish(topic, b'%d' % n)
                source.sync()

    def dropped(source, topic, first):
        before = denied(b)
        with Kernel(b, drop_acl=COUNT - first, divert_miss=first):
            for _ in range(COUNT):
                source.publish(topic, 'no')
                source.sync()
        equal(denied(b) - before, COUNT, 'denied')
        reader.expect_silence()

    delivered(stays, 'c/1', 1)
    delivered(goes, 'c/1', 0)
    dropped(stays, 'd/1', 1)
    dropped(goes, 'd/1', 0)
    for _ in range(2):
        acl.write(*rules('d/#'))
        equal(reload(b), (0, ''))
        dropped(goes, 'c/1', 1)
        delivered(goes, 'd/1', 1)
        delivered(stays, 'c/1', 0)
        dropped(stays, 'd/1', 0)
        # what it had alone is gone with it
        acl.write(*rules('c/#'))
        equal(reload(b), (0, ''))
        delivered(goes, 'c/1', 0)
        dropped(goes, 'd/1', 0)
        delivered(stays, 'c/1', 0)


run(test, acl_file=acl.path, allow_anonymous='true')
