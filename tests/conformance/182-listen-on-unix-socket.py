#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""`listener 0 PATH` serves a Unix socket, and may take the peer for the user."""

import os
import pwd
import socket
import tempfile

from lib.case import *
from lib.control import control
from lib.users import Users, pbkdf2, reload

DIR = tempfile.mkdtemp(prefix='mqttd-unix-')
PLAIN, PEER = DIR + '/plain.sock', DIR + '/peer.sock'
users = Users(alice=pbkdf2('a'))


def test(b):
    a = b.client('a', address=PLAIN, username='alice', password='a')
    b.raw(address=PLAIN).connect(code=4, username='alice', password='b')
    tcp = b.client('t', username='alice', password='a')
    a.subscribe(('x/#', 1))
    tcp.subscribe(('x/#', 1))
    a.publish('x/a', 'one', 1)
    for client in (a, tcp):
        client.expect_publish('x/a', 'one', 1)
    for i in range(20):
        tcp.publish('x/t', b'%d' % i)
        for client in (a, tcp):
            client.expect_publish('x/t', b'%d' % i)
    large = os.urandom(300000)
    a.publish('x/large', large)
    for client in (a, tcp):
        client.expect_publish('x/large', large)

    # who the peer is stands for a password, and users read anew are not its
    peer = b.client('p', address=PEER)
    me = 'unix:uid=%d,pid=%d' % (os.getuid(), os.getpid())
    clients = {c['id']: c for c in control(b, cmd='client')['clients']}
    equal(clients['p']['address'], me)
    equal(clients['p']['username'], pwd.getpwuid(os.getuid()).pw_name)
    equal(clients['p']['conn'], 0)
    equal(clients['a']['address'], me)
    equal(clients['a']['username'], 'alice')
    equal(reload(b), (0, ''))
    peer.ping()
    users.write(bob=pbkdf2('b'))
    equal(reload(b), (0, ''))
    peer.ping()
    a.expect_close()

    b.terminate()
    equal(os.listdir(DIR), [])
    os.rmdir(DIR)


# what an earlier broker left behind is no obstacle
left = socket.socket(socket.AF_UNIX)
left.bind(PLAIN)
left.close()
run(test, password_file=users.path, allow_anonymous='false',
    then=['listener 0 ' + PLAIN, 'listener 0 ' + PEER, 'use_peercred_as_username true'])
