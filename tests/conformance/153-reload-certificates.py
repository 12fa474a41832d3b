#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""mqttctl reload and SIGHUP: certificates, authorities and revocations for new connections."""

import os
import shutil
import signal

from lib.case import *
from lib.tls import Authority, context, kind, refused
from lib.users import reload

ca, other = Authority(), Authority('other')
server = ca.server()
client_cert, second_cert = ca.issue('alice'), ca.issue('bob')
crl = ca.revoke(ca.issue('nobody')[0])


def replace(path, by):
    shutil.copy(by, path + '.new')
    os.rename(path + '.new', path)


def test(b):
    stays = b.client(kind=kind(ca, cert=client_cert))
    before = stays.sock.getpeercert(True)

    # another certificate and a revocation
    ca.issue('server', 'tls_www_server')
    ca.revoke(client_cert[0])
    equal(reload(b), (0, ''))
    stays.ping()
    refused(b.address, context(ca, cert=client_cert), 'revoked')
    new = b.client(kind=kind(ca, cert=second_cert))
    check(new.sock.getpeercert(True) != before, 'the certificate is the old one')

    # what is broken leaves all as it was, and says so
    with open(server['certfile'], 'r+', encoding='utf-8') as file:
        good = file.read()
        file.seek(0)
        file.write('x' * len(good))
    code, said = reload(b)
    equal(code, 1)
    check(said.startswith('mqttctl: reload: ' + server['certfile']), said)
    with open(server['certfile'], 'w', encoding='utf-8') as file:
        file.write(good)
    os.rename(crl, crl + '.away')
    code, said = reload(b)
    equal(code, 1)
    check(crl in said and 'No such file' in said, said)
    os.rename(crl + '.away', crl)
    b.client(kind=kind(ca, cert=second_cert)).ping()

    # another authority: who had a certificate of the old one has none any more
    refused(b.address, context(ca, cert=other.issue('carol')), 'unknown ca')
    replace(ca.path('clients.crt'), other.cert)
    b.process.send_signal(signal.SIGHUP)
    while True:
        try:
            refused(b.address, context(ca, cert=second_cert), 'unknown ca')
            break
        except Failed:
            # the signal has not been handled yet
            new.ping()
    b.client(kind=kind(ca, cert=other.issue('carol'))).ping()
    stays.ping()
    new.ping()


shutil.copy(ca.cert, ca.path('clients.crt'))
run(test, **server, cafile=ca.path('clients.crt'), crlfile=crl, require_certificate='true')
