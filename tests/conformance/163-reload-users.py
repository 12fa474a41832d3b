#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""mqttctl reload and SIGHUP: all of the new password file, or all of the old one."""

import signal

from lib.case import *
from lib.case5 import *
from lib.users import Users, pbkdf2, reload

alice, bob, carol = pbkdf2('a'), pbkdf2('b'), pbkdf2('c')
users = Users(alice=alice, bob=bob)


def test(b):
    stays = b.client(username='alice', password='a')
    goes = b.client5(username='bob', password='b')
    anonymous = b.client()
    users.write(alice=alice, carol=carol)
    equal(reload(b), (0, ''))
    equal(goes.expect(DISCONNECT).code, 0x87)
    goes.expect_close()
    stays.ping()
    anonymous.ping()
    b.raw().connect(code=4, username='bob', password='b')
    other = b.client(username='carol', password='c')

    users.text('alice:%s\ncarol\n' % bob)
    status, said = reload(b)
    equal(status, 1)
    equal(said, 'mqttctl: reload: %s:2: not USER:HASH' % users.path)
    stays.ping()
    other.ping()
    b.client(username='alice', password='a').ping()

    users.write(alice=bob, carol=carol)
    b.process.send_signal(signal.SIGHUP)
    stays.expect_close()
    other.ping()
    b.client(username='alice', password='b').ping()


run(test, password_file=users.path)
