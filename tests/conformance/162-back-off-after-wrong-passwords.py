#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""After more than three wrong passwords an address has to wait, then may try again."""

import time

from lib.case import *
from lib.case5 import *
from lib.scram import Scram, method
from lib.users import Users, pbkdf2

users = Users(alice=pbkdf2('one'))
REFUSED = [3, 0x9f, 0x9f]


def guess(b):
    """Be told that the password is wrong, as soon as it is looked at. Returns when it was sent."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        client = b.raw5()
        sent = time.monotonic()
        client.send(connect(client.client_id, username='alice', password='two'))
        code = client.expect(CONNACK).code
        client.expect_close()
        if code == 0x86:
            return sent
        equal(code, 0x9f)
        check(time.monotonic() < deadline, 'still waiting')


def even_with_the_right_one(b, kind):
    client = kind()
    client.send(client.codec.connect(client.client_id, username='alice', password='one'))
    return client.expect(CONNACK).code


def scram(b):
    client = b.raw5()
    client.send(connect('id', props=method(Scram('alice', 'one').first())))
    return client.expect(CONNACK).code


def test(b):
    while True:
        # after the fourth a second, then twice as much each time
        for _ in range(6):
            begin = guess(b)
        # Even with the right one, for four seconds.
        codes = [even_with_the_right_one(b, kind) for kind in (b.raw, b.raw5)] + [scram(b)]
        # or else it took longer than that, and one of them was let in
        if codes == REFUSED or time.monotonic() - begin < 4:
            break
    equal(codes, REFUSED)
    # Clients without a user name are no guesses.
    b.client().ping()
    deadline = time.monotonic() + TIMEOUT
    while True:
        client = b.raw5()
        client.send(connect(client.client_id, username='alice', password='one'))
        code = client.expect(CONNACK).code
        if not code:
            break
        equal(code, 0x9f)
        client.expect_close()
        check(time.monotonic() < deadline, 'still waiting')
    # All is forgotten.
    for _ in range(3):
        b.raw().connect(code=4, username='alice', password='two')
    b.client(username='alice', password='one').ping()


run(test, password_file=users.path)
