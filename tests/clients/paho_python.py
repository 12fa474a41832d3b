#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every behaviour with python3-paho-mqtt: paho_python.py LEVEL HOST PORT."""

import queue
import sys
import traceback

from paho.mqtt import client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

WAIT = 60


class Peer:
    """One connection with its network thread."""

    def __init__(self, level, host, port, name, clean=True, will=None):
        self.inbox, self.events = queue.Queue(), queue.Queue()
        options = {}
        if level == mqtt.MQTTv5:
            self.client = mqtt.Client(name, protocol=level)
            options['clean_start'] = clean
            if not clean:
                options['properties'] = Properties(PacketTypes.CONNECT)
                options['properties'].SessionExpiryInterval = 3600
        else:
            self.client = mqtt.Client(name, clean_session=clean,
                                      protocol=level)
        # with 5.0 there are properties behind these
        self.client.on_connect = \
            lambda c, u, flags, code, *more: self.events.put((code, flags))
        self.client.on_subscribe = \
            lambda c, u, mid, granted, *more: self.events.put(granted)
        self.client.on_unsubscribe = \
            lambda c, u, mid, *more: self.events.put('unsubscribed')
        self.client.on_disconnect = \
            lambda c, u, code, *more: self.events.put('disconnected')
        self.client.on_message = lambda c, u, m: self.inbox.put(m)
        if will:
            self.client.will_set(*will)
        self.client.connect(host, port, 60, **options)
        self.client.loop_start()
        code, flags = self.events.get(timeout=WAIT)
        assert code == 0, 'CONNACK %s' % code
        self.session_present = flags['session present']

    def subscribe(self, name, qos):
        self.client.subscribe(name, qos)
        granted = self.events.get(timeout=WAIT)
        assert tuple(granted) == (qos,), granted

    def unsubscribe(self, name):
        self.client.unsubscribe(name)
        assert self.events.get(timeout=WAIT) == 'unsubscribed'

    def publish(self, topic, payload, qos, retain=False):
        info = self.client.publish(topic, payload, qos, retain)
        info.wait_for_publish(WAIT)
        assert info.is_published()

    def expect(self, topic, payload, qos, retain=False):
        got = self.inbox.get(timeout=WAIT)
        have = (got.topic, got.payload, got.qos, bool(got.retain))
        want = (topic, payload, qos, retain)
        assert have == want, 'got %.200r, want %.200r' % (have, want)

    def stop(self):
        self.client.disconnect()
        assert self.events.get(timeout=WAIT) == 'disconnected'
        self.client.loop_stop()

    def vanish(self):
        """Close the socket under the library: no DISCONNECT is sent."""
        self.client.loop_stop()
        self.client.socket().close()


def exchange(make, qos):
    one, two = make('one'), make('two')
    one.subscribe('x/one/+', qos)
    two.subscribe('x/two/#', qos)
    for n in range(100):
        one.publish('x/two/a', b'to two %d' % n, qos)
        two.publish('x/one/a', b'to one %d' % n, qos)
        # With the first of a topic delivered, the rest may be forwarded.
        if n == 0:
            two.expect('x/two/a', b'to two 0', qos)
            one.expect('x/one/a', b'to one 0', qos)
    for n in range(1, 100):
        two.expect('x/two/a', b'to two %d' % n, qos)
        one.expect('x/one/a', b'to one %d' % n, qos)
    one.unsubscribe('x/one/+')
    one.subscribe('x/end', qos)
    two.publish('x/one/a', b'nobody', qos)
    two.publish('x/end', b'end', qos)
    one.expect('x/end', b'end', qos)
    one.stop()
    two.stop()


def retained(make):
    one, two = make('one'), make('two')
    one.publish('r/kept', b'kept', 1, True)
    one.publish('r/gone', b'gone', 1, True)
    one.publish('r/gone', b'', 1, True)
    two.subscribe('r/+', 1)
    two.expect('r/kept', b'kept', 1, True)
    one.publish('r/kept', b'live', 1, True)
    two.expect('r/kept', b'live', 1, False)
    one.publish('r/kept', b'', 1, True)
    two.expect('r/kept', b'', 1, False)
    one.stop()
    two.stop()


def will(make):
    one = make('one')
    one.subscribe('will/#', 2)
    for qos in (0, 1, 2):
        make('two', will=('will/w', b'gone %d' % qos, qos, False)).vanish()
        one.expect('will/w', b'gone %d' % qos, qos)
    make('two', will=('will/w', b'bad', 0, False)).stop()
    one.publish('will/end', b'end', 0)
    one.expect('will/end', b'end', 0)
    one.stop()


def session(make):
    two = make('two')
    make('one').stop()
    one = make('one', clean=False)
    assert not one.session_present
    one.subscribe('s/q', 2)
    one.stop()
    for n in range(30):
        two.publish('s/q', b'%d' % n, 1 + n % 2)
    one = make('one', clean=False)
    assert one.session_present
    got = [one.inbox.get(timeout=WAIT) for _ in range(30)]
    for qos in (1, 2):
        assert [int(m.payload) for m in got if m.qos == qos] == \
            list(range(qos - 1, 30, 2))
    one.stop()
    make('one').stop()
    two.stop()


def large(make):
    one = make('one')
    body = bytes(range(256)) * 8192
    for qos in (0, 1, 2):
        one.subscribe('large', qos)
        one.publish('large', body, qos)
        one.expect('large', body, qos)
    one.stop()


def main():
    level, host, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])

    def make(name, **options):
        return Peer(level, host, port, 'py-' + name, **options)

    failed = 0
    for name, test in (
            ('qos 0', lambda m: exchange(m, 0)),
            ('qos 1', lambda m: exchange(m, 1)),
            ('qos 2', lambda m: exchange(m, 2)),
            ('retained', retained), ('will', will), ('session', session),
            ('large', large)):
        try:
            test(make)
            print('ok', name, flush=True)
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            print('not ok %s: %r' % (name, error), flush=True)
            failed = 1
    # a failed behaviour leaves network threads behind
    sys.stdout.flush()
    import os
    os._exit(failed)


main()
