#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""WebSocket over TLS: the same frames, and the same ends."""

import os
import ssl

from lib.case import *
from lib.tls import Authority, kind, shown
from lib.websocket import CLOSE, PING, TEXT, WssClient, frame, request

WSS = ('127.0.0.1', 8443)
ca = Authority()


def test(b):
    tcp = b.client()
    tcp.subscribe(('#', 2))
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        how = {'kind': kind(ca, WssClient, version=version), 'address': WSS}
        ws = b.client(**how)
        equal(shown(b, ws).split(',')[0], 'websockets')
        check('tls 1.%s' % version.name[-1] in shown(b, ws), shown(b, ws))
        ws.subscribe(('#', 2))
        for size in (0, 1, 125, 126, 65536, 300000):
            payload = os.urandom(size)
            for qos in (0, 1, 2):
                for pub in (tcp, ws):
                    pub.publish('t', payload, qos)
                    for sub in (tcp, ws):
                        sub.expect_publish('t', payload, qos)
        two = publish('a', b'1') + publish('b', b'2' * 200)
        for byte in frame(two):
            ws.send_raw(bytes([byte]))
        for sub in (tcp, ws):
            sub.expect_publish('a', b'1')
            sub.expect_publish('b', b'2' * 200)
        for code, data in ((1003, frame(b'x', TEXT)), (1002, frame(b'\xc0\0', mask=False)),
                           (1000, frame(b'\x03\xe8', CLOSE))):
            bad = b.client(**how)
            bad.send_raw(data)
            bad.expect_close_code(code)
        ws.send_raw(frame(b'still here', PING))
        ws.ping()
        equal(ws.sock.pongs, [b'still here'])
        ws.disconnect()
    # a listener of the one is not one of the other
    plain = b.raw(address=WSS)
    plain.send(request())
    plain.expect_eof()
    tcp.expect_silence()


run(test, then=['listener 8443 127.0.0.1', 'protocol websockets'] +
    ['%s %s' % item for item in ca.server().items()])
