#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Certificates of clients are verified in the handshake, and give them their names."""

import ssl

from lib.case import *
from lib.tls import Authority, context, kind, refused, status, username

IDENTITY = ('127.0.0.1', 1885)
SUBJECT = ('127.0.0.1', 1884)
ca, stranger = Authority(), Authority('stranger')
server = ca.server()
good = ca.issue('alice')
wrong = {
    'revoked': ca.issue('revoked'),
    'expired': ca.issue('expired', days=-1),
    # what is signed by nobody that is known, as what signs itself is
    'unknown ca': stranger.issue('mallory'),
    # made for a server
    'bad certificate': ca.issue('server-only', 'tls_www_server'),
}
crl = ca.revoke(wrong['revoked'][0])
subject = ca.issue('named', subject='dn = "CN=bob,OU=clients,O=Example"')
nameless = ca.issue('nameless', subject='organization = "Example"')
options = {'cafile': ca.cert, 'crlfile': crl, 'require_certificate': 'true'}


def test(b):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        failures = status(b, 'tls_failures')
        for alert, cert in wrong.items():
            refused(IDENTITY, context(ca, version=version, cert=cert), alert)
        # none at all
        alert = 'certificate required' if version == ssl.TLSVersion.TLSv1_3 else 'handshake fail'
        refused(IDENTITY, context(ca, version=version), alert)
        equal(status(b, 'tls_failures') - failures, 5)

        # whoever CONNECT says it is
        client = b.client('one', kind=kind(ca, version=version, cert=good), address=IDENTITY,
                          username='bob')
        equal(username(b, client), 'alice')
        client = b.client('two', kind=kind(ca, version=version, cert=subject), address=SUBJECT)
        equal(username(b, client), 'CN=bob,OU=clients,O=Example')
        b.raw(kind=kind(ca, version=version, cert=nameless), address=IDENTITY).connect(code=4)


lines = ['%s %s' % item for item in {**server, **options}.items()]
run(test, then=['listener 1885 127.0.0.1', *lines, 'use_identity_as_username true',
                'listener 1884 127.0.0.1', *lines, 'use_subject_as_username true'])
