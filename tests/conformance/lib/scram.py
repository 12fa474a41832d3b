# SPDX-License-Identifier: GPL-2.0
"""The client's side of SCRAM-SHA-256 (RFC 5802, 7677), and what a broker keeps of a password."""

import base64
import hashlib
import hmac
import os

from .client import check, equal
from .packet5 import AUTH, AUTH_DATA, AUTH_METHOD, CONNACK, auth, connect

METHOD = 'SCRAM-SHA-256'
ITERATIONS = 4096


def sign(key, text):
    return hmac.new(key, text.encode() if isinstance(text, str) else text, 'sha256').digest()


def b64(data):
    return base64.b64encode(data).decode()


def verifier(password, salt=None):
    """An entry of a password file."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac('sha256', password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(sign(salted, 'Client Key')).digest()
    return 'SCRAM-SHA-256$%d:%s$%s:%s' % (ITERATIONS, b64(salt), b64(stored),
                                          b64(sign(salted, 'Server Key')))


class Scram:
    """One exchange."""

    def __init__(self, user, password, header='n,,'):
        self.user, self.password, self.header = user, password, header
        self.nonce = b64(os.urandom(18))
        # what the last message says of the first: something else, to be wrong
        self.claimed_header, self.claimed_nonce = header, None
        self.salt = self.iterations = None

    @property
    def bare(self):
        name = self.user.replace('=', '=3D').replace(',', '=2C')
        return 'n=%s,r=%s' % (name, self.nonce)

    def first(self):
        return (self.header + self.bare).encode()

    def final(self, server_first):
        self.server_first = server_first.decode()
        fields = dict(field.split('=', 1) for field in self.server_first.split(','))
        check(fields['r'].startswith(self.nonce) and len(fields['r']) >= len(self.nonce) + 20,
              'nonce %r' % fields['r'])
        self.salt, self.iterations = base64.b64decode(fields['s']), int(fields['i'])
        check(self.iterations >= 4096, 'too few iterations')
        without = 'c=%s,r=%s' % (b64(self.claimed_header.encode()),
                                 self.claimed_nonce or fields['r'])
        salted = hashlib.pbkdf2_hmac('sha256', self.password.encode(), self.salt,
                                     self.iterations)
        key = sign(salted, 'Client Key')
        message = '%s,%s,%s' % (self.bare, self.server_first, without)
        signature = sign(hashlib.sha256(key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        self.server_signature = sign(sign(salted, 'Server Key'), message)
        return ('%s,p=%s' % (without, b64(proof))).encode()

    def check_server(self, data):
        equal(data.decode(), 'v=' + b64(self.server_signature), 'server signature')


def method(data=None, name=METHOD):
    return [(AUTH_METHOD, name)] + ([] if data is None else [(AUTH_DATA, data)])


def challenge(client, scram, **options):
    """CONNECT with the first message; returns the last one that belongs to the answer."""
    client.send(connect(client.client_id, props=method(scram.first()), **options))
    return answer(client, scram)


def answer(client, scram):
    got = client.expect(AUTH)
    equal((got.code, got.props[AUTH_METHOD]), (0x18, METHOD))
    return scram.final(got.props[AUTH_DATA])


def connect_scram(client, scram, **options):
    """The whole exchange up to CONNACK."""
    client.send(auth(0x18, method(challenge(client, scram, **options))))
    got = client.expect(CONNACK)
    equal((got.code, got.props[AUTH_METHOD]), (0, METHOD))
    scram.check_server(got.props[AUTH_DATA])
    return client
