#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.13.1-1
"""Changed bytes in good packets never harm anybody else."""

from lib.case5 import *


def test(b):
    watcher, pub = b.client5(), b.client5()
    watcher.subscribe(('safe', 1))
    props = [(USER_PROPERTY, ('k', 'v')), (CONTENT_TYPE, 'c'),
             (CORRELATION_DATA, b'd'), (MESSAGE_EXPIRY, 9)]
    will = [(WILL_DELAY, 1), (USER_PROPERTY, ('k', 'v'))]
    good = [publish('f', 'x' * 20, props=props),
            publish('f', 'x' * 20, 2, 3, props=props + [(TOPIC_ALIAS, 1)]),
            subscribe(1, ('f', 1), ('$share/g/f', 1),
                      props=[(SUBSCRIPTION_ID, 300)]),
            unsubscribe(1, 'f', props=props[:1]), pubrel(3, 0, props[:1]),
            puback(1, 0, props[:1]), auth(0x18, [(AUTH_METHOD, 'm')]),
            disconnect(4, [(SESSION_EXPIRY, 1)]), pingreq()]
    first = connect('fuzz', False, 5, ('f', 'w', 1), 'u', 'p',
                    props=[(SESSION_EXPIRY, 1), (RECEIVE_MAXIMUM, 9),
                           (TOPIC_ALIAS_MAXIMUM, 3)], will_props=will)
    chance = random.Random(5)
    print('# seed 5')
    for turn in range(3000 if LONG else 300):
        client = b.raw5()
        packets = [first] + chance.sample(good, 4)
        victim = chance.randrange(5)
        data = bytearray(packets[victim])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.choice(
                (0, 1, 0x26, 0x7f, 0x80, 0xff, chance.randrange(256)))
        packets[victim] = bytes(data)
        client.send_or_closed(b''.join(packets))
        client.half_close()
        client.expect_eof()
        client.close()
        if turn % 20 == 0:
            pub.publish('safe', str(turn), 1)
            watcher.expect_publish('safe', str(turn), 1)
    watcher.expect_silence()


run(test)
