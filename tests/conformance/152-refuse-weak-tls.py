#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""No TLS below 1.2, no cipher that does not authenticate, and no other protocol."""

import ssl

from lib.case import *
from lib.tls import Authority, context, kind, refused, shown, status

LATEST, CHOSEN = ('127.0.0.1', 1884), ('127.0.0.1', 1885)
PLAIN = ('127.0.0.1', 1886)
ca = Authority()
server = ['%s %s' % item for item in ca.server().items()]
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def test(b):
    refused(b.address, context(ca, version=ssl.TLSVersion.TLSv1_1,
                               ciphers='ALL:@SECLEVEL=0'), 'protocol version')
    refused(b.address, context(ca, version=ssl.TLSVersion.TLSv1,
                               ciphers='ALL:@SECLEVEL=0'), 'protocol version')
    for ciphers in ('ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA', 'AES128-GCM-SHA256'):
        refused(b.address, context(ca, version=TLS12, ciphers=ciphers), 'handshake failure')
    refused(LATEST, context(ca, version=TLS12), 'handshake failure')
    b.client(kind=kind(ca, version=TLS13), address=LATEST).ping()

    # of 1.2 one cipher, of 1.3 another
    refused(CHOSEN, context(ca, version=TLS12, ciphers='ECDHE-ECDSA-CHACHA20-POLY1305'),
            'handshake failure')
    client = b.client(kind=kind(ca, version=TLS12), address=CHOSEN)
    equal(client.sock.cipher()[0], 'ECDHE-ECDSA-AES256-GCM-SHA384')
    client = b.client(kind=kind(ca, version=TLS13), address=CHOSEN)
    equal(client.sock.cipher()[0], 'TLS_CHACHA20_POLY1305_SHA256')

    # plain text to TLS, TLS to plain text, neither to either
    failures = status(b, 'tls_failures')
    client = b.raw()
    client.send(connect('plain'))
    client.expect_eof()
    equal(status(b, 'tls_failures') - failures, 1)
    for data in (b'GET / HTTP/1.1\r\n\r\n', bytes(300), b'\x16\x03\x01\xff\xff' + bytes(64),
                 b'\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00', b'\x15\x03\x03\x00\x02\x02\x28'):
        client = b.raw()
        client.send(data)
        client.half_close()
        client.expect_eof()
    try:
        kind(ca)(PLAIN)
        raise Failed('TLS on a listener without')
    except OSError:
        pass
    client = b.client(address=PLAIN)
    equal(shown(b, client), None)
    client.ping()


run(test, **ca.server(),
    then=['listener 1884 127.0.0.1', *server, 'tls_version tlsv1.3', 'listener 1885 127.0.0.1',
          *server, 'ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384',
          'ciphers_tls1.3 TLS_CHACHA20_POLY1305_SHA256', 'listener 1886 127.0.0.1'])
