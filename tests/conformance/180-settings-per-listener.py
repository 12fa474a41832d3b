#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""With per_listener_settings a listener's users and identifiers are its own."""

from lib.case import *
from lib.case5 import *
from lib.users import Users, pbkdf2, reload

SECOND = ('127.0.0.1', 1884)
THIRD = ('127.0.0.1', 1885)
alice, bob = pbkdf2('a'), pbkdf2('b')
here = Users(alice=alice)
there = Users(bob=bob)


def test(b):
    # the first takes anybody, and looks at user names
    b.client()
    stays = b.client(username='alice', password='a')
    b.raw().connect(code=4, username='bob', password='b')
    assigned = b.client5('').client_id
    check(assigned.startswith('one-'), 'identifier is %r' % assigned)

    # the second takes its own users only
    b.raw(address=SECOND).connect(code=5)
    goes = b.client(username='bob', password='b', address=SECOND)
    b.raw(address=SECOND).connect(code=4, username='alice', password='a')
    b.raw('', address=SECOND).connect(code=2, username='bob', password='b')

    # the third looks at no user names, and lets nobody in without being told
    b.raw(address=THIRD).connect(code=5)
    b.raw(address=THIRD).connect(code=5, username='bob', password='b')

    # what is wrong in one file leaves all as they are
    here.write(alice=bob)
    there.text('bob\n')
    status, said = reload(b)
    equal((status, said), (1, 'mqttctl: reload: %s:1: not USER:HASH' % there.path))
    stays.ping()
    goes.ping()
    here.write(alice=alice)
    there.write(bob=alice)
    equal(reload(b), (0, ''))
    stays.ping()
    goes.expect_close()
    b.client(username='bob', password='a', address=SECOND)

    # a message goes from a client of one listener to one of another
    stays.subscribe(('t', 0))
    other = b.client(username='bob', password='a', address=SECOND)
    other.publish('t', 'x')
    stays.expect_publish('t', 'x')


run(test, first=['per_listener_settings true'], auto_id_prefix='one-', password_file=here.path,
    then=['listener 1884 127.0.0.1', 'password_file ' + there.path,
          'allow_zero_length_clientid false', 'listener 1885 127.0.0.1'])
