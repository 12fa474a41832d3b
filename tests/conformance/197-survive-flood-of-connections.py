#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Connections from one address, as fast as they can be made, keep nobody else out."""

import os
import select
import socket

from lib.case import *
from lib.control import control

ATTACKER = '127.0.0.2'
ROUNDS, REFUSED = 100, 100


def flood(address, stop):
    """Connects until it is told to stop; the broker closes most of them."""
    count = 0
    open_ones = []
    while not select.select([stop], [], [], 0)[0]:
        sock = socket.socket()
        # as many ports as there are
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)
        sock.bind((ATTACKER, 0))
        try:
            sock.connect(address)
            count += 1
        except OSError:
            pass
        open_ones.append(sock)
        if len(open_ones) > 200:
            open_ones.pop(0).close()
    return count


def test(b):
    sub, pub = b.client(), b.client()
    sub.subscribe(('t', 0))
    stop, go = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(go)
        count = flood(b.address, stop)
        os._exit(0 if count > REFUSED else 1)
    os.close(stop)
    rounds = 0

    def refused():
        return control(b, cmd='limits')['limits']['connect_rate_refused']

    while rounds < ROUNDS or refused() < REFUSED:
        pub.publish('t', b'%d' % rounds)
        sub.expect_publish('t', b'%d' % rounds)
        b.client(source='127.0.1.%d' % (1 + rounds % 200)).disconnect()
        rounds += 1
    os.close(go)
    equal(os.waitpid(pid, 0)[1], 0, 'status of the flood')


run(test, connect_rate='20')
