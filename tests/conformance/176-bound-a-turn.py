#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""How much of those who publish where they may not comes before another client's turn.

The broker is stopped until they have sent megabytes and the other one its few bytes. After each
64 KiB of theirs is a message that they may publish: a reader counts those before the other's.
"""

import os
import signal
import socket
import threading

from lib.case import *
from lib.acl import Acl, denied

SO_SNDBUFFORCE = 32
FLOODS, PIECES = 4, 128
PIECE = 1 << 16
# What a turn of the loop receives of all clients together (daemon/loop.c: 128 buffers).
TURN = 128 * 32768 // PIECE
acl = Acl('user good', 'topic readwrite good/#', 'topic read mark', 'user bad', 'topic write mark')


def piece(qos):
    """Denied messages, and one to count."""
    one = publish('bad', bytes(1000), qos, 1 if qos else None)
    count = PIECE // len(one)
    return one * count + publish('mark', 'x'), count


class Flood(threading.Thread):
    """One that sends, and another that takes what is answered, until it has all been handled."""

    def __init__(self, client, data):
        super().__init__(daemon=True)
        self.client = client
        self.data = data
        client.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 2 * len(data))
        self.sent = False

    def run(self):
        self.client.send(self.data)
        self.sent = True


def test(b):
    # those of QoS 0 are denied by the kernel once it has been told, without a turn of the loop
    qos = 1 if KERNEL else 0
    data, count = piece(qos)
    good, reader = b.client(username='good'), b.client(username='good')
    reader.subscribe(('good/#', 1), 'mark')
    floods = [Flood(b.client(username='bad'), data * PIECES) for _ in range(FLOODS)]
    before = denied(b)
    b.process.send_signal(signal.SIGSTOP)
    check(os.WIFSTOPPED(os.waitpid(b.process.pid, os.WUNTRACED)[1]), 'not stopped')
    for flood in floods:
        flood.start()
    for flood in floods:
        flood.join(TIMEOUT)
        check(flood.sent, 'the socket does not take it')
    good.send(publish('good/a', 'now', 1, 1), pingreq())
    b.process.send_signal(signal.SIGCONT)
    marks = 0
    while (got := reader.expect_publish(qos=None)).topic == 'mark':
        marks += 1
    equal(got.topic, 'good/a')
    good.wait(PUBACK, 1)
    good.wait(PINGRESP)
    print('# %d KiB of %d came before' % (marks * PIECE >> 10, FLOODS * PIECES * PIECE >> 10))
    check(marks <= 2 * TURN, '%d pieces came before' % marks)
    for _ in range(FLOODS * PIECES - marks):
        reader.expect_publish('mark', 'x')
    for flood in floods:
        flood.client.ping()
    equal(denied(b) - before, FLOODS * PIECES * count)


run(test, acl_file=acl.path, allow_anonymous='true')
