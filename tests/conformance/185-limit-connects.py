#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""connect_rate and max_connections_per_address hold for each address by itself."""

from lib.case import *
from lib.control import control

OTHER = '127.0.0.2'


def limits(b):
    return control(b, cmd='limits')['limits']


def refused_at_once(client):
    client.send_or_closed(connect('refused'))
    client.expect_close()


def test(b):
    kept = []
    other = b.client('other', source=OTHER)
    while not limits(b)['connections_per_address_refused']:
        client = b.raw('k%d' % len(kept))
        client.send_or_closed(connect(client.client_id))
        try:
            client.expect_connack()
            kept.append(client)
        except Failed:
            check(client.closed, 'no answer')
    equal(len(kept), 4)
    other.ping()
    # the rest of the burst goes, and then nothing does
    before = limits(b)
    equal(before['connect_rate_refused'], 0)
    tried, after = 0, before
    while after['connect_rate_refused'] < 10:
        refused_at_once(b.raw('x'))
        tried += 1
        after = limits(b)
    equal(after['connect_rate_refused'] + after['connections_per_address_refused'],
          tried + before['connections_per_address_refused'])
    for client in kept:
        client.ping()
    b.client('another', source=OTHER).ping()


run(test, connect_rate='1 20', max_connections_per_address=4)
