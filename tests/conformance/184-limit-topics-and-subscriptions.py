#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""max_topic_length, max_topic_levels and max_subscriptions: told, counted, and no more."""

from lib.case5 import *
from lib.control import control

LONG, DEEP = 'l' * 21, 'a/b/c/d/e'


def limits(b):
    return control(b, cmd='limits')['limits']


def test(b):
    watch = b.client5()
    equal([limits(b)[name] for name in ('max_topic_length', 'max_topic_levels',
                                        'max_subscriptions', 'topics_refused')], [20, 4, 3, 0])
    watch.subscribe(('#', 1))
    good = b.client5()
    good.subscribe(('f' * 20, 1), ('$share/group/' + 's' * 20, 1))
    for topic in ('t' * 20, 'a/b/c/d'):
        for qos in (0, 1):
            good.publish(topic, 'x', qos)
            watch.expect_publish(topic, 'x', qos)
    refusals = 0
    for topic in (LONG, DEEP):
        for qos in (0, 1, 2):
            other = b.client5()
            other.send(publish(topic, b'x', qos, 1 if qos else None))
            other.expect_disconnect(0x90)
            other = b.client()
            other.send(v4.publish(topic, b'x', qos, 1 if qos else None))
            other.expect_close()
            refusals += 2
        b.raw5().connect(0x90, will=v4_will(topic))
        refusals += 1
        good.subscribe((topic, 1), ('+/' + topic, 1), want=[0x8f, 0x8f])
        old = b.client()
        old.subscribe((topic, 0), ('ok', 0), want=[0x80, 0])
        refusals += 3
    watch.expect_silence()
    # one more is the last; one that is there may be changed
    good.subscribe(('1', 0), ('2', 0), ('f' * 20, 2), want=[0, 0x97, 2])
    equal(limits(b)['subscriptions_refused'], 1)
    good.unsubscribe('1')
    good.subscribe(('2', 0), ('3', 0), want=[0, 0x97])
    old = b.client()
    old.subscribe(('1', 0), ('2', 0), ('3', 0), ('4', 0), want=[0, 0, 0, 0x80])
    equal(limits(b)['topics_refused'], refusals)
    equal(limits(b)['subscriptions_refused'], 3)


def v4_will(topic):
    return (topic, b'gone', 0, False)


run(test, max_topic_length=20, max_topic_levels=4, max_subscriptions=3)
