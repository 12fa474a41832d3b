#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.12.0-1 MQTT-4.12.0-4 MQTT-3.1.2-30
"""Whoever cannot prove that it knows the password gets a CONNACK that says no, and nothing else."""

from lib.case5 import *
from lib.scram import Scram, challenge, connect_scram, method, verifier
from lib.users import Users, pbkdf2

users = Users(alice=verifier('a', b'0123456789abcdef'), carol=pbkdf2('c'))


def refuse(b, code, *packets):
    """After the challenge each of these ends it."""
    for data in packets:
        client, scram = b.raw5(), Scram('alice', 'a')
        challenge(client, scram)
        client.send(data)
        equal(client.expect(CONNACK).code, code, repr(data))
        client.expect_close()


def check_first(b):
    good = Scram('alice', 'a').first()
    for data in (b'', b'n', b'n,,', b'n,,n=alice', b'n,,n=,r=x', b'n,,r=x,n=alice',
                 b'n,,n=a=lice,r=x', b'n,,n=alice,r=', b'n,,n=alice,r=a b', b'n,,m=x,' + good[3:],
                 b'p=tls-unique,,' + good[3:], b'n,a=bob,' + good[3:], b'z,,' + good[3:],
                 b'n,,n=al\0ice,r=x', b'n,,n=\xff,r=x', b'n,,n=' + b'a' * 5000 + b',r=x'):
        refused_connect(b, 0x87, connect('id', props=method(data)))
    refused_connect(b, 0x87, connect('id', props=method()))
    refused_connect(b, 0x8c, connect('id', props=method(good, 'SCRAM-SHA-1')))


def check_final(b):
    wrong = {
        'proof': lambda good: good[:-10] + b'AAAAAAAAA=',
        'no proof': lambda good: good[:good.index(b',p=')],
        'no base64': lambda good: good[:good.index(b',p=')] + b',p=!!!',
        'empty': lambda good: b'',
        # with a proof that is right for what is said
        'header': lambda good: good,
        'nonce': lambda good: good,
    }
    for name, change in wrong.items():
        client, scram = b.raw5(), Scram('alice', 'a')
        if name == 'header':
            scram.claimed_header = 'y,,'
        if name == 'nonce':
            scram.claimed_nonce = scram.nonce
        client.send(auth(0x18, method(change(challenge(client, scram)))))
        got = client.expect(CONNACK)
        equal((got.code, AUTH_DATA in got.props), (0x87, False), name)
        client.expect_close()
        # which is forgotten, or the address would have to wait
        connect_scram(b.raw5(), Scram('alice', 'a')).disconnect()


def check_who(b):
    """Nobody learns who there is: an unknown user's salt stays the same, too."""
    for user, password in (('alice', 'b'), ('bob', 'b'), ('carol', 'c')):
        salts = []
        for _ in range(2):
            client, scram = b.raw5(), Scram(user, password)
            client.send(auth(0x18, method(challenge(client, scram))))
            equal(client.expect(CONNACK).code, 0x87, user)
            client.expect_close()
            salts.append((scram.salt, scram.iterations))
            connect_scram(b.raw5(), Scram('alice', 'a')).disconnect()
        equal(salts[0], salts[1], user)
        equal(len(salts[0][0]), 16)


def test(b):
    check_first(b)
    refuse(b, 0x82, publish('t'), pingreq(), auth(0x19, method(b'x')), auth(0, method(b'x')),
           auth(0x18), auth(0x18, [(AUTH_DATA, b'x')]), auth(0x18, method(b'x', 'X')))
    refuse(b, 0x81, b'\xf0\x80\x80\x80\x80\x01', b'\xf0\xff\xff\x7f')
    client = b.raw5()
    challenge(client, Scram('alice', 'a'))
    client.send(disconnect())
    client.expect_close()
    check_final(b)
    check_who(b)


run(test, password_file=users.path)
