#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.1.0-2
"""persistent_client_expiration: the client is told; sessions that end are counted."""

from lib.case5 import *

EXPIRED = '$SYS/broker/clients/expired'


def test(b):
    watcher = b.client5()
    watcher.subscribe(EXPIRED)
    equal(watcher.expect_publish(EXPIRED, None, retain=None).payload, b'0')
    for name, wanted in (('forever', 0xffffffff), ('day', 86400)):
        client = b.client5(name, props=[(SESSION_EXPIRY, wanted)])
        equal(client.connack.props.get(SESSION_EXPIRY), 3600)
    # what is no longer than that is not changed
    for name, wanted in (('none', 0), ('a', 1), ('b', 1), ('hour', 3600)):
        client = b.client5(name, props=[(SESSION_EXPIRY, wanted)])
        check(SESSION_EXPIRY not in client.connack.props, 'changed')
        client.disconnect()
    while watcher.expect_publish(EXPIRED, None, retain=None).payload != b'2':
        pass
    for name in ('a', 'b'):
        b.client5(name, 0, clean=False).disconnect()
    b.client5('hour', 1, clean=False).disconnect()


run(test, persistent_client_expiration='1h', sys_interval=1)
