#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""acl_file: what is delivered is what may be read, however it comes."""

from lib.case import *
from lib.acl import Acl

acl = Acl('topic write #',
          'topic write $lab/#',
          'user reader',
          'topic read a/#',
          'topic deny a/secret',
          'topic read +/also',
          'user other',
          'topic read a/secret',
          'topic read $SYS/broker/uptime',
          'user all',
          'topic read #')


def test(b):
    source = b.client()
    reader = b.client('reader', username='reader')
    other = b.client('other', username='other')
    everything = b.client(username='all')

    # the broker's own
    other.subscribe('$SYS/#')
    other.expect_publish('$SYS/broker/uptime', retain=1)
    other.expect_silence()
    other.unsubscribe('$SYS/#')
    reader.subscribe('$SYS/#', want=[0x80])

    # nothing of it may be read: refused. Some of it may: granted.
    reader.subscribe('b/c/#', 'a/secret', '$lab/x', want=[0x80] * 3)
    reader.subscribe('$share/g/b', want=[0x80])
    b.client5(username='reader').subscribe('b/c/#', '$share/g/b', '+', '+/x',
                                           want=[0x87, 0x87, 0x00, 0x00])
    source.subscribe('#', want=[0x80])
    reader.subscribe('#')
    reader.subscribe(('a/+', 0))
    other.subscribe('a/+', '#')
    everything.subscribe('#')

    def send(topic, payload, to, qos=0):
        source.publish(topic, payload, qos)
        for client in to:
            client.expect_publish(topic, payload)

    for payload in 'first', 'second', 'third':
        send('a/b', payload, (reader, everything))
        send('a/secret', payload, (other, everything))
        send('b/also', payload, (reader, everything))
        send('b/c', payload, (everything,))
        send('a', payload, (reader, everything))
        send('a/b', payload, (reader, everything), 1)
        send('a/secret', payload, (other, everything), 2)
    send('a/secret', 'in a row', (other, everything))

    # retained messages
    source.publish('a/b', 'kept', retain=True)
    source.publish('a/secret', 'kept', 1, retain=True)
    source.publish('b/c', 'kept', retain=True)
    for client in reader, other, everything:
        client.expect_publish(None, 'kept')
    everything.expect_publish('a/secret', 'kept')
    everything.expect_publish('b/c', 'kept')
    again = b.client(username='reader')
    again.subscribe('#')
    again.expect_publish('a/b', 'kept', retain=1)
    again.expect_silence()
    again.close()

    # a client that is away
    away = b.client('away', username='reader', clean=False)
    away.subscribe(('#', 1))
    away.expect_publish('a/b', 'kept', retain=1)
    away.close()
    for topic in 'a/secret', 'a/b', 'b/c':
        source.publish(topic, 'queued', 1)
    away = b.client('away', username='reader', clean=False, session_present=1)
    away.expect_publish('a/b', 'queued', 1)
    away.expect_silence()
    away.close()

    # it has another name now, and less rights
    source.publish('a/b', 'not for the other', 1)
    away = b.client('away', username='other', clean=False, session_present=1)
    away.expect_silence()
    source.publish('a/secret', 'for the other', 1)
    away.expect_publish('a/secret', 'for the other', 1)
    source.publish('a/b', 'not for the other', 1)
    away.expect_silence()


run(test, acl_file=acl.path, allow_anonymous='true')
