#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Valid streams with a few bytes changed, cut or doubled disturb nobody."""

from lib.case import *


def test(b):
    rng = random.Random(907)
    pub, sub = b.client(), b.client()
    sub.subscribe(('guard', 1))
    stream = b''.join((
        subscribe(1, ('m/#', 2), ('x', 1)), publish('m/a', 'zero'),
        publish('m/a', 'zero'), publish('m/b', 'one', 1, 5),
        publish('m/c', 'two', 2, 6), pubrel(6), pingreq(), puback(1),
        publish('m/r', 'kept', 0, retain=True), unsubscribe(2, 'x'),
        publish('m/a', 'zero'), pubrec(2), pubcomp(2), pingreq()))
    for n in range(400):
        data = bytearray(stream)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(data))
            kind = rng.randrange(4)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                data[at] ^= 1 << rng.randrange(8)
            elif kind == 2:
                del data[at:at + rng.randrange(1, 5)]
            else:
                data[at:at] = data[at:at + rng.randrange(1, 9)]
        client = b.raw('fuzz%d' % (n % 5))
        client.send_or_closed(connect(client.client_id, clean=n % 3 > 0) +
                              bytes(data))
        client.half_close()
        client.expect_eof()
        client.close()
        if n % 20 == 0:
            pub.publish('guard', str(n), n // 20 % 2)
            sub.expect_publish('guard', str(n), n // 20 % 2)
    sub.expect_silence()


run(test)
