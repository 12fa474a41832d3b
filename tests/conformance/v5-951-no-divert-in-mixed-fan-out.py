#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.4-1 MQTT-3.3.2-12 MQTT-4.8.2-1
"""Once a topic's first message has arrived, only what sets an alias is diverted."""

from lib.case5 import *

TOPICS = ['k/%d' % n for n in range(8)]
NOTHING = {'divert_miss': 0, 'divert_alias': 0, 'divert_properties': 0,
           'divert_payload': 0, 'divert_retain': 0, 'divert_qos': 0,
           'divert_other': 0, 'drop_queue_full': 0, 'drop_nomem': 0,
           'drop_expired': 0}
PROPS = ([], [(MESSAGE_EXPIRY, 4000)], [(USER_PROPERTY, ('a', 'b'))],
         [(MESSAGE_EXPIRY, 4000), (CONTENT_TYPE, 'c'), (PAYLOAD_FORMAT, 1)])


def message(n, text):
    """Number n of a stream, by alias or by name, and its topic."""
    topic = n // 5 % 8
    props = PROPS[n // 3 % 4]
    if n % 2:
        return publish(TOPICS[topic], text, props=props), TOPICS[topic]
    return (publish('', text, props=props + [(TOPIC_ALIAS, topic + 1)]),
            TOPICS[topic])


def test(b):
    pub, old_pub = b.client5(), b.client()
    named, plain, merged = b.client5(), b.client5(), b.client5()
    old = b.client()
    group = b.client5(), b.client()
    named.subscribe('k/#', props=[(SUBSCRIPTION_ID, 7)])
    plain.subscribe('k/+')
    old.subscribe('k/#')
    merged.subscribe('k/#', props=[(SUBSCRIPTION_ID, 3)])
    merged.subscribe('k/+', props=[(SUBSCRIPTION_ID, 4)])
    for member in group:
        member.subscribe('$share/g/k/#')
    everyone = named, plain, merged, old

    def arrive(messages):
        for client in everyone:
            for topic, text in messages:
                got = client.expect_publish(topic, text)
                if client is named:
                    equal(got.props[SUBSCRIPTION_ID], [7])
                elif client is merged:
                    equal(sorted(got.props[SUBSCRIPTION_ID]), [3, 4])
        # one of the group has each of them, in order
        shared = [[], []]
        for member, found in zip(group, shared):
            while len(found) < len(messages) // 2:
                found.append(member.wait(PUBLISH).payload)
        equal(sorted(shared[0] + shared[1]),
              sorted(text.encode() for _, text in messages))

    # the first of each topic, which sets an alias too
    first = [(topic, 'first') for topic in TOPICS]
    for n, topic in enumerate(TOPICS):
        pub.publish(topic, 'first', props=[(TOPIC_ALIAS, n + 1)])
    arrive(first)
    pub.sync()

    sent = [message(n, 'm%04d' % n) for n in range(600)]
    with Counted(publish_fast=600, deliver_fast=3000, **NOTHING):
        pub.send(*(data for data, _ in sent))
        arrive([(topic, 'm%04d' % n) for n, (_, topic) in enumerate(sent)])
    with Counted(publish_fast=200, deliver_fast=1000, **NOTHING):
        old_pub.send(*(v4.publish(TOPICS[n % 8], 'o%d' % n)
                       for n in range(200)))
        arrive([(TOPICS[n % 8], 'o%d' % n) for n in range(200)])
    # an alias that changes in the stream: the packet that does so, and it alone
    data, want = [], []
    for n in range(10):
        topic = TOPICS[n * 3 % 8]
        data.append(publish(topic, 'set%d' % n, props=[(TOPIC_ALIAS, 1)]))
        want.append((topic, 'set%d' % n))
        for i in range(19):
            data.append(publish('', 'use%d' % i, props=[(TOPIC_ALIAS, 1)]))
            want.append((topic, 'use%d' % i))
    with Counted(publish_fast=190, deliver_fast=950,
                 **dict(NOTHING, divert_alias=10)):
        pub.send(*data)
        arrive(want)


run(test, kernel_only=True)
