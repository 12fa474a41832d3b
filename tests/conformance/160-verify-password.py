#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A user name needs its password: each kind of hash, and each way to be wrong."""

from lib.case import *
from lib.case5 import *
from lib.users import Users, pbkdf2, sha512

users = Users(alice=pbkdf2('one'), bob=sha512('two'))
users.passwd('carol', 'three')


def test(b):
    for name, password in (('alice', 'one'), ('bob', 'two'), ('carol', 'three')):
        b.client(username=name, password=password).ping()
        b.client5(username=name, password=password).ping()
    b.raw().connect(code=4, username='alice', password='two')
    b.client(username='alice', password='one')
    b.raw().connect(code=4, username='bob', password='')
    b.client(username='alice', password='one')
    b.raw().connect(code=4, username='carol', password='one')
    b.client(username='alice', password='one')
    b.raw().connect(code=4, username='ali', password='one')
    b.client(username='alice', password='one')
    b.raw().connect(code=4, username='alice')
    b.client(username='alice', password='one')
    b.raw5().connect(code=0x86, username='alice', password='two')
    b.raw().connect(code=5)
    b.raw5().connect(code=0x87)
    b.client(username='alice', password='one').ping()


run(test, password_file=users.path, allow_anonymous='false')
