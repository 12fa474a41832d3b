#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Clients that ask for short records get no others: both extensions, both versions."""

import re
import subprocess

from lib.case import *
from lib.tls import Authority, kind

ca = Authority()
BIG = bytes(range(97, 123)) * 1000


class Receiver:
    """openssl s_client, which ends when a record is longer than it asked for, and tells of each."""

    def __init__(self, broker, flag, name, filters):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ['openssl', 's_client', '-connect', '%s:%d' % broker.address, '-CAfile', ca.cert, flag,
             '-quiet', '-msg', '-maxfraglen', '512'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b''
        self.process.stdin.write(connect(name) + subscribe(1, (filters, 1)))
        self.process.stdin.flush()

    def wait(self, text):
        while text not in self.said:
            data = self.process.stdout.read1(65536)
            check(data, 'openssl ended, and said %r' % self.said[-500:])
            self.said += data

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
