#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A client that publishes where it may not, at full rate: all is counted, nobody else waits."""

import threading

from lib.case import *
from lib.acl import Acl, Kernel, denied

TOPICS = 16
BATCHES = 2000
acl = Acl('user good', 'topic good/#', 'user bad', 'topic read #')


def flood(client, topics):
    for _ in range(BATCHES):
        client.send(*(publish(topic, 'x' * 32) for topic in topics))


def test(b):
    good, reader = b.client(username='good'), b.client(username='good')
    reader.subscribe('good/#')
    bad = b.client(username='bad')
    topics = ['bad/%d' % i for i in range(TOPICS)]
    for topic in topics:
        bad.publish(topic, 'first')
        bad.ping()
    equal(denied(b), TOPICS, 'denied')
    with Kernel(b, drop_acl=TOPICS * BATCHES):
        thread = threading.Thread(target=flood, args=(bad, topics))
        thread.start()
        turns = 0
        while thread.is_alive() or not turns:
            good.publish('good/a', str(turns))
            reader.expect_publish('good/a', str(turns))
            good.ping()
            turns += 1
        thread.join()
        bad.ping()
    equal(denied(b), TOPICS * (BATCHES + 1), 'denied')
    reader.expect_silence()


run(test, acl_file=acl.path, allow_anonymous='true')
