#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-6.0.0-1 MQTT-6.0.0-2
# Statements 5.0: MQTT-6.0.0-1 MQTT-6.0.0-2
"""Binary frames carry MQTT however it is cut; others end their connection alone."""

import os

from lib.case import *
from lib.case5 import Client5
from lib.websocket import (BINARY, CLOSE, CONTINUATION, PING, TEXT, WsClient, WsClient5, frame)

WS = ('127.0.0.1', 8080)


def pieces(data, *sizes):
    """One message in fragments."""
    out = []
    for i, size in enumerate(sizes):
        out.append(frame(data[:size], CONTINUATION if i else BINARY, fin=False))
        data = data[size:]
    return out + [frame(data, CONTINUATION)]


def test(b):
    tcp = b.client('tcp')
    tcp.subscribe(('#', 2))
    ws = b.client('ws', kind=WsClient, address=WS)
    ws.subscribe(('#', 2))

    def both(topic, payload, qos=0):
        for client in (tcp, ws):
            client.expect_publish(topic, payload, qos)

    # to and from other listeners, with each QoS, and with runs of messages
    for qos in (0, 1, 2):
        tcp.publish('t/tcp', b'%d' % qos, qos)
        both('t/tcp', b'%d' % qos, qos)
        ws.publish('t/ws', b'%d' % qos, qos)
        both('t/ws', b'%d' % qos, qos)
    tcp.send(*(publish('run', b'%d' % i) for i in range(500)))
    for i in range(500):
        both('run', b'%d' % i)
    for size in (100, 126, 65000, 70000, 300000):
        payload = os.urandom(size)
        ws.publish('large', payload)
        both('large', payload)

    # packets and frames have nothing to do with each other
    two = publish('a', b'1') + publish('b', b'2' * 200)
    for data in ([frame(two)], [frame(two[i:i + 1]) for i in range(len(two))],
                 [frame(two[:5]), frame(b''), frame(two[5:100]), frame(two[100:])],
                 pieces(two, 1, 3, 0, 100), [b''.join(pieces(two, 7))],
                 pieces(two, 2)[:1] + [frame(b'now', PING)] + pieces(two, 2)[1:]):
        ws.send_raw(*data)
        both('a', b'1')
        both('b', b'2' * 200)
    raw = frame(two)
    for i in range(len(raw)):
        ws.send_raw(raw[i:i + 1])
    both('a', b'1')
    both('b', b'2' * 200)
    equal(ws.sock.pongs, [b'now'])
    ws.send_raw(frame(b'p' * 125, PING), frame(b'', PING))
    ws.ping()
    equal(ws.sock.pongs[1:], [b'p' * 125, b''])

    # what is not allowed
    start = frame(b'\xc0', fin=False)
    for code, data in ((1003, frame(b'\xc0\0', TEXT)), (1003, frame(b'x', TEXT, fin=False)),
                       (1002, frame(b'\xc0\0', mask=False)), (1002, frame(b'', 3)),
                       (1002, frame(b'', 11)), (1002, frame(b'x', rsv=4)),
                       (1002, frame(b'x', CONTINUATION)), (1002, start + frame(b'\0')),
                       (1002, frame(b'', PING, fin=False)), (1002, frame(b'p' * 126, PING)),
                       (None, frame(b'\x03', CLOSE)), (1002, frame(b'\0\1', CLOSE)),
                       (1009, b'\x82\xff\0\0\0\1\0\0\0\0' + b'key.'),
                       (1009, start + frame(b'', CONTINUATION, fin=False) +
                        b'\x80\xff\0\0\0\1\0\0\0\0' + b'key.')):
        bad = b.client('bad', kind=WsClient, address=WS,
                       will=('will', b'bad', 0, False))
        bad.send_raw(data, frame(publish('never', b'x')))
        bad.expect_close_code(code)
        both('will', b'bad')
        ws.ping()

    # the end, said by either
    leaves = b.client('leaves', kind=WsClient, address=WS)
    leaves.send_raw(frame(b'\x03\xe8bye', CLOSE))
    leaves.expect_close_code(1000)
    leaves = b.client('leaves', kind=WsClient, address=WS)
    leaves.send(disconnect())
    leaves.expect_close_code(1000)
    new = b.client('new', kind=WsClient5, address=WS)
    new.send(b'\xf0\1\x55')
    new.expect_disconnect(0x82)
    equal(new.sock.close_code, 1000)
    older = b.client('taken', kind=WsClient, address=WS)
    b.client('taken')
    older.expect_close_code(1000)
    tcp.expect_silence()
    ws.expect_silence()


run(test, then=['listener 8080 127.0.0.1', 'protocol websockets'])
