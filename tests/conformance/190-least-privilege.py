#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Started by root it goes on as its user, with one capability at most and a filter."""

import tempfile

from lib.case import *
from lib.privileges import check_least
from lib.users import Users, pbkdf2, reload

users = Users(alice=pbkdf2('a'))
os.chmod(users.dir.name, 0o755)
store = tempfile.TemporaryDirectory()


def test(b):
    check_least(b.process.pid)
    sub = b.client(username='alice', password='a')
    sub.subscribe(('t', 1))
    pub = b.client()
    for qos in (0, 1):
        pub.publish('t', b'x', qos)
        sub.expect_publish('t', b'x', qos)
    users.write(alice=pbkdf2('b'))
    equal(reload(b), (0, ''))
    sub.expect_close()
    b.client(username='alice', password='b').ping()
    check_least(b.process.pid)


run(test, user='nobody', password_file=users.path, persistence='true',
    persistence_location=store.name)
