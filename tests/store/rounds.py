# SPDX-License-Identifier: GPL-2.0
"""Rounds of publishing that end in the broker's end, for tests/store.

Publishers at QoS 1 and 2 keep a window of messages in flight; after some messages the broker is cut
off and started again; publishers and subscribers go on where they were. What was acknowledged must
reach all subscribers, QoS 2 not twice.
"""

import os
import random
import sys
import time

import broker as lib

WINDOW = 20
TOPIC = 't/x'
# The client that is away comes back so often, and catches up with all of them.
AWAY = 20


class Rounds:
    """cut() ends the broker; it may let the clients read what was sent before."""

    def __init__(self, broker, count, most, cut):
        self.broker = broker
        self.count = count
        self.most = most
        self.cut = cut
        self.publishers = [(lib.Client(broker, 'pub%d' % i), 1 + i % 2) for i in range(4)]
        self.subscribers = [lib.Client(broker, 'sub1'), lib.Client(broker, 'sub2')]
        self.away = lib.Client(broker, 'away')
        self.number = 0
        self.done = 0
        self.lost = 0
        self.twice = 0
        self.refused = 0
        self.began = time.monotonic()

    def clients(self):
        return [p for p, _ in self.publishers] + self.subscribers

    def receivers(self):
        return self.subscribers + [self.away]

    def acked(self):
        return [m for p, _ in self.publishers for m in p.acked]

    def connect(self, clients):
        for c in clients:
            c.connect()
        if not lib.run(clients, 60, lambda: all(c.connected for c in clients)):
            raise lib.Failure('no CONNACK')

    def start(self):
        try:
            self.broker.start()
        except lib.Failure:
            self.refused += 1
            raise

    def subscribe(self):
        self.connect(self.receivers())
        for c in self.receivers():
            c.subscribe(TOPIC, 1 if c.name == 'sub1' else 2)
        if not lib.run(self.receivers(), 60, lambda: all(c.subacked for c in self.receivers())):
            raise lib.Failure('no SUBACK')
        self.away.close()

    def publish(self):
        for p, qos in self.publishers:
            while p.connected and len(p.outgoing) < WINDOW:
                self.number += 1
                p.publish(TOPIC, b'%d q%d' % (self.number, qos), qos)

    def resume(self, clients):
        """Connect those whose sessions must be there."""
        self.connect(clients)
        gone = [c.name for c in clients if not c.present]
        if gone:
            raise lib.Failure('sessions lost: %s' % gone)

    def settle(self):
        """Nothing new; wait, as long as something arrives, until all is acknowledged and received."""
        clients = self.clients() + [self.away]

        def complete():
            return not any(p.outgoing for p, _ in self.publishers) and \
                all(self.number <= len(r.received) for r in self.receivers())

        count = -1
        while not complete() and count != sum(len(r.received) for r in self.receivers()):
            count = sum(len(r.received) for r in self.receivers())
            lib.run(clients, 20, complete)
        if any(p.outgoing for p, _ in self.publishers):
            raise lib.Failure('a message sent again is not acknowledged')

    def one(self, turn):
        self.connect(self.clients()) if not turn else self.resume(self.clients())
        # in the midst of it, whatever the speed of the machine
        last = self.number + random.randrange(self.most // 30 + 1, self.most)
        lib.run(self.clients(), 120, lambda: self.number >= last, self.publish)
        if self.number < last:
            raise lib.Failure('only %d of %d messages' % (self.number, last))
        self.cut(self.clients())
        # what the broker has sent, but no client has read, is not known to anybody
        for c in self.clients():
            c.close()
        self.start()
        self.done += 1

    def run(self):
        self.start()
        self.subscribe()
        for turn in range(self.count):
            self.one(turn)
            if turn % AWAY == AWAY - 1 or turn == self.count - 1:
                self.resume(self.clients() + [self.away])
                self.settle()
                self.away.close()
                self.progress()

    def progress(self):
        print('# %d rounds, %d messages acknowledged, %.1f s a round' % (
            self.done, len(self.acked()), (time.monotonic() - self.began) / self.done), flush=True)

    def verdict(self):
        wrong = []
        acked = set(self.acked())
        for r in self.receivers():
            lost = acked.difference(r.received)
            self.lost += len(lost)
            if lost:
                wrong.append('%s lost %d of %d: %s' % (r.name, len(lost), len(acked), sorted(lost)[:5]))
            if r.name == 'sub1':
                continue
            twice = [m for m, n in r.received.items() if n > 1 and m.endswith(b'q2')]
            self.twice += len(twice)
            if twice:
                wrong.append('%s got %d twice: %s' % (r.name, len(twice), twice[:5]))
        if len(acked) < self.done * self.most // 60:
            wrong.append('only %d messages' % len(acked))
        return wrong


def main(broker, count, most, cut, what):
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    random.seed(seed)
    print('1..1\n# seed %d' % seed)
    rounds = Rounds(broker, count, most, cut)
    wrong = []
    try:
        rounds.run()
    except (lib.Failure, OSError) as failure:
        wrong = [repr(failure)]
    wrong += rounds.verdict()
    print('# %d rounds, %d messages acknowledged, %d lost, %d of QoS 2 twice, %d starts refused' % (
        rounds.done, len(rounds.acked()), rounds.lost, rounds.twice, rounds.refused))
    for line in wrong:
        print('# ' + line.replace('\n', '\n# '))
    print('%s 1 - %d %s lose nothing acknowledged and repeat no QoS 2' % (
        'not ok' if wrong else 'ok', count, what))
    sys.stdout.flush()
    return 1 if wrong else 0
