#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""max_queued_bytes and max_inflight_bytes, as mosquitto has them."""

import json
import socket as sockets

from lib.case import *

SIZE = 1000


def ask(b, client_id):
    """What the daemon tells mqttctl client about it."""
    with sockets.socket(sockets.AF_UNIX) as sock:
        sock.connect(b.dir + '/control.sock')
        sock.sendall(json.dumps({'cmd': 'client', 'id': client_id}).encode() + b'\n')
        return json.loads(sock.makefile().readline())['clients'][0]


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    sub.disconnect()
    for n in range(20):
        pub.publish('t', b'%04d' % n + bytes(SIZE - 4), 2)
    # the message that reaches the limit is the last one taken
    told = ask(b, 's')
    equal((told['queued'], told['queued_bytes'], told['inflight'],
           told['dropped']), (6, 6 * SIZE, 0, 14))
    sub = b.client('s', clean=False, session_present=1)
    # two are in flight: the second one passes the limit
    first = sub.expect_publish('t', None, 2, ack=False)
    second = sub.expect_publish('t', None, 2, ack=False)
    sub.expect_silence()
    told = ask(b, 's')
    equal((told['inflight'], told['inflight_bytes'], told['queued_bytes']),
          (2, 2 * SIZE, 4 * SIZE))
    # it is in flight until PUBCOMP
    sub.send(pubrec(first.pid))
    sub.wait(PUBREL, first.pid)
    sub.expect_silence()
    told = ask(b, 's')
    equal((told['inflight'], told['inflight_bytes'], told['queued_bytes']),
          (2, 2 * SIZE, 4 * SIZE))
    sub.send(pubcomp(first.pid))
    third = sub.expect_publish('t', None, 2, ack=False)
    told = ask(b, 's')
    equal((told['inflight'], told['inflight_bytes'], told['queued_bytes']),
          (2, 2 * SIZE, 3 * SIZE))
    sub.ack(second)
    sub.ack(third)
    got = [first, second, third]
    while len(got) < 6:
        got.append(sub.expect_publish('t', None, 2))
    equal([int(m.payload[:4]) for m in got], list(range(6)))
    sub.sync()
    told = ask(b, 's')
    equal((told['queued'], told['queued_bytes'], told['inflight'],
           told['inflight_bytes']), (0, 0, 0, 0))


run(test, max_queued_bytes=6 * SIZE - 1, max_inflight_bytes=SIZE + 1)
