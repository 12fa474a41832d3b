#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.1-2 MQTT-4.7.1-3 MQTT-4.7.3-4 MQTT-3.3.2-3 MQTT-3.8.3-2
"""Every filter against every topic name, as sections 4.7.1 and 4.7.3 say."""

from lib.case import *


FILTERS = ('#', '/#', '+', '+/#', '+/+', '/+', 'sport/#', 'sport/+',
           'sport/tennis/player1', 'sport/tennis/player1/#',
           'sport/tennis/+', '+/tennis/#', 'sport/+/player1', 'sport',
           'sport/', '/sport', '/', '//', '+//', '+/+/+', 'a/+/+/d', 'a/#',
           'a//b', 'a/+/b', 'Sport', ' ', '+/ /+', '$x/#', '$x/+', '$x/y')
TOPICS = ('sport', 'sport/', '/sport', 'sport/tennis',
          'sport/tennis/player1', 'sport/tennis/player2',
          'sport/tennis/player1/ranking', 'sport/tennis/player1/score/w',
          'SPORT', 'Sport', '/', '//', '/finance', 'finance', 'a', 'a/',
          'a/b', 'a//b', 'a/b/c/d', 'a//c/d', 'a/b//d', ' ', 'a/ /b', '/ /',
          'x/tennis', 'x/tennis/y', '$x', '$x/y', '$x/y/z', '$')


def matches(name, topic):
    """Section 4.7, written down independently of the broker."""
    if topic[0] == '$' and name[0] in '+#':
        return False
    want, have = name.split('/'), topic.split('/')
    for i, level in enumerate(want):
        if level == '#':
            return True
        if i >= len(have) or level not in ('+', have[i]):
            return False
    return len(want) == len(have)


def test(b):
    pub = b.client()
    subs = []
    for name in FILTERS:
        sub = b.client()
        sub.subscribe((name, 1))
        subs.append((sub, name))
    for turn in range(2):
        for topic in TOPICS:
            pub.publish(topic, topic, turn)
        pub.sync()
        for sub, name in subs:
            want = [t for t in TOPICS if matches(name, t)]
            got = []
            sub.sync()
            while sub.pending:
                message = sub.read()
                got.append(message.topic)
                sub.ack(message)
                # QoS 1 comes in windows
                sub.sync()
            check(sorted(got) == sorted(want), '%s: got %r, want %r' %
                  (name, sorted(got), sorted(want)))


run(test)
