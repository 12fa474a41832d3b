#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""acl_file: who may publish where; what is denied is dropped, counted and, of 5.0, answered."""

from lib.case import *
from lib.acl import Acl, Kernel, ask, denied

acl = Acl('# those without a name',
          'topic read #',
          'topic write open',
          'user sensor',
          'topic write plant/#',
          'topic deny plant/secret',
          'topic readwrite $lab/x')


def sync(publisher, reader, topic):
    """Nothing came before this."""
    publisher.publish(topic, 'sync', 1)
    reader.expect_publish(topic, 'sync')


def test(b):
    everything = b.client()
    everything.subscribe('#')
    anonymous, sensor, sensor5 = b.client(), b.client(username='sensor'), \
        b.client5(username='sensor')

    for topic in 'plant/a', 'plant', 'plant/b/c':
        sensor.publish(topic, '1')
        everything.expect_publish(topic, '1')
    anonymous.publish('open', '2')
    everything.expect_publish('open', '2')
    check(denied(b) == 0, 'denied %d' % denied(b))

    # 3.1.1 is told nothing, and QoS 1 and 2 are acknowledged
    for qos in 0, 1, 2:
        anonymous.publish('plant/a', 'no', qos)
        sensor.publish('open', 'no', qos)
        sensor.publish('plant/secret', 'no', qos, retain=True)
        sensor.publish('$lab/y', 'no', qos)
    sync(sensor, everything, 'plant/a')
    sync(anonymous, everything, 'open')
    equal(denied(b), 12, 'denied')

    # 5.0 is told of QoS 1 and 2
    sensor5.publish('open', 'no')
    sensor5.publish('open', 'no', 1, code=0x87)
    sensor5.publish('open', 'no', 2, code=0x87)
    sensor5.publish('plant/a', 'yes', 2, code=0)
    everything.expect_publish('plant/a', 'yes')
    equal(denied(b), 15, 'denied')

    # nothing that was denied has been retained
    late = b.client()
    late.subscribe('plant/#')
    late.expect_silence()

    # "#" is not for what begins with "$"
    watcher = b.client(username='sensor')
    watcher.subscribe('$lab/x')
    anonymous.publish('$lab/x', 'no', 1)
    sensor.publish('$lab/x', 'yes')
    watcher.expect_publish('$lab/x', 'yes')

    # at speed: all but what comes before the first answer is the module's
    before = denied(b)
    with Kernel(b, drop_acl=1000, publish_fast=1000):
        sensor.publish('closed', 'first')
        sensor.ping()
        sensor.send(publish('closed', 'more') * 1000)
        sensor.ping()
    equal(denied(b) - before, 1001, 'denied')
    everything.expect_silence()
    if KERNEL:
        classes = {flow['acl_class'] for flow in ask(b, 'flow')}
        check(len(classes) == 2, 'classes %r' % classes)


run(test, acl_file=acl.path, allow_anonymous='true')
