#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""After more than three wrong passwords an address has to wait, then may try again."""

import time

from lib.case import *
from lib.case5 import *
from lib.scram import Scram, method
from lib.users import Users, pbkdf2

users = Users(alice=pbkdf2('one'))


def guess(b):
    """Be told that the password is wrong, as soon as it is looked at."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        client = b.raw5()
        client.send(connect(client.client_id, username='alice', password='two'))
        code = client.expect(CONNACK).code
        client.expect_close()
        if code == 0x86:
            break
        equal(code, 0x9f)
        check(time.monotonic() < deadline, 'still waiting')


def test(b):
    # after the fourth a second, then twice as much each time
    for _ in range(6):
        guess(b)
    # Even with the right one, for four seconds.
    b.raw().connect(code=3, username='alice', password='one')
    b.raw5().connect(code=0x9f, username='alice', password='one')
    refused_connect(b, 0x9f, connect('id', props=method(Scram('alice', 'one').first())))
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
