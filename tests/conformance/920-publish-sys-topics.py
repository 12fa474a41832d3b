#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.2-1
"""$SYS tells of known traffic exactly, whichever data path carried it."""

import collections
import shutil
import subprocess

from lib.case import *

FANOUT, COUNT = 5, 120
SYS = '$SYS/broker/'


class Tally:
    """Every byte and packet that the case has sent, and $SYS has told."""

    def __init__(self, broker):
        self.broker = broker
        self.size = 0
        self.sent = self.packets = self.told = self.received = 0
        self.types = collections.Counter()

    def client(self, **options):
        client = self.broker.raw()
        send = client.send

        def count(*packets):
            self.sent += sum(len(packet) for packet in packets)
            self.packets += len(packets)
            self.types.update(packet[0] >> 4 for packet in packets)
            send(*packets)

        fill = client._fill

        def filled(deadline):
            before = len(client.buffer)
            more = fill(deadline)
            self.received += len(client.buffer) - before
            return more

        client.send = count
        client._fill = filled
        client.connect(**options)
        return client

    def value(self, name):
        """What a topic tells now."""
        sub = self.client()
        sub.subscribe(SYS + name)
        value = int(sub.read().payload)
        sub.disconnect()
        return value

    def expect(self, name, want):
        """Wait until a topic has the value; telling it is traffic, too."""
        sub = self.client()
        sub.subscribe(SYS + name)
        deadline = time.monotonic() + TIMEOUT
        while True:
            message = sub.read(max(0.1, deadline - time.monotonic()))
            equal(message.topic, SYS + name)
            value = int(message.payload)
            self.size = len(publish(message.topic, message.payload))
            done = value == want()
            check(done or time.monotonic() < deadline, '%s is %d, want %d' %
                  (name, value, want()))
            self.told += 1
            if done:
                break
        sub.send(disconnect())
        # an update may have crossed
        while sub._next(deadline):
            self.told += 1


def traffic(tally):
    """What is published has reached everybody when this returns."""
    clients = [tally.client() for _ in range(FANOUT + 1)]
    pub, subs = clients[0], clients[1:]
    for sub in subs:
        sub.subscribe(('t/#', 2))
    for n in range(COUNT):
        pub.publish('t/a', 'x%03d' % n)
    for sub in subs:
        payloads(sub, COUNT, 't/a')
    pub.publish('t/b', 'acknowledged', 1)
    for sub in subs:
        sub.expect_publish('t/b', 'acknowledged', 1)
    pub.publish('keep/me', 'retained', retain=True)
    for client in clients:
        client.sync()
        client.disconnect()


def check_mosquitto_sub(b):
    out = subprocess.run(['mosquitto_sub', '-h', b.address[0], '-p',
                          str(b.port), '-t', '$SYS/#', '-v', '-W', '2'],
                         capture_output=True, check=False, text=True)
    told = dict(line.rsplit(' ', 1) for line in out.stdout.splitlines()
                if not line.endswith(' seconds'))
    for name in ('bytes/received', 'clients/total', 'load/messages/sent/5min',
                 'store/messages/bytes', 'heap/current size', 'heap/maximum size'):
        check(SYS + name in told, 'no %s among %s' % (name, sorted(told)))
    equal(told[SYS + 'publish/messages/received'], str(COUNT + 5))


def test(b):
    tally = Tally(b)
    plain = tally.client()
    plain.subscribe('#', '+/broker/uptime')
    traffic(tally)
    # '#' sees what clients published, and nothing of $SYS
    for _ in range(COUNT + 2):
        check(not plain.expect_publish().topic.startswith('$'), '$SYS by #')
    plain.unsubscribe('#', '+/broker/uptime')
    check(not plain.pending, '$SYS by # or +')
    delivered = FANOUT * (COUNT + 1) + COUNT + 2
    tally.expect('publish/messages/received', lambda: COUNT + 2)
    tally.expect('publish/messages/sent', lambda: delivered + tally.told)
    tally.expect('messages/received', lambda: tally.packets)
    tally.expect('bytes/received', lambda: tally.sent)
    for name, kind in (('connect', CONNECT), ('subscribe', SUBSCRIBE), ('puback', PUBACK),
                       ('disconnect', DISCONNECT), ('publish', PUBLISH)):
        tally.expect('mqtt/%s/received' % name, lambda kind=kind: tally.types[kind])
    tally.expect('mqtt/connack/sent', lambda: tally.types[CONNECT])
    tally.expect('mqtt/suback/sent', lambda: tally.types[SUBSCRIBE])
    tally.expect('connections/socket/count', lambda: 2)
    # all but the message that tells it
    tally.expect('bytes/sent', lambda: tally.received - tally.size)
    tally.expect('publish/messages/dropped', lambda: 0)
    tally.expect('messages/inflight', lambda: 0)
    tally.expect('clients/connected', lambda: 2)
    tally.expect('clients/disconnected', lambda: 0)
    tally.client(clean=False).disconnect()
    tally.expect('clients/disconnected', lambda: 1)
    tally.expect('clients/inactive', lambda: 1)
    tally.expect('clients/total', lambda: 3)
    tally.expect('clients/expired', lambda: 0)
    tally.expect('clients/maximum', lambda: FANOUT + 2)
    tally.expect('subscriptions/count', lambda: 1)
    stored = ('retained messages/count', 'messages/stored', 'store/messages/count')
    before = [tally.value(name) for name in stored]
    pub = tally.client()
    for n in range(3):
        pub.publish('more/%d' % n, 'x', retain=True)
    for name, value in zip(stored, before):
        tally.expect(name, lambda value=value: value + 3)
    pub.disconnect()
    if shutil.which('mosquitto_sub'):
        check_mosquitto_sub(b)


run(test, sys_interval=1)
