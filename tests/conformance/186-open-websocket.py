#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-6.0.0-3 MQTT-6.0.0-4
# Statements 5.0: MQTT-6.0.0-3 MQTT-6.0.0-4
"""Requests for a WebSocket: what is one is answered by the book, the rest refused."""

from lib.case import *
from lib.client import connect_to
from lib.websocket import KEY, Socket, WsClient, accept_of, frame, read_answer, request

WS = ('127.0.0.1', 8080)


class Plain:
    """A connection that has sent some bytes."""

    def __init__(self, *data):
        self.buffer = b''
        self.sock = connect_to(WS)
        for part in data:
            self.sock.sendall(part)

    def more(self):
        data = self.sock.recv(4096)
        self.buffer += data
        return data


def refused(status, data):
    plain = Plain(data)
    got = read_answer(plain)
    equal(got[0], status, 'answer to %r' % data)
    equal(got[1]['Connection'], 'close')
    if status == 426:
        equal(got[1]['Upgrade'], 'websocket')
        equal(got[1]['Sec-WebSocket-Version'], '13')
    equal(plain.more(), b'')


def opened(protocol='mqtt', **fields):
    sock = Socket(connect_to(WS), **fields)
    equal(sock.status, 101, 'with %r' % fields)
    equal(sock.fields, {'Upgrade': 'websocket', 'Connection': 'Upgrade',
                        'Sec-WebSocket-Accept': accept_of(fields.get('Sec_WebSocket_Key', KEY)),
                        'Sec-WebSocket-Protocol': protocol})
    sock.close()


def test(b):
    watch = b.client('watch', kind=WsClient, address=WS)
    opened()
    opened(Sec_WebSocket_Key='AAAAAAAAAAAAAAAAAAAAAA==')
    opened(Sec_WebSocket_Protocol='chat, mqtt')
    opened(Sec_WebSocket_Protocol='mqttv3.1,mqtt')
    opened('mqttv3.1', Sec_WebSocket_Protocol='mqttv3.1')
    opened(Connection='keep-alive, upgrade', Upgrade='WebSocket')
    opened(line='GET /any/path?with=query HTTP/1.1')
    opened(Cookie='c' * 4000, Origin='http://dashboard.example', Content_Length='0',
           Sec_WebSocket_Extensions='permessage-deflate')

    for fields in ({'Host': None}, {'Connection': None}, {'Connection': 'close'},
                   {'Sec_WebSocket_Key': None}, {'Sec_WebSocket_Key': 'short=='},
                   {'Sec_WebSocket_Key': '!' * 24}, {'Sec_WebSocket_Key': 'A' * 24},
                   {'Sec_WebSocket_Version': None}, {'Sec_WebSocket_Protocol': None},
                   {'Sec_WebSocket_Protocol': 'chat'}, {'Content_Length': '1'},
                   {'Transfer_Encoding': 'chunked'}, {'host': 'twice'},
                   {'Bad Name': 'x'}, {'X': 'a\x00b'}, {'X': 'a\nb'}, {'': 'x'}):
        refused(400, request(**fields))
    for line in ('POST / HTTP/1.1', 'GET / HTTP/1.0', 'GET  / HTTP/1.1', 'GET x HTTP/1.1',
                 'GET / HTTP/1.1 ', 'get / HTTP/1.1', ''):
        refused(400, request(line))
    refused(400, request().replace(b'\r\nUpgrade', b'\r\n Upgrade'))
    refused(426, request(Upgrade=None))
    refused(426, request(Upgrade='h2c'))
    refused(426, request(Sec_WebSocket_Version='8'))
    refused(431, b'GET / HTTP/1.1\r\nX: ' + b'x' * 8173)

    # byte by byte, and with frames right behind it
    plain = Plain(*(request()[i:i + 1] for i in range(len(request()))))
    equal(read_answer(plain)[0], 101)
    plain = Plain(request() + frame(connect('early')) + frame(b'\xc0\0'))
    equal(read_answer(plain)[0], 101)
    answers = (b'\x82\x04\x20\x02\0\0\x82\x02\xd0\0', b'\x82\x06\x20\x02\0\0\xd0\0')
    while plain.buffer not in answers:
        check(plain.more(), 'closed after %r' % plain.buffer)

    # MQTT without WebSocket, and the other way round
    mqtt = b.raw('m', address=WS)
    mqtt.send(connect('m'))
    b.raw('h').send(request())
    watch.ping()
    mqtt.drop()


run(test, then=['listener 8080 127.0.0.1', 'protocol websockets'])
