#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-29
"""Request Problem Information 0: no text in acknowledgements."""

from lib.case5 import *


def test(b):
    client = b.client5(props=[(REQUEST_PROBLEM_INFO, 0)])
    client.send(pubrel(9), pubrec(9), publish('nobody', 'x', 1, 1),
                publish('nobody', 'x', 2, 2), subscribe(3, 'a'),
                unsubscribe(4, 'none'))
    for kind in (PUBCOMP, PUBREL, PUBACK, PUBREC, SUBACK, UNSUBACK):
        got = client.expect(kind)
        for name in (REASON_STRING, USER_PROPERTY):
            check(name not in got.props, repr(got))


run(test)
