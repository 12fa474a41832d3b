#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""close_notify both ways; new keys, or another handshake, end a connection cleanly."""

import ssl

from lib.case import *
from lib.tls import Authority, SERVED, Terminal, kind

ca = Authority()
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def strict(**how):
    """A client to whom an end without close_notify is an error."""
    make = kind(ca, **how)

    def client(*args, **options):
        made = make(*args, **options)
        made.sock.suppress_ragged_eofs = False
        return made
    return client


def test(b):
    watcher = b.client(kind=kind(ca))
    watcher.subscribe(('will/#', 1))
    for version in VERSIONS:
        # the broker's
        client = b.client(kind=strict(version=version))
        client.send(disconnect())
        client.expect_eof()
        client = b.client(kind=strict(version=version))
        client.send(packet(0xf0))
        client.expect_close()

        # the client's: the broker answers, and the will is published
        name = version.name[-1]
        client = b.client(kind=strict(version=version), will=('will/' + name, 'gone', 1, 0))
        client.sock.unwrap()
        client.expect_eof()
        watcher.expect_publish('will/' + name, 'gone', 1)

    # new keys: the daemon takes them, the kernel cannot; neither makes another handshake
    for flag, letter in (('-tls1_3', b'K'), ('-tls1_2', b'R')):
        name = 'letter' + letter.decode()
        terminal = Terminal(ca, b.address, flag)
        terminal.wait(b'Verify return code: 0')
        terminal.send(connect(name, will=('will/x', name, 1, 0)))
        # CONNACK: openssl takes no data while it wants another handshake
        terminal.wait(b'\x20\x02\0\0')
        terminal.send(letter + b'\n')
        if letter == b'K' and SERVED == 'daemon':
            terminal.wait(b'KEYUPDATE')
            terminal.send(publish('will/new', 'keys', 0))
            watcher.expect_publish('will/new', 'keys')
            terminal.process.kill()
        watcher.expect_publish('will/x', name, 1)
        said = terminal.end()
        if letter == b'R' or SERVED == 'ktls':
            check(b'alert' in said, 'openssl said %r' % said[-300:])
    watcher.ping()


run(test, **ca.server())
