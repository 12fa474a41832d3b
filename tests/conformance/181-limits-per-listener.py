#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""max_connections, max_qos and max_topic_alias of one listener are not another's."""

import json
import subprocess

from lib.case5 import *
from lib.users import MQTTCTL

SECOND = ('127.0.0.1', 1884)


def test(b):
    kept = [b.client(address=SECOND) for _ in range(2)]
    extra = b.raw(address=SECOND)
    extra.send(v4.connect('extra'))
    equal(extra.expect(CONNACK).code, 3)
    extra.expect_close()
    told = json.loads(subprocess.run(
        [MQTTCTL, '-j', '-s', b.dir + '/control.sock', 'limits'], check=True, timeout=TIMEOUT,
        capture_output=True).stdout)['daemon']
    equal(told['global_max_connections'], 5)
    equal(told['connections_refused'], 1)
    equal(told['listeners'][1], {'listener': '1884 127.0.0.1', 'connections': 2,
                                 'max_connections': 2, 'max_qos': 1, 'max_topic_alias': 3})
    text = subprocess.run([MQTTCTL, '-s', b.dir + '/control.sock', 'limits'], check=True,
                          timeout=TIMEOUT, capture_output=True, text=True).stdout
    check('\nlistener 1884 127.0.0.1\n' in text and 'global_max_connections' in text, text)
    first = b.client5()
    equal(first.connack.props.get(MAXIMUM_QOS), None)
    equal(first.connack.props[TOPIC_ALIAS_MAXIMUM], 10)
    b.client()

    # all together
    b.client()
    extra = b.raw()
    extra.send(v4.connect('extra'))
    equal(extra.expect(CONNACK).code, 3)
    extra.expect_close()

    kept.pop().disconnect()
    second = b.client5(address=SECOND)
    equal(second.connack.props[MAXIMUM_QOS], 1)
    equal(second.connack.props[TOPIC_ALIAS_MAXIMUM], 3)
    second.subscribe(('t', 2), want=[1])
    first.publish('t', 'x', qos=2)
    second.expect_publish('t', 'x', qos=1)
    second.send(publish('t', b'x', qos=2, pid=1))
    second.expect_disconnect(0x9b)


run(test, global_max_connections=5,
    then=['listener 1884 127.0.0.1', 'max_connections 2', 'max_qos 1', 'max_topic_alias 3'])
