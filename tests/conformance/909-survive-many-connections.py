#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""Three hundred connections open at once all work, and all go."""

from lib.case import *


def test(b):
    clients = [b.raw() for _ in range(300)]
    for client in clients:
        client.send(connect(client.client_id), subscribe(1, 'all'))
    for client in clients:
        client.expect_connack(0)
        client.expect(SUBACK, 1)
    clients[0].publish('all', 'x')
    for client in clients:
        client.expect_publish('all', 'x')
    for n, client in enumerate(clients[1:]):
        (Client.disconnect, Client.close, Client.reset)[n % 3](client)
    clients[0].publish('all', 'y')
    clients[0].expect_publish('all', 'y')


run(test)
