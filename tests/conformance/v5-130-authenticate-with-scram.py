#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.12.0-2 MQTT-4.12.0-3 MQTT-4.12.0-5 MQTT-4.12.1-1 MQTT-4.12.1-2 MQTT-3.15.2-2 MQTT-3.15.2-3
"""SCRAM-SHA-256 over AUTH packets, and again later; the same entry takes a password as well."""

from lib.case5 import *
from lib.scram import Scram, answer, connect_scram, method, verifier
from lib.users import Users, pbkdf2

NAME = 'a=b,c'
users = Users(**{NAME: verifier('pencil'), 'bob': verifier('b'), 'carol': pbkdf2('c')})


def again(client, scram):
    """AUTH in the middle of everything else."""
    client.send(auth(0x19, method(scram.first())))
    final = answer(client, scram)
    client.ping()
    client.send(auth(0x18, method(final)))


def test(b):
    for header in 'n,,', 'y,,':
        client = connect_scram(b.raw5(), Scram(NAME, 'pencil', header))
        client.subscribe(('t/' + header[0], 1))
        client.publish('t/' + header[0], 'x', 1)
        client.expect_publish('t/' + header[0], 'x', 1)
        for _ in range(2):
            scram = Scram(NAME, 'pencil')
            again(client, scram)
            got = client.expect(AUTH)
            equal((got.code, got.props[AUTH_METHOD]), (0, 'SCRAM-SHA-256'))
            scram.check_server(got.props[AUTH_DATA])
            client.ping()
    # byte by byte, with an identifier that the broker chooses
    slow, scram = b.raw5(), Scram('bob', 'b')
    for byte in connect('', props=method(scram.first())):
        slow.send(bytes((byte,)))
    for byte in auth(0x18, method(answer(slow, scram))):
        slow.send(bytes((byte,)))
    got = slow.expect(CONNACK)
    scram.check_server(got.props[AUTH_DATA])
    check(got.props[ASSIGNED_CLIENT_ID], 'identifier')
    slow.ping()

    # an authentication that fails ends the connection
    watcher = b.client5(username='bob', password='b')
    watcher.subscribe('will')
    for wrong in Scram(NAME, 'pencil2'), Scram('bob', 'b'):
        client = connect_scram(b.raw5(), Scram(NAME, 'pencil'), will=('will', 'x'))
        if wrong.user == 'bob':
            client.send(auth(0x19, method(wrong.first())))
            client.expect(AUTH)
        else:
            again(client, wrong)
        client.expect_disconnect(0x87)
        watcher.expect_publish('will', 'x')
    # a client that did not begin with AUTH does not go on with it
    refused(b, 0x82, auth(0x19, method(Scram('bob', 'b').first())), auth(0x18, method(b'x')))
    for wrong in (auth(0x18, method(b'x')), auth(0, method(b'x')), auth(0x19, method(b'x', 'X')),
                  auth(0x19)):
        client = connect_scram(b.raw5(), Scram('bob', 'b'))
        client.send(wrong)
        client.expect_disconnect(0x82)


run(test, password_file=users.path, allow_anonymous='true')
