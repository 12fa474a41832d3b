#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Clients that ask for short records (max_fragment_length) get no others, in both versions."""

import re

from lib.case import *
from lib.tls import Authority, Terminal, kind

ca = Authority()
BIG = bytes(range(97, 123)) * 1000


class Receiver(Terminal):
    """openssl s_client, which ends when a record is longer than it asked for, and tells of each."""

    def __init__(self, broker, flag, name, filters):
        super().__init__(ca, broker.address, flag, '-quiet', '-msg', '-maxfraglen', '512')
        self.send(connect(name) + subscribe(1, (filters, 1)))

    def end(self):
        self.process.kill()
        self.process.communicate()


def test(b):
    sender = b.client(kind=kind(ca))
    for flag in ('-tls1_2', '-tls1_3'):
        name = 'short' + flag[-1]
        receiver = Receiver(b, flag, name, 'short')
        while not any('subscribe: %s short' % name in line for line in b.log):
            sender.ping()
        for qos in (0, 1):
            sender.publish('short', BIG + b'end%d' % qos, qos)
            receiver.wait(b'end%d' % qos)
        sizes = [int.from_bytes(bytes.fromhex(text.decode()), 'big') for text in
                 re.findall(rb'17 03 03 ([0-9a-f]{2} [0-9a-f]{2})', receiver.said)]
        check(len(sizes) > 2 * len(BIG) // 512, '%d records' % len(sizes))
        check(max(sizes) <= 512 + 29, 'a record of %d bytes' % max(sizes))
        receiver.end()


run(test, **ca.server(), log_type='all')
