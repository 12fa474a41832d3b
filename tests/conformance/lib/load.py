# SPDX-License-Identifier: GPL-2.0
"""Publishing at full rate while rules change, and what must not come of it."""

import json
import socket
import threading

from .client import TIMEOUT, check, equal
from .packet import publish

BATCH = 64
WINDOW = 256

# A rule of "source" for each bit of a round's number, and of "reader".
ALWAYS = ['user calm', 'topic write steady', 'user all', 'topic read #', 'user reader',
          'topic read steady']


class Control:
    """What mqttctl does, without a process for each time."""

    def __init__(self, broker):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(broker.dir + '/control.sock')
        self.lines = self.sock.makefile('r', encoding='utf-8')

    def ask(self, command):
        self.sock.sendall(json.dumps({'cmd': command}).encode() + b'\n')
        answer = json.loads(self.lines.readline())
        check(answer['ok'], '%s: %r' % (command, answer))
        return answer

    def denied(self):
        return self.ask('status')['publish_denied']


def rules(number):
    """Odd rounds: t may be published. Every other two: reader may read it."""
    lines = list(ALWAYS)
    if number & 1:
        lines += ['user source', 'topic write t']
    if number & 2:
        lines += ['user reader', 'topic read t']
    return lines


class Flood(threading.Thread):
    """Numbered messages on t, as fast as the connection takes them."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client = client
        self.next = 0
        self.lock = threading.Lock()
        self.over = False

    def run(self):
        while not self.over:
            with self.lock:
                first = self.next
                self.next += BATCH
            self.client.send(*(publish('t', b'%d' % n) for n in range(first, first + BATCH)))

    def begun(self):
        """Messages from this one on have not been sent yet."""
        with self.lock:
            return self.next


class Steady(threading.Thread):
    """Numbered messages on "steady", no more at a time than readers can take: none may be lost."""

    def __init__(self, client, readers):
        super().__init__(daemon=True)
        self.client = client
        self.readers = readers
        self.next = 0
        self.over = False
        self.failed = None

    def run(self):
        try:
            while not self.over:
                for reader in self.readers:
                    reader.wait_steady(self.next - WINDOW)
                first, self.next = self.next, self.next + BATCH
                self.client.send(*(publish('steady', b'%d' % n) for n in range(first, self.next)))
        except Exception as error:  # pylint: disable=broad-except
            self.failed = error

    def check(self):
        """All that it has sent so far has come."""
        sent = self.next
        for reader in self.readers:
            reader.wait_steady(sent)

    def end(self):
        self.over = True
        self.join(TIMEOUT)
        if self.failed:
            raise self.failed
        self.check()


class Reader(threading.Thread):
    """Notes what it gets on t; all of "steady" must come, once and in order."""

    def __init__(self, client, flooded):
        super().__init__(daemon=True)
        self.client = client
        self.flooded = flooded
        self.flood = []
        self.steady = 0
        self.failed = None
        self.event = threading.Condition()

    def run(self):
        try:
            while self.one():
                pass
        except Exception as error:  # pylint: disable=broad-except
            self.failed = error
        with self.event:
            self.event.notify_all()

    def one(self):
        got = self.client.read()
        number = int(got.payload)
        with self.event:
            if got.topic == 't':
                self.flood.append(number)
            else:
                equal(number, self.steady, 'message on steady')
                self.steady += 1
            self.event.notify_all()
        return True

    def wait(self, condition):
        with self.event:
            check(self.event.wait_for(lambda: self.failed or condition(), TIMEOUT),
                  '%s: nothing comes' % self.client.client_id)
        if self.failed:
            raise self.failed

    def wait_flood(self, first):
        self.wait(lambda: self.flood and self.flood[-1] >= first)

    def wait_steady(self, number):
        self.wait(lambda: self.steady >= number)


class Forbidden:
    """Numbers that a reader must not get: those sent in rounds that deny them."""

    def __init__(self):
        self.spans = []

    def check(self, reader, may, begin, end):
        """After a round; what comes late of it is looked at after the next."""
        self.spans = (self.spans + [(begin, begin if may else end)])[-2:]
        with reader.event:
            got = reader.flood[:]
            del reader.flood[:-1]
        for first, last in self.spans:
            wrong = [n for n in got if first <= n < last]
            check(not wrong, '%s got %r of %d to %d' % (reader.client.client_id, wrong[:8],
                                                        first, last))
        check(all(a < b for a, b in zip(got, got[1:])), 'twice, or not in order')


def round_of(control, number, readers):
    """Reload, and see it at work. Returns the first message of this round, and how far it is."""
    before = control.denied()
    control.ask('reload')
    begin = readers[0].flooded.begun()
    if number & 1:
        readers[0].wait_flood(begin + WINDOW)
        if number & 2:
            readers[1].wait_flood(begin)
        return begin, readers[0].flood[-1] + 1
    while True:
        # all that has been denied since then comes after what was delivered before
        first = readers[0].flood[-1] + 1
        end = first + control.denied() - before
        if end > begin + WINDOW:
            return begin, end


def reload_under_load(b, acl, rounds):
    """What is sent after a reload has returned is handled by its rules alone."""
    control = Control(b)
    flood = Flood(b.client(username='source', keepalive=0))
    clients = [b.client(username=name, keepalive=0) for name in ('all', 'reader', 'reader')]
    readers = [Reader(client, flood) for client in clients]
    # whose class, and so whose flow, stays while groups change
    steady = Steady(b.client(username='calm', keepalive=0), readers)
    forbidden = [Forbidden() for client in clients]
    clients[0].subscribe('#')
    # what goes on is read by a filter of its own, or by the one that is in another group now
    clients[1].subscribe('#', 'steady')
    clients[2].subscribe('#')
    for thread in (flood, steady, *readers):
        thread.start()
    for number in range(1, rounds + 1):
        acl.write(*rules(number))
        begin, end = round_of(control, number, readers)
        forbidden[0].check(readers[0], number & 1, begin, end)
        for n in 1, 2:
            forbidden[n].check(readers[n], number & 3 == 3, begin, end)
        steady.check()
    steady.end()
    flood.over = True
    flood.join(TIMEOUT)
